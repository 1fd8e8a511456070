/**
 * A binary heap of the integers 0 .. capacity - 1 ordered by a changeable key: smallest first, O(log n) to change a key.
 * Equal keys come out in order of their integers, so that a simulation never depends on the heap's history.
 */
export class IndexedHeap {
  private readonly keys: Float64Array;
  private readonly heap: Int32Array;
  private readonly positions: Int32Array;

  /** All keys start at Infinity. */
  constructor(readonly capacity: number) {
    this.keys = new Float64Array(capacity).fill(Number.POSITIVE_INFINITY);
    this.heap = Int32Array.from({ length: capacity }, (_, i) => i);
    this.positions = Int32Array.from({ length: capacity }, (_, i) => i);
  }

  /** The integer with the smallest key. */
  get first(): number {
    return this.heap[0];
  }

  /** The smallest key; Infinity when nothing is scheduled. */
  get firstKey(): number {
    return this.capacity === 0 ? Number.POSITIVE_INFINITY : this.keys[this.heap[0]];
  }

  set(item: number, key: number): void {
    const previous = this.keys[item];
    this.keys[item] = key;
    if (key < previous) this.siftUp(this.positions[item]);
    else this.siftDown(this.positions[item]);
  }

  private before(a: number, b: number): boolean {
    return this.keys[a] < this.keys[b] || (this.keys[a] === this.keys[b] && a < b);
  }

  private siftUp(start: number): void {
    let position = start;
    const item = this.heap[position];
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.before(item, this.heap[parent])) break;
      this.place(this.heap[parent], position);
      position = parent;
    }
    this.place(item, position);
  }

  private siftDown(start: number): void {
    let position = start;
    const item = this.heap[position];
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.capacity) break;
      if (child + 1 < this.capacity && this.before(this.heap[child + 1], this.heap[child])) child++;
      if (!this.before(this.heap[child], item)) break;
      this.place(this.heap[child], position);
      position = child;
    }
    this.place(item, position);
  }

  private place(item: number, position: number): void {
    this.heap[position] = item;
    this.positions[item] = position;
  }
}

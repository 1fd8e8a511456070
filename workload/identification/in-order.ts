/** What comes out of the buffer: its time, and the position of its values in `values`. */
export type Emit = (time: number, values: Float64Array, position: number) => void;

/**
 * Puts records that are nearly sorted by time in order, in constant memory: each waits until so many others have come after it. One that
 * should have left before is given the time of the last that did, and counted. Records of the same time stay in the order in which they came.
 */
export class InOrder {
  /** Values of the records, `width` of each. */
  readonly values: Float64Array;
  /** Records that came too late to be put in order. */
  late = 0;
  private readonly times: Float64Array;
  private readonly order: Float64Array;
  /** A binary heap of places, the earliest record first. */
  private readonly heap: Int32Array;
  private size = 0;
  private count = 0;
  private last = Number.NEGATIVE_INFINITY;

  /**
   * @param capacity records that wait at most
   * @param width values of each
   */
  constructor(
    private readonly capacity: number,
    private readonly width: number,
    private readonly emit: Emit,
  ) {
    this.values = new Float64Array(capacity * width);
    this.times = new Float64Array(capacity);
    this.order = new Float64Array(capacity);
    this.heap = Int32Array.from({ length: capacity }, (_, place) => place);
  }

  /** Makes room for a record of this time. Returns the position at which its values are to be written. */
  add(time: number): number {
    if (this.size === this.capacity) this.release();
    // Places that are free stand behind the heap.
    const place = this.heap[this.size];
    this.times[place] = time;
    this.order[place] = this.count++;
    this.siftUp(this.size++, place);
    return place * this.width;
  }

  /** Lets out all that wait. */
  end(): void {
    while (this.size > 0) this.release();
  }

  private release(): void {
    const place = this.heap[0];
    const time = this.times[place];
    if (time < this.last) this.late++;
    else this.last = time;
    this.emit(this.last, this.values, place * this.width);
    this.size--;
    const moved = this.heap[this.size];
    this.heap[this.size] = place;
    if (this.size > 0) this.siftDown(moved);
  }

  private siftUp(start: number, place: number): void {
    const { heap } = this;
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.isBefore(place, heap[parent])) break;
      heap[position] = heap[parent];
      position = parent;
    }
    heap[position] = place;
  }

  private siftDown(place: number): void {
    const { heap, size } = this;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isBefore(heap[child + 1], heap[child])) child++;
      if (!this.isBefore(heap[child], place)) break;
      heap[position] = heap[child];
      position = child;
    }
    heap[position] = place;
  }

  private isBefore(a: number, b: number): boolean {
    const { times, order } = this;
    return times[a] < times[b] || (times[a] === times[b] && order[a] < order[b]);
  }
}

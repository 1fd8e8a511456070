import type { ModelTime } from "./units.js";

/**
 * Events in order of time, ties in order of insertion, so that a simulation does not depend on the internal state of the
 * heap.
 */
export class EventQueue<E> {
  private readonly heap: { readonly time: ModelTime; readonly order: number; readonly event: E }[] = [];
  private inserted = 0;

  /** The time of the next event; Infinity if empty. */
  get nextTime(): ModelTime {
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : this.heap[0].time;
  }

  push(time: ModelTime, event: E): void {
    const entry = { time, order: this.inserted++, event };
    let position = this.heap.length;
    this.heap.push(entry);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!before(entry, this.heap[parent])) break;
      this.heap[position] = this.heap[parent];
      position = parent;
    }
    this.heap[position] = entry;
  }

  /** Removes and returns the next event; undefined if empty. */
  pop(): E | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return first?.event;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && before(this.heap[child + 1], this.heap[child])) child++;
      if (!before(this.heap[child], last)) break;
      this.heap[position] = this.heap[child];
      position = child;
    }
    this.heap[position] = last;
    return first.event;
  }
}

function before(a: { time: ModelTime; order: number }, b: { time: ModelTime; order: number }): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

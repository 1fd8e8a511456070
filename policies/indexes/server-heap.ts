import { IndexedHeap } from "../../model/indexed-heap.js";

/** Servers ordered by a key that changes: the least first, O(log n) to change a key. Grows with the fleet. */
export class ServerHeap {
  private heap = new IndexedHeap(16);

  /** The server with the least key; a number without meaning if no server has a finite one. */
  get first(): number {
    return this.heap.first;
  }

  get firstKey(): number {
    return this.heap.firstKey;
  }

  set(server: number, key: number): void {
    if (server >= this.heap.capacity) this.heap = this.heap.withCapacity(2 * server);
    this.heap.set(server, key);
  }

  remove(server: number): void {
    this.set(server, Number.POSITIVE_INFINITY);
  }
}

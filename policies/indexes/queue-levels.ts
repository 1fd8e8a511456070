import { assert } from "../../model/errors.js";
import { grown } from "../../model/grown.js";

/** An order of servers with the position of each. */
export class Permutation {
  order = new Int32Array(16);
  private positions = new Int32Array(16);

  /** Puts a server at a free position. */
  place(server: number, position: number): void {
    if (Math.max(server, position) >= this.order.length) this.grow(Math.max(server, position) + 1);
    this.order[position] = server;
    this.positions[server] = position;
  }

  /** Swaps a server with the one at a position. */
  exchange(server: number, position: number): void {
    const { order, positions } = this;
    const other = order[position];
    order[positions[server]] = other;
    positions[other] = positions[server];
    order[position] = server;
    positions[server] = position;
  }

  private grow(needed: number): void {
    const size = Math.max(needed, 2 * this.order.length);
    this.order = grown(this.order, new Int32Array(size));
    this.positions = grown(this.positions, new Int32Array(size));
  }
}

/**
 * Servers in ascending order of queue length, as a contiguous part of a permutation. Queues change by one job at a time, so a
 * server moves to the next level by a swap with the one at the boundary of its level: O(1), whatever the number of servers
 * and jobs.
 */
export class QueueLevels {
  /** Where each level starts in the permutation; the last entry is the end of the highest level. */
  private readonly starts: number[];
  /** The lowest level with a server; the highest level if there is no server. */
  private lowest = 0;

  /**
   * @param permutation holds the servers; several instances may share it
   * @param from start of this instance's part, which must not overlap those of others
   */
  constructor(
    private readonly permutation = new Permutation(),
    from = 0,
  ) {
    this.starts = [from, from];
  }

  /** The shortest queue length; there must be a server. */
  get shortest(): number {
    return this.lowest;
  }

  /** The number of servers with the shortest queue. */
  get shortestCount(): number {
    return this.starts[this.lowest + 1] - this.starts[this.lowest];
  }

  /** One of the servers with the shortest queue, 0 <= index < shortestCount. */
  shortestAt(index: number): number {
    return this.permutation.order[this.starts[this.lowest] + index];
  }

  /** Adds a server with `queueLength` jobs, in O(highest level). */
  add(server: number, queueLength: number): void {
    this.permutation.place(server, this.starts[this.starts.length - 1]++);
    let level = this.starts.length - 2;
    for (; level < queueLength; level++) this.rise(server, level);
    for (; level > queueLength; level--) this.fall(server, level);
  }

  /** Removes a server with `queueLength` jobs, in O(highest level). */
  remove(server: number, queueLength: number): void {
    const highest = this.starts.length - 2;
    for (let level = queueLength; level < highest; level++) this.rise(server, level);
    this.permutation.exchange(server, this.starts[highest + 1] - 1);
    this.starts[highest + 1]--;
  }

  /** The server's queue grows by one, from `queueLength`. */
  rise(server: number, queueLength: number): void {
    const { starts } = this;
    if (queueLength === starts.length - 2) starts.push(starts[queueLength + 1]);
    this.permutation.exchange(server, starts[queueLength + 1] - 1);
    starts[queueLength + 1]--;
    if (queueLength === this.lowest && starts[queueLength] === starts[queueLength + 1]) this.lowest++;
  }

  /** The server's queue shrinks by one, from `queueLength`. */
  fall(server: number, queueLength: number): void {
    assert(queueLength > 0, "only a non-empty queue shrinks");
    this.permutation.exchange(server, this.starts[queueLength]);
    this.starts[queueLength]++;
    if (queueLength === this.lowest) this.lowest--;
  }
}

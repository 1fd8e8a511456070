import { assert } from "../model/errors.js";
import { grown } from "../model/grown.js";

/**
 * Servers in ascending order of their queue lengths, as one permutation in which all servers of a length are neighbours.
 * A queue changes by one job at a time, so a server moves by changing places with one at the boundary of its level: O(1),
 * however many servers and jobs there are.
 */
export class QueueLevels {
  private order = new Int32Array(16);
  /** Where each server is in `order`. */
  private positions = new Int32Array(16);
  /** Where each level starts in `order`; the last entry is the end of the highest level, and so the number of servers. */
  private readonly starts: number[] = [0, 0];
  /** The lowest level that has a server; the highest level if there is no server. */
  private lowest = 0;

  /** The shortest queue length; there must be a server. */
  get shortest(): number {
    return this.lowest;
  }

  /** How many servers have the shortest queue. */
  get shortestCount(): number {
    return this.starts[this.lowest + 1] - this.starts[this.lowest];
  }

  /** One of the servers that have the shortest queue, 0 <= index < shortestCount. */
  shortestAt(index: number): number {
    return this.order[this.starts[this.lowest] + index];
  }

  /** Adds a server that holds `queueLength` jobs, in O(highest level). */
  add(server: number, queueLength: number): void {
    const size = this.starts[this.starts.length - 1];
    if (Math.max(server, size) >= this.order.length) this.grow(server + 1);
    this.order[size] = server;
    this.positions[server] = size;
    this.starts[this.starts.length - 1]++;
    let level = this.starts.length - 2;
    for (; level < queueLength; level++) this.rise(server, level);
    for (; level > queueLength; level--) this.fall(server, level);
  }

  /** Removes a server that holds `queueLength` jobs, in O(highest level). */
  remove(server: number, queueLength: number): void {
    const highest = this.starts.length - 2;
    for (let level = queueLength; level < highest; level++) this.rise(server, level);
    this.exchange(server, this.starts[highest + 1] - 1);
    this.starts[highest + 1]--;
  }

  /** The server, which held `queueLength` jobs, holds one more. */
  rise(server: number, queueLength: number): void {
    const { starts } = this;
    if (queueLength === starts.length - 2) starts.push(starts[queueLength + 1]);
    this.exchange(server, starts[queueLength + 1] - 1);
    starts[queueLength + 1]--;
    if (queueLength === this.lowest && starts[queueLength] === starts[queueLength + 1]) this.lowest++;
  }

  /** The server, which held `queueLength` jobs, holds one less. */
  fall(server: number, queueLength: number): void {
    assert(queueLength > 0, "the queue that gets shorter is not empty");
    this.exchange(server, this.starts[queueLength]);
    this.starts[queueLength]++;
    if (queueLength === this.lowest) this.lowest--;
  }

  private exchange(server: number, position: number): void {
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

import { assert } from "../model/errors.js";
import { grown } from "../model/grown.js";

/** An order of servers, each of which knows where it is. */
export class Permutation {
  order = new Int32Array(16);
  private positions = new Int32Array(16);

  /** Puts a server at a position that has none. */
  place(server: number, position: number): void {
    if (Math.max(server, position) >= this.order.length) this.grow(Math.max(server, position) + 1);
    this.order[position] = server;
    this.positions[server] = position;
  }

  /** Lets a server change places with the one at a position. */
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
 * Servers in ascending order of their queue lengths, as a part of a permutation in which all servers of a length are neighbours.
 * A queue changes by one job at a time, so a server moves by changing places with one at the boundary of its level: O(1),
 * however many servers and jobs there are.
 */
export class QueueLevels {
  /** Where each level starts in the permutation; the last entry is the end of the highest level. */
  private readonly starts: number[];
  /** The lowest level that has a server; the highest level if there is no server. */
  private lowest = 0;

  /**
   * @param permutation where the servers are, which several of these may share
   * @param from where their part of it starts; nobody else places a server behind that, as far as there are servers here
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

  /** How many servers have the shortest queue. */
  get shortestCount(): number {
    return this.starts[this.lowest + 1] - this.starts[this.lowest];
  }

  /** One of the servers that have the shortest queue, 0 <= index < shortestCount. */
  shortestAt(index: number): number {
    return this.permutation.order[this.starts[this.lowest] + index];
  }

  /** Adds a server that holds `queueLength` jobs, in O(highest level). */
  add(server: number, queueLength: number): void {
    this.permutation.place(server, this.starts[this.starts.length - 1]++);
    let level = this.starts.length - 2;
    for (; level < queueLength; level++) this.rise(server, level);
    for (; level > queueLength; level--) this.fall(server, level);
  }

  /** Removes a server that holds `queueLength` jobs, in O(highest level). */
  remove(server: number, queueLength: number): void {
    const highest = this.starts.length - 2;
    for (let level = queueLength; level < highest; level++) this.rise(server, level);
    this.permutation.exchange(server, this.starts[highest + 1] - 1);
    this.starts[highest + 1]--;
  }

  /** The server, which held `queueLength` jobs, holds one more. */
  rise(server: number, queueLength: number): void {
    const { starts } = this;
    if (queueLength === starts.length - 2) starts.push(starts[queueLength + 1]);
    this.permutation.exchange(server, starts[queueLength + 1] - 1);
    starts[queueLength + 1]--;
    if (queueLength === this.lowest && starts[queueLength] === starts[queueLength + 1]) this.lowest++;
  }

  /** The server, which held `queueLength` jobs, holds one less. */
  fall(server: number, queueLength: number): void {
    assert(queueLength > 0, "the queue that gets shorter is not empty");
    this.permutation.exchange(server, this.starts[queueLength]);
    this.starts[queueLength]++;
    if (queueLength === this.lowest) this.lowest--;
  }
}

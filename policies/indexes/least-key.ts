import type { Rate } from "../../model/units.js";
import type { Fleet } from "./fleet.js";
import { RateGroups } from "./rate-groups.js";

/** A key by which servers are compared, not decreasing in the queue length. */
export type QueueKey = (queueLength: number, rate: Rate) => number;

/**
 * The groups of servers of one rate as leaves of a tree of the least key: every node stores the least key below it and the number of servers
 * with it. A change of one queue takes O(log(number of rates)).
 */
export class LeastKey extends RateGroups {
  /** Leaves of the tree, a power of two. Node 1 is the root, node i has the children 2i and 2i + 1, the leaves come last. */
  private leaves = 1;
  private keys = new Float64Array(2);
  private counts = new Int32Array(2);

  constructor(
    fleet: Fleet,
    private readonly keyOf: QueueKey,
  ) {
    super(fleet);
  }

  /** The number of servers with the least key; 0 if there is no server. */
  get candidates(): number {
    this.refresh();
    return this.counts[1];
  }

  /** One of those servers, 0 <= index < candidates. */
  candidateAt(index: number): number {
    const { keys, counts, leaves } = this;
    const least = keys[1];
    let left = index;
    let node = 1;
    while (node < leaves) {
      node *= 2;
      if (keys[node] !== least) node++;
      else if (left >= counts[node]) left -= counts[node++];
    }
    return this.groups[node - leaves].shortestAt(left);
  }

  protected moved(group: number): void {
    const { keys, counts } = this;
    const levels = this.groups[group];
    let node = this.leaves + group;
    keys[node] = this.keyOf(levels.shortest, this.rates[group]);
    counts[node] = levels.shortestCount;
    for (node >>= 1; node > 0; node >>= 1) this.decide(node);
  }

  private decide(node: number): void {
    const { keys, counts } = this;
    const [left, right] = [keys[2 * node], keys[2 * node + 1]];
    keys[node] = Math.min(left, right);
    counts[node] = (left <= right ? counts[2 * node] : 0) + (right <= left ? counts[2 * node + 1] : 0);
  }

  protected rebuilt(): void {
    this.leaves = 1;
    while (this.leaves < this.groups.length) this.leaves *= 2;
    this.keys = new Float64Array(2 * this.leaves).fill(Number.POSITIVE_INFINITY);
    this.counts = new Int32Array(2 * this.leaves);
    for (const group of this.groups.keys()) this.moved(group);
  }
}

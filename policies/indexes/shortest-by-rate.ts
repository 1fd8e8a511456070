import type { Rate } from "../../model/units.js";
import type { Fleet, FleetIndex } from "./fleet.js";

/** The queue length of an unused leaf. */
const ABSENT = 2 ** 31 - 1;

/**
 * The members of a fleet in descending order of rate, then by number, as leaves of a tournament tree of queue lengths: every
 * node stores the shortest queue length below it and the number of servers with it. A change of one queue takes O(log n); a
 * join or leave triggers a rebuild at the next query.
 */
export class ShortestByRate implements FleetIndex {
  /** Leaves of the tree, a power of two. */
  private leaves = 1;
  /** Node 1 is the root, node i has the children 2i and 2i + 1, and the leaves come last. */
  private shortest = new Int32Array(2).fill(ABSENT);
  private counts = new Int32Array(2);
  /** The server at each leaf. */
  private servers = new Int32Array(1);
  /** The leaf of each server. */
  private readonly places: number[] = [];
  /** One past the last leaf with the same rate as this one. */
  private rateEnds = new Int32Array(1);
  private stale = true;

  /** @param rateOf the rate of a server; a constant gives the order of server numbers */
  constructor(
    private readonly fleet: Fleet,
    private readonly rateOf: (server: number) => Rate,
  ) {}

  added(): void {
    this.stale = true;
  }

  removed(): void {
    this.stale = true;
  }

  rose(server: number, before: number): void {
    if (!this.stale) this.update(this.places[server], before + 1);
  }

  fell(server: number, before: number): void {
    if (!this.stale) this.update(this.places[server], before - 1);
  }

  /** The number of fastest servers among those with the shortest queue; 0 if there is no server. */
  get candidates(): number {
    if (this.stale) this.rebuild();
    if (this.counts[1] <= 1) return this.counts[1];
    return this.shortestBefore(this.rateEnds[this.leafOf(0)]);
  }

  /** One of those servers, 0 <= index < candidates. */
  candidateAt(index: number): number {
    return this.servers[this.leafOf(index)];
  }

  /** The leaf of the `index`-th server with the shortest queue. */
  private leafOf(index: number): number {
    const { shortest, counts, leaves } = this;
    let left = index;
    let node = 1;
    while (node < leaves) {
      node *= 2;
      if (shortest[node] !== shortest[1]) node++;
      else if (left >= counts[node]) left -= counts[node++];
    }
    return node - leaves;
  }

  /** The number of leaves before `end` with the shortest queue. */
  private shortestBefore(end: number): number {
    const { shortest, counts } = this;
    if (end === this.leaves) return counts[1];
    let sum = 0;
    for (let node = this.leaves + end; node > 1; node >>= 1) {
      if ((node & 1) === 1 && shortest[node - 1] === shortest[1]) sum += counts[node - 1];
    }
    return sum;
  }

  private update(leaf: number, queueLength: number): void {
    let node = this.leaves + leaf;
    this.shortest[node] = queueLength;
    for (node >>= 1; node > 0; node >>= 1) this.decide(node);
  }

  private decide(node: number): void {
    const { shortest, counts } = this;
    const left = 2 * node;
    const difference = shortest[left] - shortest[left + 1];
    shortest[node] = difference <= 0 ? shortest[left] : shortest[left + 1];
    counts[node] = (difference <= 0 ? counts[left] : 0) + (difference >= 0 ? counts[left + 1] : 0);
  }

  private rebuild(): void {
    const { fleet, rateOf } = this;
    const members = Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i));
    members.sort((a, b) => rateOf(b) - rateOf(a) || a - b);
    while (this.leaves < members.length) this.leaves *= 2;
    this.servers = Int32Array.from(members);
    this.rateEnds = new Int32Array(members.length);
    this.shortest = new Int32Array(2 * this.leaves).fill(ABSENT);
    this.counts = new Int32Array(2 * this.leaves);
    for (let leaf = members.length - 1; leaf >= 0; leaf--) {
      const server = members[leaf];
      const next = leaf + 1;
      const tied = next < members.length && rateOf(members[next]) === rateOf(server);
      this.places[server] = leaf;
      this.rateEnds[leaf] = tied ? this.rateEnds[next] : next;
      this.shortest[this.leaves + leaf] = fleet.queueLength(server);
      this.counts[this.leaves + leaf] = 1;
    }
    for (let node = this.leaves - 1; node > 0; node--) this.decide(node);
    this.stale = false;
  }
}

import { IndexedHeap } from "../model/indexed-heap.js";
import type { Rate } from "../model/units.js";
import type { Fleet, FleetIndex } from "./fleet.js";
import { QueueLevels } from "./queue-levels.js";

/** The members of one rate. */
interface RateGroup {
  readonly servers: number[];
  /** By their positions in `servers`. */
  readonly levels: QueueLevels;
}

/**
 * The members of a fleet by their rates, those of each rate by their queue lengths, and the rates by the shortest queue of each: a
 * change of one queue takes O(1), or O(log of the number of rates) where it changes which queue is the shortest of its rate.
 * Servers that come or go make it anew, when it is next asked.
 */
export class QueuesByRate implements FleetIndex {
  /** In descending order of the rates. */
  private groups: RateGroup[] = [];
  /** Of each server, the position of its group, and its own position there. */
  private groupOf = new Int32Array(16);
  private positionOf = new Int32Array(16);
  /** The groups by their shortest queues; the fastest first where these are equally long. */
  private ranking = new IndexedHeap(0);
  private stale = true;

  constructor(private readonly fleet: Fleet) {}

  added(): void {
    this.stale = true;
  }

  removed(): void {
    this.stale = true;
  }

  rose(server: number, before: number): void {
    if (this.stale) return;
    const group = this.groupOf[server];
    const { levels } = this.groups[group];
    const { shortest } = levels;
    levels.rise(this.positionOf[server], before);
    if (levels.shortest !== shortest) this.ranking.set(group, levels.shortest);
  }

  fell(server: number, before: number): void {
    if (this.stale) return;
    const group = this.groupOf[server];
    const { levels } = this.groups[group];
    const { shortest } = levels;
    levels.fall(this.positionOf[server], before);
    if (levels.shortest !== shortest) this.ranking.set(group, levels.shortest);
  }

  /** How many of the servers with the shortest queue have the highest rate among them; 0 if there is no server. */
  get candidates(): number {
    if (this.stale) this.rebuild();
    return this.groups.length === 0 ? 0 : this.groups[this.ranking.first].levels.shortestCount;
  }

  /** One of those servers, 0 <= index < candidates. */
  candidateAt(index: number): number {
    const { servers, levels } = this.groups[this.ranking.first];
    return servers[levels.shortestAt(index)];
  }

  private rebuild(): void {
    const { fleet } = this;
    const byRate = new Map<Rate, RateGroup>();
    let most = 0;
    for (let i = 0; i < fleet.members.size; i++) {
      const server = fleet.members.at(i);
      const rate = fleet.rate(server);
      const group = byRate.get(rate) ?? { servers: [], levels: new QueueLevels() };
      byRate.set(rate, group);
      group.levels.add(group.servers.length, fleet.queueLength(server));
      group.servers.push(server);
      most = Math.max(most, server);
    }
    this.groups = [...byRate].sort(([a], [b]) => b - a).map(([, group]) => group);
    this.groupOf = new Int32Array(most + 1);
    this.positionOf = new Int32Array(most + 1);
    this.ranking = new IndexedHeap(this.groups.length);
    for (const [index, { servers, levels }] of this.groups.entries()) {
      this.ranking.set(index, levels.shortest);
      for (const [position, server] of servers.entries()) {
        this.groupOf[server] = index;
        this.positionOf[server] = position;
      }
    }
    this.stale = false;
  }
}

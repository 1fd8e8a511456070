import type { Rate } from "../../model/units.js";
import type { Fleet, FleetIndex } from "./fleet.js";
import { Permutation, QueueLevels } from "./queue-levels.js";

/** The members of a fleet by rate, fastest first. */
export function serversByRate(fleet: Fleet): (readonly [Rate, number[]])[] {
  const byRate = new Map<Rate, number[]>();
  for (let i = 0; i < fleet.members.size; i++) {
    const server = fleet.members.at(i);
    const others = byRate.get(fleet.rate(server));
    if (others === undefined) byRate.set(fleet.rate(server), [server]);
    else others.push(server);
  }
  return [...byRate].sort(([a], [b]) => b - a);
}

/**
 * The members of a fleet grouped by rate, and ordered by queue length within each group: the base of indexes of the groups. A change of
 * one queue takes O(1) here. A join or leave triggers a rebuild at the next query, in O(n + jobs).
 */
export abstract class RateGroups implements FleetIndex {
  /** In descending order of rate, adjacent in one permutation. */
  protected groups: readonly QueueLevels[] = [];
  protected rates: readonly Rate[] = [];
  /** The group of each server. */
  private groupOf: Int32Array = new Int32Array(0);
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
    const levels = this.groups[group];
    const { shortest } = levels;
    levels.rise(server, before);
    this.moved(group, shortest);
  }

  fell(server: number, before: number): void {
    if (this.stale) return;
    const group = this.groupOf[server];
    const levels = this.groups[group];
    const { shortest } = levels;
    levels.fall(server, before);
    this.moved(group, shortest);
  }

  /** A queue of a group has changed, whose shortest one was so long before. */
  protected abstract moved(group: number, shortest: number): void;

  /** The groups are new. */
  protected abstract rebuilt(): void;

  /** To be called before each query. */
  protected refresh(): void {
    if (this.stale) this.rebuild();
  }

  private rebuild(): void {
    const { fleet } = this;
    const byRate = serversByRate(fleet);
    const permutation = new Permutation();
    let from = 0;
    let most = 0;
    for (const [, servers] of byRate) for (const server of servers) most = Math.max(most, server);
    const groupOf = new Int32Array(1 + most);
    this.groups = byRate.map(([, servers], group) => {
      const levels = new QueueLevels(permutation, from);
      for (const server of servers) {
        levels.add(server, fleet.queueLength(server));
        groupOf[server] = group;
      }
      from += servers.length;
      return levels;
    });
    this.groupOf = groupOf;
    this.rates = byRate.map(([rate]) => rate);
    this.stale = false;
    this.rebuilt();
  }
}

import type { Rate } from "../model/units.js";
import type { Fleet, FleetIndex } from "./fleet.js";
import { Permutation, QueueLevels } from "./queue-levels.js";

/** Finds the least of changeable numbers by letting neighbours play against each other; where they are equal, the first one wins. */
class Tournament {
  private readonly leaves: number;
  private readonly numbers: Int32Array;
  /** Who won: node 1 is the final, node i is between the winners of 2i and 2i + 1, and the players come last. */
  private readonly winners: Int32Array;

  constructor(numbers: readonly number[]) {
    let leaves = 1;
    while (leaves < numbers.length) leaves *= 2;
    this.leaves = leaves;
    this.numbers = Int32Array.from({ length: leaves }, (_, player) => numbers[player] ?? 2 ** 31 - 1);
    this.winners = Int32Array.from({ length: 2 * leaves }, (_, node) => node - leaves);
    for (let node = leaves - 1; node > 0; node--) this.play(node);
  }

  /** Which number is the least, counted from 0. */
  get winner(): number {
    return this.winners[1];
  }

  set(player: number, number: number): void {
    this.numbers[player] = number;
    for (let node = (this.leaves + player) >> 1; node > 0; node >>= 1) this.play(node);
  }

  private play(node: number): void {
    const { numbers, winners } = this;
    const left = winners[2 * node];
    const right = winners[2 * node + 1];
    winners[node] = numbers[left] <= numbers[right] ? left : right;
  }
}

/**
 * The members of a fleet by their rates, those of each rate by their queue lengths, and the rates by the shortest queue of each: a
 * change of one queue takes O(1), or O(log of the number of rates) where it changes which queue is the shortest of its rate.
 * Servers that come or go make it anew, when it is next asked.
 */
export class QueuesByRate implements FleetIndex {
  /** In descending order of the rates, neighbours in one permutation. */
  private groups: QueueLevels[] = [];
  /** The group of each server. */
  private groupOf = new Int32Array(0);
  /** The groups by their shortest queues; the fastest first where these are equally long. */
  private ranking = new Tournament([]);
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
    if (levels.shortest !== shortest) this.ranking.set(group, levels.shortest);
  }

  fell(server: number, before: number): void {
    if (this.stale) return;
    const group = this.groupOf[server];
    const levels = this.groups[group];
    const { shortest } = levels;
    levels.fall(server, before);
    if (levels.shortest !== shortest) this.ranking.set(group, levels.shortest);
  }

  /** How many of the servers with the shortest queue have the highest rate among them; 0 if there is no server. */
  get candidates(): number {
    if (this.stale) this.rebuild();
    return this.groups.length === 0 ? 0 : this.groups[this.ranking.winner].shortestCount;
  }

  /** One of those servers, 0 <= index < candidates. */
  candidateAt(index: number): number {
    return this.groups[this.ranking.winner].shortestAt(index);
  }

  private rebuild(): void {
    const { fleet } = this;
    const members = Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i));
    const byRate = new Map<Rate, number[]>();
    for (const server of members) {
      const others = byRate.get(fleet.rate(server));
      if (others === undefined) byRate.set(fleet.rate(server), [server]);
      else others.push(server);
    }
    const permutation = new Permutation();
    let from = 0;
    this.groupOf = new Int32Array(1 + members.reduce((most, server) => Math.max(most, server), 0));
    this.groups = [...byRate]
      .sort(([a], [b]) => b - a)
      .map(([, servers], group) => {
        const levels = new QueueLevels(permutation, from);
        for (const server of servers) {
          levels.add(server, fleet.queueLength(server));
          this.groupOf[server] = group;
        }
        from += servers.length;
        return levels;
      });
    this.ranking = new Tournament(this.groups.map(({ shortest }) => shortest));
    this.stale = false;
  }
}

import { RateGroups } from "./rate-groups.js";

/** A tournament tree: finds the minimum of numbers that change; the first of equal ones wins. */
class Tournament {
  private readonly leaves: number;
  private readonly numbers: Int32Array;
  /** The winner at each node: node 1 is the root, node i has the children 2i and 2i + 1, and the leaves come last. */
  private readonly winners: Int32Array;

  constructor(numbers: readonly number[]) {
    let leaves = 1;
    while (leaves < numbers.length) leaves *= 2;
    this.leaves = leaves;
    this.numbers = Int32Array.from({ length: leaves }, (_, player) => numbers[player] ?? 2 ** 31 - 1);
    this.winners = Int32Array.from({ length: 2 * leaves }, (_, node) => node - leaves);
    for (let node = leaves - 1; node > 0; node--) this.play(node);
  }

  /** Index of the minimum. */
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
 * The groups of servers of one rate by their shortest queue. A change of one queue takes O(1), or O(log(number of rates)) if it changes the
 * shortest queue length of its group.
 */
export class QueuesByRate extends RateGroups {
  /** The groups by shortest queue; the fastest first among equals. */
  private ranking = new Tournament([]);

  /** The number of fastest servers among those with the shortest queue; 0 if there is no server. */
  get candidates(): number {
    this.refresh();
    return this.groups.length === 0 ? 0 : this.groups[this.ranking.winner].shortestCount;
  }

  /** One of those servers, 0 <= index < candidates. */
  candidateAt(index: number): number {
    return this.groups[this.ranking.winner].shortestAt(index);
  }

  protected moved(group: number, shortest: number): void {
    const now = this.groups[group].shortest;
    if (now !== shortest) this.ranking.set(group, now);
  }

  protected rebuilt(): void {
    this.ranking = new Tournament(this.groups.map((group) => group.shortest));
  }
}

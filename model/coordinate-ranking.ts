import { IndexedHeap } from "./indexed-heap.js";
import type { Utility } from "./utility-functions.js";

/**
 * The coordinates (i, j) of server pools, class i with j - 1 tasks, from the best-ranked on: larger marginal utility
 * Delta(i, j - 1) first, ties by dictionary order. Classes count from 0 here, ranks and j from 1, as in the paper.
 *
 * Where one class has a marginal utility that never falls below what is left of another, no coordinate of the other is
 * ever reached; that does no harm, since no load is so large either.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), the order of section 2.3 and the enumeration of section 3.2.
 */
export class CoordinateRanking {
  private readonly classes: number[] = [];
  private readonly levels: number[] = [];
  /** For each class, j of its best coordinate not yet ranked. */
  private readonly next: number[];
  /** Classes by the marginal utility of that coordinate, negated; equal ones in dictionary order. */
  private readonly heap: IndexedHeap;

  constructor(readonly utilities: readonly Utility[]) {
    this.next = utilities.map(() => 1);
    this.heap = new IndexedHeap(utilities.length);
    utilities.forEach((utility, i) => {
      this.heap.set(i, -utility.marginal(0));
    });
  }

  /** i of the coordinates of this rank, counted from 0. */
  classAt(rank: number): number {
    while (this.classes.length < rank) this.extend();
    return this.classes[rank - 1];
  }

  /** j of the coordinates of this rank: they are those of a pool with j - 1 tasks. */
  levelAt(rank: number): number {
    while (this.levels.length < rank) this.extend();
    return this.levels[rank - 1];
  }

  private extend(): void {
    const best = this.heap.first;
    this.classes.push(best);
    this.levels.push(this.next[best]);
    this.heap.set(best, -this.utilities[best].marginal(this.next[best]++));
  }
}

/** Whether (i, j) is ranked better than (k, l) by these utilities, coordinates as above. */
export function ranksBetter(
  utilities: readonly Utility[],
  [i, j]: readonly [number, number],
  [k, l]: readonly [number, number],
): boolean {
  const difference = utilities[i].marginal(j - 1) - utilities[k].marginal(l - 1);
  return difference !== 0 ? difference > 0 : i !== k ? i < k : j < l;
}

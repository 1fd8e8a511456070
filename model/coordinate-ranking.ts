import { IndexedHeap } from "./indexed-heap.js";
import type { Utility } from "./utility-functions.js";

/**
 * The coordinates (i, j) of server pools, class i with j - 1 tasks, best first: by decreasing marginal utility
 * Delta(i, j - 1), ties in lexicographic order. Classes count from 0 here, ranks and j from 1, as in the paper.
 *
 * If the marginal utility of one class never falls below that of the next coordinate of another, the latter is never reached;
 * that is harmless, since no finite load reaches it either.
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), the order of section 2.3 and the enumeration of section 3.2.
 */
export class CoordinateRanking {
  private readonly classes: number[] = [];
  private readonly levels: number[] = [];
  /** For each class, j of its best coordinate not yet ranked. */
  private readonly next: number[];
  /** Classes by the marginal utility of that coordinate, negated; ties in lexicographic order. */
  private readonly heap: IndexedHeap;

  constructor(readonly utilities: readonly Utility[]) {
    this.next = utilities.map(() => 1);
    this.heap = new IndexedHeap(utilities.length);
    utilities.forEach((utility, i) => {
      this.heap.set(i, -utility.marginal(0));
    });
  }

  /** The class i at this rank, counted from 0. */
  classAt(rank: number): number {
    while (this.classes.length < rank) this.extend();
    return this.classes[rank - 1];
  }

  /** The level j at this rank: that of a pool with j - 1 tasks. */
  levelAt(rank: number): number {
    while (this.levels.length < rank) this.extend();
    return this.levels[rank - 1];
  }

  /** The rank of a coordinate; undefined if it is not among the first `most`. */
  rankOf(i: number, j: number, most: number): number | undefined {
    for (let rank = 1; rank <= most; rank++) if (this.classAt(rank) === i && this.levelAt(rank) === j) return rank;
    return undefined;
  }

  private extend(): void {
    const best = this.heap.first;
    this.classes.push(best);
    this.levels.push(this.next[best]);
    this.heap.set(best, -this.utilities[best].marginal(this.next[best]++));
  }
}

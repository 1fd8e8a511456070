import { assert } from "./errors.js";
import type { RandomStream } from "./random.js";

/**
 * Draws integers with given weights in constant time, one uniform number each, by the alias method (Walker 1977, table built
 * as by Vose 1991).
 */
export class AliasTable {
  private readonly cuts: Float64Array;
  private readonly aliases: Int32Array;
  readonly total: number;

  /** @param weights >= 0, not all 0 */
  constructor(weights: ArrayLike<number>) {
    const n = weights.length;
    this.total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
    assert(this.total > 0, "some weight is positive");
    this.cuts = Float64Array.from(weights, (weight) => (weight * n) / this.total);
    this.aliases = Int32Array.from({ length: n }, (_, i) => i);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < n; i++) (this.cuts[i] < 1 ? small : large).push(i);
    for (;;) {
      const low = small.pop();
      const high = large.pop();
      if (low === undefined || high === undefined) {
        // What remains is 1 up to rounding.
        for (const i of [low, high, ...small, ...large]) if (i !== undefined) this.cuts[i] = 1;
        return;
      }
      this.aliases[low] = high;
      this.cuts[high] -= 1 - this.cuts[low];
      (this.cuts[high] < 1 ? small : large).push(high);
    }
  }

  draw(random: RandomStream): number {
    return this.at(random());
  }

  /** The integer drawn by a uniform number in [0, 1). */
  at(uniform: number): number {
    const position = uniform * this.cuts.length;
    const column = Math.floor(position);
    return position - column < this.cuts[column] ? column : this.aliases[column];
  }
}

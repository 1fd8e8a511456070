import { grown } from "./grown.js";

/**
 * An array of numbers with prefix sums, and the search for a prefix sum, in O(log n).
 *
 * Source: Fenwick (1994), A new data structure for cumulative frequency tables.
 */
export class PrefixSums {
  /** `tree[i]` is the sum of the numbers in the range of length (i & -i) that ends with number i - 1. */
  private tree = new Float64Array(17);
  private sum = 0;

  get total(): number {
    return this.sum;
  }

  /** Adds to the number at an index; initially all are 0. */
  add(index: number, amount: number): void {
    while (index + 1 >= this.tree.length) this.grow();
    this.sum += amount;
    for (let i = index + 1; i < this.tree.length; i += i & -i) this.tree[i] += amount;
  }

  /** The sum of the numbers at lower indices. */
  before(index: number): number {
    let sum = 0;
    for (let i = Math.min(index, this.tree.length - 1); i > 0; i -= i & -i) sum += this.tree[i];
    return sum;
  }

  /** The index at which the running sum first exceeds `sum`, for 0 <= sum < total and numbers that are not negative. */
  find(sum: number): number {
    let index = 0;
    let left = sum;
    for (let step = this.tree.length - 1; step > 0; step >>= 1) {
      if (index + step < this.tree.length && this.tree[index + step] <= left) {
        index += step;
        left -= this.tree[index];
      }
    }
    return index;
  }

  private grow(): void {
    const half = this.tree.length - 1;
    this.tree = grown(this.tree, new Float64Array(2 * half + 1));
    this.tree[2 * half] = this.sum;
  }
}

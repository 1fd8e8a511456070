import { EpochSeries } from "./epoch-series.js";
import type { Estimate } from "./interval.js";

/** Mean and squared coefficient of variation of independent values, from their sums per epoch. */
export class ScvSeries {
  /** Values and their sums; and once more the sums, of the values and of their squares. */
  private readonly counts = new EpochSeries();
  private readonly powers = new EpochSeries();
  private count = 0;
  private sum = 0;
  private squares = 0;

  /** Adds the number of values of an epoch, their sum, and the sum of their squares. */
  add(count: number, sum: number, squares: number): void {
    this.counts.add(sum, count);
    this.powers.add(squares, sum);
    this.count += count;
    this.sum += sum;
    this.squares += squares;
  }

  get epochs(): number {
    return this.counts.length;
  }

  mean(): Estimate {
    const value = this.sum / this.count;
    return this.estimate(value, (count, sum) => (sum - value * count) / this.count);
  }

  /** E[X^2] / E[X]^2 - 1, by the delta method. */
  scv(): Estimate {
    const ratio = (this.squares * this.count) / this.sum ** 2;
    return this.estimate(
      ratio - 1,
      (count, sum, squares) => ratio * (squares / this.squares + count / this.count - (2 * sum) / this.sum),
    );
  }

  private estimate(value: number, influence: (count: number, sum: number, squares: number) => number): Estimate {
    let variance = 0;
    for (let i = 0; i < this.epochs; i++)
      variance += influence(this.counts.denominators[i], this.counts.numerators[i], this.powers.numerators[i]) ** 2;
    const degreesOfFreedom = this.epochs - 1;
    if (degreesOfFreedom < 1) return { value, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
    return { value, standardError: Math.sqrt((variance * this.epochs) / degreesOfFreedom), degreesOfFreedom };
  }
}

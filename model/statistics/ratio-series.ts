import { longRunVariance } from "./batch-means.js";
import { EpochSeries } from "./epoch-series.js";
import type { Estimate } from "./interval.js";

/** A ratio of two means from sums per epoch: total numerator over total denominator. */
export class RatioSeries {
  private readonly series = new EpochSeries();
  private numerator = 0;
  private denominator = 0;

  /** Adds the sums of one epoch. */
  add(numerator: number, denominator: number): void {
    this.series.add(numerator, denominator);
    this.numerator += numerator;
    this.denominator += denominator;
  }

  get epochs(): number {
    return this.series.length;
  }

  /**
   * The ratio, with its standard error by the delta method and batch means; Infinity for too few epochs.
   *
   * @param memory relaxation time over the length of the series, if it is known
   */
  estimate(memory = 0): Estimate {
    const value = this.numerator / this.denominator;
    const { numerators, denominators, length } = this.series;
    const deviations = new Float64Array(length);
    for (let i = 0; i < length; i++) deviations[i] = numerators[i] - value * denominators[i];
    const { ofSum, degreesOfFreedom } = longRunVariance(deviations, memory);
    return { value, standardError: Math.sqrt(ofSum) / Math.abs(this.denominator), degreesOfFreedom };
  }

  /** The ratio, with its standard error by the delta method, where what happens in one epoch does not depend on others. */
  independentEstimate(): Estimate {
    const value = this.numerator / this.denominator;
    const { numerators, denominators, length } = this.series;
    let squares = 0;
    for (let i = 0; i < length; i++) squares += (numerators[i] - value * denominators[i]) ** 2;
    const degreesOfFreedom = length - 1;
    if (degreesOfFreedom < 1) return { value, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
    const ofSum = (squares * length) / degreesOfFreedom;
    return { value, standardError: Math.sqrt(ofSum) / Math.abs(this.denominator), degreesOfFreedom };
  }

  /** The series of these numerators minus `factor` times another's, over the same denominators. */
  minus(other: RatioSeries, factor: number): RatioSeries {
    const difference = new RatioSeries();
    const { numerators, denominators, length } = this.series;
    for (let i = 0; i < length; i++) {
      difference.add(numerators[i] - factor * other.series.numerators[i], denominators[i]);
    }
    return difference;
  }
}

import { confidenceInterval, type Estimate, type Interval } from "./interval.js";
import { proportionInterval } from "./proportion.js";

/** The estimate of a quantity from one of several replications, with what is needed to average it properly. */
export interface RunEstimate {
  readonly value: number;
  /** For a standard deviation that may be 0: an unbiased estimate of its square, possibly negative. */
  readonly variance: number | null;
  /** For a fraction: what its observations are worth at most, in independent trials. */
  readonly trials: number | null;
  /** Bound of the bias; default 0. */
  readonly bias?: number;
}

/** The mean of i.i.d. values, with its standard error. Infinity for fewer than two values. */
export function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  if (n < 2) return { value, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
  return { value, standardError: Math.sqrt(squares / (n - 1) / n), degreesOfFreedom: n - 1 };
}

/**
 * A quantity from replications: the mean of their estimates, and Student's interval from their differences, which assumes
 * nothing about dependence within a run. Fractions get the interval of Clopper and Pearson (1934), standard deviations are averaged as
 * variances. Averaging does not remove a bias, which widens the interval.
 */
export function acrossRuns(runs: readonly RunEstimate[], confidence: number): { value: number; interval: Interval } {
  const variances = runs.flatMap(({ variance }) => variance ?? []);
  if (variances.length === runs.length) {
    const mean = meanOf(variances);
    const { low, high } = confidenceInterval(mean, confidence);
    const root = (variance: number): number => Math.sqrt(Math.max(0, variance));
    // Runs whose squares are all below 0 by chance still tell no more than how much they differ.
    return { value: root(mean.value), interval: { low: root(low), high: root(Math.max(high, (high - low) / 2)) } };
  }
  const mean = meanOf(runs.map(({ value }) => value));
  const trials = runs.flatMap(({ trials: count }) => count ?? []);
  const interval =
    trials.length === runs.length
      ? proportionInterval(
          mean,
          trials.reduce((sum, count) => sum + count, 0),
          confidence,
        )
      : confidenceInterval(mean, confidence);
  return {
    value: mean.value,
    interval: widened(interval, runs.reduce((sum, { bias = 0 }) => sum + bias, 0) / runs.length),
  };
}

function widened({ low, high }: Interval, by: number): Interval {
  return { low: low - by, high: high + by };
}

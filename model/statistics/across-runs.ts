import { confidenceInterval, type Estimate, type Interval } from "./interval.js";
import { proportionInterval } from "./proportion.js";

/** What one of several independent runs says of a quantity: its estimate, and what it takes to average it well. */
export interface RunEstimate {
  readonly value: number;
  /** Of a standard deviation that may be 0: an unbiased estimate of its square, which may be below 0. */
  readonly variance: number | null;
  /** Of a fraction that may be rare: the trials it is a fraction of. */
  readonly trials: number | null;
  /** How far it is off on average, at most; 0 if left out. */
  readonly bias?: number;
}

/** The mean of independent values of the same law, with its standard error. Infinity for fewer than two values. */
export function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  if (n < 2) return { value, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
  return { value, standardError: Math.sqrt(squares / (n - 1) / n), degreesOfFreedom: n - 1 };
}

/**
 * A quantity from independent runs: the mean of what they say, and Student's interval from how much they differ, which
 * assumes nothing of what happens within a run. Fractions that are rare get Wilson's interval, standard deviations are
 * averaged by their squares. What is off on average in each run stays so, and widens the interval.
 */
export function acrossRuns(runs: readonly RunEstimate[], confidence: number): { value: number; interval: Interval } {
  const variances = runs.flatMap(({ variance }) => variance ?? []);
  if (variances.length === runs.length) {
    const mean = meanOf(variances);
    const { low, high } = confidenceInterval(mean, confidence);
    const root = (variance: number): number => Math.sqrt(Math.max(0, variance));
    return { value: root(mean.value), interval: { low: root(low), high: root(high) } };
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

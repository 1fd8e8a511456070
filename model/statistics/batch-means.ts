/**
 * Batches into which a series is cut, and the degrees of freedom that go with them. Chosen by a coverage study: intervals
 * of 95 % cover 95 to 97 % for white noise and for series 50 times as long as their memory, 94 % at 25 times, 89 % at 15.
 */
const BATCHES = 12;
const DEGREES_OF_FREEDOM = 8;
/** Below this many values there is no telling. */
const LEAST_VALUES = 3 * BATCHES;

export interface LongRunVariance {
  /** Of the sum of a series of n values: n times the spectral density at 0 as n grows. */
  readonly ofSum: number;
  readonly degreesOfFreedom: number;
}

/**
 * The variance of the sum of a stationary series with mean 0, by overlapping batch means with the lugsail correction of
 * Vats and Flegal (2022): 2 V(b) - V(b/3) takes away most of what batches miss that are only a few times longer than the
 * memory of the series. Never less than V(b) itself.
 *
 * @returns Infinity for fewer than 36 values
 */
export function longRunVariance(values: Float64Array): LongRunVariance {
  const n = values.length;
  if (n < LEAST_VALUES) return { ofSum: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
  const cumulative = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) cumulative[i + 1] = cumulative[i] + values[i];
  const length = 3 * Math.round(n / (3 * BATCHES));
  const long = overlappingBatchMeans(cumulative, length);
  const short = overlappingBatchMeans(cumulative, length / 3);
  return { ofSum: n * Math.max(long, 2 * long - short), degreesOfFreedom: DEGREES_OF_FREEDOM };
}

/** Variance per value by overlapping batches of the given length (Meketon and Schmeiser 1984). */
function overlappingBatchMeans(cumulative: Float64Array, length: number): number {
  const n = cumulative.length - 1;
  const mean = cumulative[n] / n;
  let squares = 0;
  for (let start = 0; start + length <= n; start++) {
    const deviation = (cumulative[start + length] - cumulative[start]) / length - mean;
    squares += deviation * deviation;
  }
  return (n * length * squares) / ((n - length + 1) * (n - length));
}

/** Number of batches of a series: a compromise between the variance of the estimate and the length of batches. */
const BATCHES = 12;
/** Fewer values give no estimate. */
const LEAST_VALUES = 3 * BATCHES;

export interface LongRunVariance {
  /** Variance of the sum of a series of n values. */
  readonly ofSum: number;
  readonly degreesOfFreedom: number;
}

/**
 * The variance of the sum of a stationary series with mean 0, by overlapping batch means with the lugsail correction of
 * Vats and Flegal (2022): 2 V(b) - V(b/3) removes most of the bias of batches only a few times longer than the relaxation
 * time of the series. Never less than V(b) itself. The remaining bias is corrected for series known to relax exponentially (an
 * Ornstein-Uhlenbeck process).
 *
 * Degrees of freedom fitted to a coverage study: 95 % intervals cover 95 to 97 % for white noise and for series 50 times as long
 * as their relaxation time, 93 to 95 % at 6 to 25 times.
 *
 * @param memory relaxation time over the length of the series, if it is known; 0 for none
 * @returns Infinity for fewer than 36 values
 */
export function longRunVariance(values: Float64Array, memory = 0): LongRunVariance {
  const n = values.length;
  if (n < LEAST_VALUES) return { ofSum: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
  const cumulative = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) cumulative[i + 1] = cumulative[i] + values[i];
  const length = 3 * Math.round(n / (3 * BATCHES));
  const long = overlappingBatchMeans(cumulative, length);
  const short = overlappingBatchMeans(cumulative, length / 3);
  const seen = lugsail(seenBy(length / n, memory), seenBy(length / (3 * n), memory));
  return {
    ofSum: (n * lugsail(long, short) * relaxed(1, memory)) / seen,
    degreesOfFreedom: Math.min(8, 3.5 + 5 * seen),
  };
}

function lugsail(long: number, short: number): number {
  return Math.max(long, 2 * long - short);
}

/** Variance of the integral of an Ornstein-Uhlenbeck process over an interval, relative to its asymptotic value. */
function relaxed(stretch: number, memory: number): number {
  return memory === 0 ? 1 : 1 - (memory / stretch) * (1 - Math.exp(-stretch / memory));
}

/** The fraction of the asymptotic variance that batches of this fraction of the series capture in expectation. */
function seenBy(part: number, memory: number): number {
  return (relaxed(part, memory) - part * relaxed(1, memory)) / (1 - part);
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

/** Windows over which the covariance of counts is summed, on either side. */
const LAGS = 6;
/** The largest part of a Brownian bridge exceeds this once in a thousand times (Kolmogorov's law), and so does its range (Kuiper's law). */
const LARGEST = 1.949;
const WIDEST = 2.305;
const TENTHS = 10;

/** Whether the rate of a log is the same all the time. */
export interface Stationarity {
  readonly isStationary: boolean;
  /** Rate in the quietest and in the busiest tenth of the time, relative to the mean. */
  readonly quietest: number;
  readonly busiest: number;
}

/**
 * Tests whether counts in windows of equal length have the same mean all along: the largest part of their cumulative sum, and its range, over
 * the standard deviation that their own short-range dependence gives (Kwiatkowski, Phillips, Schmidt and Shin 1992, with Bartlett's weights; Lo 1991).
 * Bursts much shorter than the log pass; a trend, or the hours of a day, do not. It rejects a stationary log at most twice in a thousand times.
 *
 * @param counts of jobs; 100 windows or more
 */
export function stationarityOf(counts: Float64Array): Stationarity {
  const n = counts.length;
  const mean = counts.reduce((sum, count) => sum + count, 0) / n;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (counts[i] - mean) * (counts[i - lag] - mean);
    return sum / n;
  };
  let variance = covariance(0);
  for (let lag = 1; lag <= LAGS; lag++) variance += 2 * (1 - lag / (LAGS + 1)) * covariance(lag);
  // Negative dependence may cancel more than there is.
  const deviation = Math.sqrt(Math.max(variance, covariance(0) / (LAGS + 1)));
  let sum = 0;
  let [least, most] = [0, 0];
  for (const count of counts) {
    sum += count - mean;
    least = Math.min(least, sum);
    most = Math.max(most, sum);
  }
  const unit = deviation * Math.sqrt(n);
  const tenths = Array.from({ length: TENTHS }, (_, tenth) => {
    const part = counts.subarray(Math.floor((tenth * n) / TENTHS), Math.floor(((tenth + 1) * n) / TENTHS));
    return part.reduce((total, count) => total + count, 0) / part.length / mean;
  });
  return {
    isStationary: Math.max(-least, most) <= LARGEST * unit && most - least <= WIDEST * unit,
    quietest: Math.min(...tenths),
    busiest: Math.max(...tenths),
  };
}

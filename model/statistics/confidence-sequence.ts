import { assert } from "../errors.js";

/** An asymptotic confidence sequence, which holds at all times together. */
export interface ConfidenceSequence {
  /** The time at which it is to be as narrow as it can be, in the unit of the variance, > 0. */
  readonly bestAt: number;
  /** The probability that it misses at any time at all, > 0 and < 1. */
  readonly missing: number;
}

/**
 * Half the width of the sequence at a time: however often one looks, and however one decides when to stop, the mean is within it at every
 * look with probability 1 - missing, once the variance is well known: not before some 200 relaxation times.
 *
 * @param time t > 0, over which the mean was taken
 * @param variance of the sum per unit of time, in the long run
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), arXiv 2103.06476, Theorem 2.2:
 * sd sqrt( 2 (t r^2 + 1) / (t^2 r^2) log( sqrt(t r^2 + 1) / alpha ) ), with
 * r^2 = (-2 log alpha + log(1 - 2 log alpha)) / T.
 */
export function sequenceHalfWidth({ bestAt, missing }: ConfidenceSequence, time: number, variance: number): number {
  assert(bestAt > 0 && Number.isFinite(bestAt), "a confidence sequence is best at some time > 0");
  assert(missing > 0 && missing < 1, "a probability of missing is between 0 and 1");
  assert(time > 0 && Number.isFinite(time) && variance >= 0, "a mean was taken over some time, with a variance >= 0");
  const logMissing = Math.log(missing);
  /** t r^2. */
  const spent = (time / bestAt) * (-2 * logMissing + Math.log1p(-2 * logMissing));
  // (t r^2 + 1) / (t^2 r^2) = (1 + 1 / (t r^2)) / t, and log1p keeps what is far below 1.
  return Math.sqrt(variance / time) * Math.sqrt(2 * (1 + 1 / spent) * (Math.log1p(spent) / 2 - logMissing));
}

import { assert } from "../errors.js";
import type { ConfidenceSequence } from "./confidence-sequence.js";

/**
 * Half the width of a confidence sequence for the mean of independent normal values of unknown variance: with probability 1 - missing the
 * mean is within it of the average at every count together, however one looks and decides when to stop. Exact for normal values, for any
 * count from 2 on: unlike `sequenceHalfWidth`, it allows for a variance that few values tell little about.
 *
 * @param bestAt the count at which it is to be about as narrow as it can be
 * @param count n of the values, a whole number
 * @param deviation their standard deviation, of n - 1 degrees of freedom
 * @returns Infinity while the values are too few to tell anything
 *
 * Source: Lai (1976), On confidence sequences; Wang and Ramdas (2025), Anytime-valid t-tests and confidence sequences for
 * Gaussian means with unknown variance, arXiv 2310.03722: with X_i less the true mean, S their sum and V that of their squares,
 * sqrt(c / (n + c)) (1 - S^2 / ((n + c) V))^(-n/2) is a martingale that begins with 1: the ratio of likelihoods of a mean that is
 * N(0, 1/c) standard deviations and of 0, both invariant to scale. It ever reaches 1 / missing with probability missing at most (Ville).
 */
export function studentSequenceHalfWidth(
  { bestAt, missing }: ConfidenceSequence,
  count: number,
  deviation: number,
): number {
  assert(bestAt > 0 && Number.isFinite(bestAt), "a confidence sequence is best at some count > 0");
  assert(missing > 0 && missing < 1, "a probability of missing is between 0 and 1");
  assert(count >= 1 && deviation >= 0, "a mean is of one value or more");
  const logMissing = Math.log(missing);
  // As for a known variance (Waudby-Smith et al. 2021, after Theorem 2.2).
  const c = bestAt / (-2 * logMissing + Math.log1p(-2 * logMissing));
  /** (1 - S^2 / ((n + c) V))^(n/2) is at least sqrt(c / (n + c)) missing, so that S^2 / V is at most this. */
  const most = -(count + c) * Math.expm1((2 * logMissing + Math.log(c / (count + c))) / count);
  // V is (n - 1) deviation^2 + n error^2, and S is n error.
  if (count < 2 || most >= count) return Number.POSITIVE_INFINITY;
  return deviation * Math.sqrt((most * (count - 1)) / (count * (count - most)));
}

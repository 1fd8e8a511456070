import { type Estimate, type Interval, studentQuantile } from "./interval.js";

/**
 * An interval for a fraction, also a rare one: Wilson's (1927) score interval with as many trials as would give the
 * estimate's standard error if they were independent. With no event at all there is no standard error, and every trial counts;
 * where trials cannot be counted, nothing is known then.
 *
 * @param trials of which `estimate.value` is the fraction; Infinity for a fraction of time
 */
export function proportionInterval(estimate: Estimate, trials: number, confidence: number): Interval {
  const { value: p, standardError, degreesOfFreedom } = estimate;
  if (!(trials > 0) || standardError === Number.POSITIVE_INFINITY) return { low: 0, high: 1 };
  if (standardError === 0 && trials === Number.POSITIVE_INFINITY) return { low: 0, high: 1 };
  const independent = standardError > 0 ? Math.min(trials, (p * (1 - p)) / standardError ** 2) : trials;
  const z2 = studentQuantile((1 + confidence) / 2, degreesOfFreedom) ** 2;
  const centre = (p + z2 / (2 * independent)) / (1 + z2 / independent);
  const halfWidth =
    Math.sqrt((p * (1 - p)) / independent + z2 / (4 * independent ** 2)) * (Math.sqrt(z2) / (1 + z2 / independent));
  // The ends that are exact in theory are kept from rounding.
  return {
    low: p === 0 ? 0 : Math.max(0, centre - halfWidth),
    high: p === 1 ? 1 : Math.min(1, centre + halfWidth),
  };
}

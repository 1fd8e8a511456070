import fQuantile from "@stdlib/stats-base-dists-f-quantile";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";

/** An estimate of a steady-state quantity from one run. */
export interface Estimate {
  readonly value: number;
  /** Infinity if there are too few data. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What is known where nothing is. */
export const EVERYTHING: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/**
 * The confidence interval value -/+ t standard errors. A series that never varied tells nothing of its variance: rare events
 * have not happened yet. Then the interval is infinite, as with too few data.
 */
export function confidenceInterval({ value, standardError, degreesOfFreedom }: Estimate, confidence: number): Interval {
  const halfWidth = standardError * studentQuantile((1 + confidence) / 2, degreesOfFreedom);
  if (!(halfWidth > 0 && Number.isFinite(halfWidth)))
    return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { low: value - halfWidth, high: value + halfWidth };
}

/** The part of an interval that is possible at all. One that says nothing, for want of data, still says nothing. */
export function within(range: Interval, { low, high }: Interval): Interval {
  if (!Number.isFinite(low) && !Number.isFinite(high)) return { low, high };
  return { low: Math.min(range.high, Math.max(range.low, low)), high: Math.max(range.low, Math.min(range.high, high)) };
}

/** Quantile of Student's t distribution; of the normal distribution for infinitely many degrees of freedom. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  return Number.isFinite(degreesOfFreedom) ? tQuantile(p, degreesOfFreedom) : normalQuantile(p, 0, 1);
}

/** Quantile of Fisher's F distribution. */
export function fisherQuantile(p: number, between: number, within: number): number {
  return fQuantile(p, between, within);
}

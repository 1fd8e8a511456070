import { assert } from "../errors.js";
import { exponential } from "../random.js";
import type { JobSizeLaw } from "./job-size-law.js";

/**
 * A mixture of two exponential laws with balanced means, each of which brings half the work: the usual choice where only
 * the mean and the variation are given (Whitt 1982, Approximating a point process by a renewal process).
 *
 * @param squaredVariation >= 1
 */
export function hyperexponentialJobSizes(squaredVariation: number): JobSizeLaw {
  assert(squaredVariation >= 1, `a mixture of exponential laws varies at least as much as one: ${squaredVariation}`);
  const short = (1 + Math.sqrt((squaredVariation - 1) / (squaredVariation + 1))) / 2;
  const long = 1 - short;
  return {
    name: `hyperexponential:${squaredVariation}`,
    mean: 1,
    squaredVariation,
    distribution: (x) => -short * Math.expm1(-2 * short * x) - long * Math.expm1(-2 * long * x),
    sequence: (random) => ({
      next: () => exponential(random, random() < short ? 1 / (2 * short) : 1 / (2 * long)),
    }),
  };
}

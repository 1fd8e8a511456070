import { assert } from "../errors.js";
import { exponential } from "../random.js";
import type { JobSizeLaw } from "./job-size-law.js";

/** The part of the work that is in the short jobs: balanced means, the usual choice when only mean and variation are given (Whitt 1982). */
export const BALANCED = 0.5;

/**
 * A mixture of two exponential distributions. Of unit mean, it is determined by its variation and by how much of the work its short jobs
 * bring: with their probability p and share r, E[X^2] = 2 (r^2 / p + (1 - r)^2 / (1 - p)).
 *
 * @param squaredVariation >= 1
 * @param shortShare r, between 0 and 1; balanced means, each half of the work, as in Whitt (1982), Approximating a point process by a renewal
 *   process, if left out
 */
export function hyperexponentialJobSizes(squaredVariation: number, shortShare = BALANCED): JobSizeLaw {
  assert(
    squaredVariation >= 1,
    `the squared variation of a mixture of exponentials is at least 1, not ${squaredVariation}`,
  );
  const half = (1 + squaredVariation) / 2;
  const excess = half - 1;
  // Of the two roots of the equation for p, the one above r: jobs that bring a smaller share than their number are short.
  const root = Math.sqrt(excess * (excess + 4 * shortShare * (1 - shortShare)));
  const short = (excess + 2 * shortShare + root) / (2 * half);
  const long = 1 - short;
  const [shortMean, longMean] = [shortShare / short, (1 - shortShare) / long];
  return {
    name: `hyperexponential:${squaredVariation}${shortShare === BALANCED ? "" : `:shortShare=${shortShare}`}`,
    mean: 1,
    squaredVariation,
    distribution: (x) => -short * Math.expm1(-x / shortMean) - long * Math.expm1(-x / longMean),
    sequence: (random) => ({ next: () => exponential(random, random() < short ? shortMean : longMean) }),
  };
}

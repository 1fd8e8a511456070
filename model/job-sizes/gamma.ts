import gammaDistribution from "@stdlib/stats-base-dists-gamma-cdf";
import { randomGamma } from "d3-random";
import type { JobSizeLaw } from "./job-size-law.js";

/**
 * Gamma job sizes of unit mean: Erlang for a squared variation of 1/k, exponential for 1.
 *
 * @param squaredVariation > 0
 */
export function gammaJobSizes(squaredVariation: number): JobSizeLaw {
  const shape = 1 / squaredVariation;
  return {
    name: `gamma:${squaredVariation}`,
    mean: 1,
    squaredVariation,
    distribution: (x) => gammaDistribution(x, shape, shape),
    sequence: (random) => ({ next: randomGamma.source(random)(shape, squaredVariation) }),
  };
}

import normalDistribution from "@stdlib/stats-base-dists-normal-cdf";
import { randomNormal } from "d3-random";
import type { JobSizeLaw } from "./job-size-law.js";

/**
 * Lognormal job sizes of unit mean.
 *
 * @param squaredVariation > 0
 */
export function lognormalJobSizes(squaredVariation: number): JobSizeLaw {
  const variance = Math.log1p(squaredVariation);
  const mean = -variance / 2;
  const deviation = Math.sqrt(variance);
  return {
    name: `lognormal:${squaredVariation}`,
    mean: 1,
    squaredVariation,
    distribution: (x) => (x > 0 ? normalDistribution(Math.log(x), mean, deviation) : 0),
    sequence: (random) => {
      const normal = randomNormal.source(random)(mean, deviation);
      return { next: () => Math.exp(normal()) };
    },
  };
}

import gammaDistribution from "@stdlib/stats-base-dists-gamma-cdf";
import { randomGamma } from "d3-random";
import type { RandomStream } from "../random.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/**
 * A renewal process with gamma interarrival times: more regular than Poisson for a squared variation below 1, burstier above 1.
 *
 * @param squaredVariation of the gaps, > 0
 * @param arrivalRate arrivals per unit of model time, > 0
 */
export function gammaArrivals(squaredVariation: number, arrivalRate: Rate, random: RandomStream): ArrivalProcess {
  const shape = 1 / squaredVariation;
  const scale = squaredVariation / arrivalRate;
  const gap = randomGamma.source(random)(shape, scale);
  return {
    name: `gamma:${squaredVariation}`,
    gaps: {
      mean: 1 / arrivalRate,
      squaredVariation,
      distribution: (x) => gammaDistribution(x, shape, 1 / scale),
    },
    next: (previous) => previous + gap(),
  };
}

import { exponential, type RandomStream } from "../random.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/**
 * A Poisson process.
 *
 * @param arrivalRate arrivals per unit of model time, > 0
 */
export function poissonArrivals(arrivalRate: Rate, random: RandomStream): ArrivalProcess {
  const mean = 1 / arrivalRate;
  return {
    name: "poisson",
    gaps: { mean, squaredVariation: 1, distribution: (x) => -Math.expm1(-arrivalRate * x) },
    next: (previous) => previous + exponential(random, mean),
  };
}

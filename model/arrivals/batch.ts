import { exponential, type RandomStream } from "../random.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/**
 * Batches of jobs that arrive together, at the times of a Poisson process.
 *
 * @param size jobs in each batch, 1, 2, ...
 * @param arrivalRate jobs per unit of model time, > 0
 */
export function batchArrivals(size: number, arrivalRate: Rate, random: RandomStream): ArrivalProcess {
  const batchRate = arrivalRate / size;
  let left = 0;
  return {
    name: `batch:${size}`,
    gaps: {
      mean: 1 / arrivalRate,
      squaredVariation: 2 * size - 1,
      distribution: (x) => 1 - Math.exp(-batchRate * x) / size,
    },
    next(previous) {
      left = left > 0 ? left - 1 : size - 1;
      return left === size - 1 ? previous + exponential(random, 1 / batchRate) : previous;
    },
  };
}

import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/**
 * Arrivals at equal intervals, the first after half of one: so many come in a time as the rate says, wherever it begins and ends
 * between two of them.
 *
 * @param arrivalRate arrivals per unit of model time, > 0
 */
export function constantArrivals(arrivalRate: Rate): ArrivalProcess {
  const gap = 1 / arrivalRate;
  let start: number | undefined;
  let arrived = 0;
  return {
    name: "constant",
    gaps: { mean: gap, squaredVariation: 0, distribution: (x) => (x >= gap ? 1 : 0) },
    next(previous) {
      // Not previous + gap, whose rounding errors would accumulate.
      start ??= previous;
      return start + (arrived++ + 0.5) * gap;
    },
  };
}

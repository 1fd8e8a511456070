import type { Rate } from "../../model/units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/**
 * Arrivals at equal distances.
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
      // Not previous + gap, whose errors of rounding would add up.
      start ??= previous;
      arrived++;
      return start + arrived * gap;
    },
  };
}

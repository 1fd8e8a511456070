import type { Rate } from "../../model/units.js";
import type { ExactFleet } from "../../theory/queues/exact-fleet.js";

/** The mean queue length of each server of a fleet, in the order of these rates, which are its servers'. */
export function meanQueueLengths(fleet: ExactFleet, serviceRates: readonly Rate[]): number[] {
  const byPosition = serviceRates.toSorted((a, b) => b - a);
  return serviceRates.map((rate) => {
    const alike = byPosition.flatMap((other, position) => (other === rate ? [position] : []));
    return fleet.mean((queues) => alike.reduce((sum, position) => sum + queues[position], 0)) / alike.length;
  });
}

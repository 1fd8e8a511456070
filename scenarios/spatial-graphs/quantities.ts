import { type NamesOf, NOT_NEGATIVE, type QuantityDeclarations, quantitiesAt } from "../../experiments/quantities.js";
import { queueQuantities, queueTails } from "../../experiments/queue-quantities.js";

/** Levels of the queue length of which the fraction of servers is measured. */
export const LEVELS = [1, 2, 3, 4, 5] as const;

const ofQueues = {
  mean_queue_length: { ...queueQuantities.mean_queue_length, role: "headline" },
} as const satisfies QuantityDeclarations;

const ofJobs = {
  mean_sojourn_time: { ...queueQuantities.mean_sojourn_time, role: "headline" },
} as const satisfies QuantityDeclarations;

const ofNeighbourhoods = {
  neighbourhood_spread: {
    description:
      "variance of the occupancy between neighbourhoods, relative to that of the same queues at random servers",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.1,
  },
} as const satisfies QuantityDeclarations;

export type SpatialGraphsQuantity = NamesOf<typeof spatialGraphsQuantities>;

/** What is measured on any graph. */
export function spatialGraphsQuantities() {
  return [
    ...quantitiesAt(ofQueues, undefined),
    ...queueTails(LEVELS),
    ...quantitiesAt(ofJobs, undefined),
    ...quantitiesAt(ofNeighbourhoods, undefined),
  ];
}

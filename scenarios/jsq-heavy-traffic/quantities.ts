import {
  FRACTION,
  type NamesOf,
  NOT_NEGATIVE,
  type QuantityDeclarations,
  quantitiesAt,
} from "../../experiments/quantities.js";
import { queueQuantities, queueTails, totalQueueQuantities } from "../../experiments/queue-quantities.js";
import { type HeavyTraffic, limitMean, queueScale } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { meanJobsPerServer } from "../../theory/heavy-traffic/nondegenerate-slowdown.js";

/** Differences that are never of interest, as part of the expected queue. */
const ofTotalQueue = (traffic: HeavyTraffic): number => 0.05 * expectedQueue(traffic);
/** One job more or less in the system: quantiles are on that lattice. */
const oneJob = (traffic: HeavyTraffic): number => queueScale(traffic);

const ofScaledQueue = {
  scaled_total_queue: { ...totalQueueQuantities.scaled_total_queue, role: "headline" },
  scaled_queue_p50: { ...totalQueueQuantities.scaled_queue_p50, floor: oneJob },
  scaled_queue_p95: { ...totalQueueQuantities.scaled_queue_p95, floor: oneJob },
  wasserstein_distance: { ...totalQueueQuantities.wasserstein_distance, floor: ofTotalQueue, isNotAwaited: true },
  kolmogorov_distance: { ...totalQueueQuantities.kolmogorov_distance, floor: 0.05, isNotAwaited: true },
  perpendicular_moment_1: {
    description: "E||q_perp|| / n: how far queue lengths are from being equal",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.05,
  },
  perpendicular_moment_2: {
    description: "E||q_perp||^2 / n^2: how far queue lengths are from being equal",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.05,
  },
  perpendicular_moment_3: { description: "E||q_perp||^3 / n^3", unit: "", range: NOT_NEGATIVE, floor: 0.05 },
  scaled_queue_mgf: {
    description: "E[exp(theta n^-alpha sum q)] at theta = 1/4 over the mean of the limit law (Theorem 2)",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.05,
    isNotAwaited: true,
  },
  scaled_queue_laplace: {
    description: "likewise at theta = -1 over the mean of the limit law",
    unit: "",
    range: FRACTION,
    floor: 0.05,
    isNotAwaited: true,
  },
} as const satisfies QuantityDeclarations<HeavyTraffic>;

const ofSlots = {
  unused_service: {
    description: "mean unused service of a slot, over n^(1 - alpha): Lemma 1",
    unit: "",
    range: NOT_NEGATIVE,
    floor: 0.02,
  },
  drift_identity_gap: {
    description: "scaled_total_queue minus its value from the unused service by the drift of (sum q)^2",
    unit: "",
    floor: (traffic) => 3 * ofTotalQueue(traffic),
  },
  scaled_queue_by_identity: {
    description: "n^-alpha times the mean number of jobs, from the queues at the times of unused service",
    unit: "",
    floor: (traffic) => 0.05 * limitMean(traffic),
  },
} as const satisfies QuantityDeclarations<HeavyTraffic>;

const ofSlottedJobs = {
  mean_waiting_time: {
    ...queueQuantities.mean_waiting_time,
    description: "slots from that of a job's arrival to that of its service, mean over accepted jobs, by Little's law",
    floor: (traffic) => (0.05 * expectedQueue(traffic)) / (queueScale(traffic) * traffic.servers),
    isNotAwaited: true,
  },
} as const satisfies QuantityDeclarations<HeavyTraffic>;

const ofQueues = {
  idle_servers: { ...queueQuantities.idle_servers, floor: 0.1 },
  mean_waiting_time: { ...queueQuantities.mean_waiting_time, floor: 0.01 },
  waiting_probability: { ...queueQuantities.waiting_probability, floor: 0.01 },
  mean_queue_length: { ...queueQuantities.mean_queue_length, role: "headline" },
} as const satisfies QuantityDeclarations;

const ofBuffers = {
  blocked_fraction: { ...queueQuantities.blocked_fraction, floor: 0.01 },
} as const satisfies QuantityDeclarations;

/** The means of functions of all queue lengths. */
export type StateMoment = Extract<
  keyof typeof ofScaledQueue,
  `perpendicular_moment_${number}` | "scaled_queue_mgf" | "scaled_queue_laplace"
>;
export type HeavyTrafficQuantity = NamesOf<typeof heavyTrafficQuantities>;

/**
 * What is measured.
 *
 * @param time continuous or slotted
 * @param traffic undefined in overload, which is never slotted
 * @param tails levels whose tails are measured in continuous time
 */
export function heavyTrafficQuantities(
  time: "continuous" | "slotted",
  traffic: HeavyTraffic | undefined,
  tails: readonly number[],
) {
  const scaled = traffic === undefined ? [] : quantitiesAt(ofScaledQueue, traffic);
  const blocked = quantitiesAt(ofBuffers, undefined);
  if (traffic !== undefined && time === "slotted")
    return [...scaled, ...quantitiesAt(ofSlots, traffic), ...quantitiesAt(ofSlottedJobs, traffic), ...blocked];
  return [...scaled, ...quantitiesAt(ofQueues, undefined), ...queueTails(tails), ...blocked];
}

function expectedQueue(traffic: HeavyTraffic): number {
  const { servers, alpha } = traffic;
  return Math.max(limitMean(traffic), queueScale(traffic) * servers * meanJobsPerServer(servers ** (1 - alpha)));
}

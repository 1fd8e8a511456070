import { type ExactValue, type ExactValues, totalQueueValues } from "../../experiments/exact-predictions.js";
import type { QueueQuantity } from "../../experiments/queue-quantities.js";
import type { StateQuantity } from "../../experiments/queue-samples.js";
import type { SlotLaw } from "../../model/slot-laws.js";
import { type HeavyTraffic, limitMean, queueScale } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { ExactSlotted } from "../../theory/queues/exact-slotted.js";
import type { RoutingLaw } from "../../theory/queues/routing-laws.js";
import type { StateMoment } from "./quantities.js";

/** A slotted system with what is measured of its state. */
export interface SlottedSystem {
  readonly traffic: HeavyTraffic;
  readonly arrivals: SlotLaw;
  readonly services: SlotLaw;
  readonly routing: RoutingLaw;
  /** Infinity for no limit. */
  readonly buffer: number;
  readonly states: readonly StateQuantity<StateMoment>[];
}

/** Most states for which the chain is solved, so that predictions take seconds at most. */
const MOST_STATES = 25_000;
/** Most transitions, likewise: every state has as many as there are batches and services. */
const MOST_TRANSITIONS = 1_500_000;
/** Queues beyond which fewer than this fraction of the jobs arrive are cut off. */
const NEGLIGIBLE = 1e-7;
/** The same once solved, where queues are not as nearly equal as was thought. */
const GREATEST_CUT = 1e-6;
/** Relative accuracy of the solution, with what is cut off. */
const ROUNDING = 1e-4;

/** The exact values of small systems, by quantity; undefined for others. */
export function slottedExact(system: SlottedSystem): ExactValues<StateMoment> | undefined {
  const { traffic, arrivals, services, states } = system;
  const { servers } = traffic;
  const isInfinite = system.buffer === Number.POSITIVE_INFINITY;
  const buffer = isInfinite ? cutOff(system) : system.buffer;
  const count = ExactSlotted.stateCount({ servers, buffer });
  const slots = possible(arrivals) * possible(services) ** servers;
  if (count > MOST_STATES || count * slots > MOST_TRANSITIONS) return undefined;
  const chain = new ExactSlotted({ ...system, servers, buffer });
  if (isInfinite && chain.blockedFraction > GREATEST_CUT) return undefined;
  const meanJobs = chain.mean((jobs) => jobs.reduce((sum, length) => sum + length, 0));
  const law = { scale: queueScale(traffic), mean: limitMean(traffic) };
  const values = new Map<QueueQuantity | StateMoment, number>([
    ["blocked_fraction", isInfinite ? 0 : chain.blockedFraction],
    ["mean_waiting_time", meanJobs / (arrivals.mean * (1 - chain.blockedFraction))],
    ...states.map(({ name, of }): [StateMoment, number] => [name, chain.mean(of)]),
    ...totalQueueValues(chain.totalQueueLaw(), meanJobs, law),
  ]);
  const oneJob = (name: string): number => (name.startsWith("scaled_queue_p") ? law.scale : 0);
  return new Map(
    [...values].map(([name, value]): [QueueQuantity | StateMoment, ExactValue] => [
      name,
      { value, error: ROUNDING * Math.abs(value) + oneJob(name) },
    ]),
  );
}

/**
 * The buffer beyond which next to nothing is: the total queue is exponential with mean n^alpha times that of the limit, or less, where queues
 * are nearly equal; batches and services add as much as one of them.
 */
function cutOff({ traffic, arrivals, services }: SlottedSystem): number {
  const perServer = limitMean(traffic) / queueScale(traffic) / traffic.servers;
  return Math.ceil(-Math.log(NEGLIGIBLE) * perServer) + 2 * Math.max(arrivals.greatest, services.greatest);
}

/** How many numbers have a probability. */
function possible({ probabilities }: SlotLaw): number {
  return probabilities.filter((probability) => probability > 0).length;
}

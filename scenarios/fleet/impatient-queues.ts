import { exact, type Prediction } from "../../theory/prediction.js";
import { type ImpatientQueue, impatientQueue } from "../../theory/queues/impatient-queue.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";

/**
 * Random routing of Poisson arrivals to servers that leave out jobs whose clients have given up: each is M/M/k + D.
 *
 * @param shares of the jobs that each server gets, over an equal share; undefined of policies that are not random
 * @returns nothing but the blocking if they are no such queues
 */
export function impatientQueues(
  { arrivalRate, rates, workers, disciplines, buffers, timeout }: FleetSystem,
  shares: readonly number[] | undefined,
  whyOutside: string | undefined,
): [FleetQuantity, Prediction][] {
  if (timeout === undefined || buffers.some(Number.isFinite)) return [];
  const unblocked: [FleetQuantity, Prediction] = ["blocked_fraction", exact(0, "buffers are infinite")];
  if (shares === undefined || disciplines.includes("ps")) return [unblocked];
  const queues = rates.map((rate, server) =>
    impatientQueue(arrivalRate * shares[server], rate, workers[server], timeout.after),
  );
  const source = "independent queues with abandonment, M/M/k + D (Baccelli and Hebuterne 1981)";
  const perServer = (of: (queue: ImpatientQueue, server: number) => number): number =>
    queues.reduce((sum, queue, server) => sum + of(queue, server), 0) / queues.length;
  const perJob = (of: (queue: ImpatientQueue) => number): number =>
    perServer((queue, server) => shares[server] * of(queue));
  const sojournTime = perJob((queue) => queue.meanSojournTime);
  const served = perJob((queue) => 1 - queue.abandonedFraction);
  const wait = perJob((queue) => (1 - queue.abandonedFraction) * queue.meanWaitingTime);
  const claims: readonly (readonly [FleetQuantity, number])[] = [
    ["mean_waiting_time", wait / served],
    ["mean_queue_length", arrivalRate * sojournTime],
    ["mean_sojourn_time", sojournTime],
    ["busy_fraction", perServer((queue) => queue.busyFraction)],
    ["timed_out_fraction", perJob((queue) => queue.timedOutFraction)],
  ];
  return [
    unblocked,
    ...claims.map(([name, value]): [FleetQuantity, Prediction] => [name, exact(value, source, { whyOutside })]),
  ];
}

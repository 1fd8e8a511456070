import { TimeCounts } from "../../model/statistics/time-counts.js";
import type { ModelTime, Work } from "../../model/units.js";
import { countedQuantile } from "./empirical-law.js";
import { CLOSE } from "./goodness.js";

/** Interarrival times and works, one job after another. */
export interface Jobs {
  next(): { readonly gap: ModelTime; readonly work: Work };
}

/** What a queue does with the log itself, and with the arrivals that were fitted to it. */
export interface QueueCheck {
  readonly load: number;
  /** The p99 of the sojourn time, in mean service times. */
  readonly observed: number;
  /** Of simulations: the median of the p99, and the interval in which that of a log of this length lies in 98 of 100 cases. */
  readonly simulated: number;
  readonly low: number;
  readonly high: number;
  /** Whether the two are within 5 % of one another, or the observed one is within the interval. */
  readonly holds: boolean;
}

/** A new value lies between the least and the greatest of 99 others in 98 of 100 cases. */
const REPLICATIONS = 99;
const P99 = 0.99;

/**
 * Feeds the log and what was fitted to it to one queue as fast as all servers together, first in first out: its p99 depends on the law of the
 * sizes, on that of the arrivals, and on all that they have to do with one another.
 *
 * @param count of jobs in the log
 * @param log its jobs, of mean gap 1 / load and mean work 1
 * @param fitted jobs of the same means, anew for each replication
 */
export function queueCheck(load: number, count: number, log: Jobs, fitted: (replication: number) => Jobs): QueueCheck {
  const observed = p99Of(log, count);
  const simulated = Array.from({ length: REPLICATIONS }, (_, replication) => p99Of(fitted(replication), count));
  const sorted = simulated.toSorted((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[(REPLICATIONS - 1) / 2], sorted[REPLICATIONS - 1]];
  const isClose = Math.abs(median / observed - 1) <= CLOSE;
  return { load, observed, simulated: median, low, high, holds: isClose || (observed >= low && observed <= high) };
}

/** The p99 of the sojourn time by the recursion of Lindley (1952). */
function p99Of(jobs: Jobs, count: number): number {
  const times = new TimeCounts();
  let sojourn = 0;
  for (let i = 0; i < count; i++) {
    const { gap, work } = jobs.next();
    sojourn = Math.max(0, sojourn - gap) + work;
    times.add(sojourn);
  }
  return countedQuantile(times, P99);
}

import { assert, UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { increasingRoot } from "../numerics/increasing-root.js";
import { requireInverseStep } from "./rate-scaling.js";
import { LEAST_RATE, type RateScalingStart } from "./rate-trajectory.js";

/** Standard deviations of the last server's work that are waited for besides its mean. */
const DEVIATIONS = 4;
/** Intervals of Simpson's rule. */
const INTERVALS = 200;

/**
 * How long servers of fixed rates take, all but certainly, until none of them has a job left of those at the start.
 *
 * While no server is idle each gets lambda jobs per unit of time, and its queue falls at mu_v - lambda; the fastest are the first
 * without a queue, and take jobs from then on as fast as they can, so that the others get the rest only. Jobs that wait never move.
 *
 * @param rates of the servers, > 0
 * @param arrivalRate lambda > 0, per server
 * @param backlog jobs at each server at the start, >= 0
 * @returns Infinity if some queue never empties
 *
 * Source: derived, as a fluid, under jiq with infinite buffers; with finite ones, or where jobs avoid long queues, it takes no longer.
 */
export function fixedClearingTime(rates: readonly Rate[], arrivalRate: Rate, backlog: number): ModelTime {
  assert(rates.length > 0 && arrivalRate > 0 && backlog >= 0, "servers, jobs that arrive, and jobs at the start");
  const n = rates.length;
  const fastestFirst = [...rates].sort((a, b) => b - a);
  let now = 0;
  /** Jobs that each server with a queue has got since the start. */
  let arrived = 0;
  let served = 0;
  for (const [emptied, rate] of fastestFirst.entries()) {
    const arrivals = Math.max(0, arrivalRate * n - served) / (n - emptied);
    if (!(rate > arrivals)) return Number.POSITIVE_INFINITY;
    // backlog + arrived + arrivals (t - now) = rate t
    const time = Math.max(now, (backlog + arrived - arrivals * now) / (rate - arrivals));
    arrived += arrivals * (time - now);
    now = time;
    served += rate;
  }
  const slowest = fastestFirst[n - 1];
  return now + (DEVIATIONS * Math.sqrt(backlog + arrived)) / slowest;
}

/**
 * How long at most servers that tune their rates take until none of them has a job left of those at the start.
 *
 * A server with a queue has I = 0, so that its rate rises towards mu+, where g' + h'/mu = 0. Counted is the time until the slowest is
 * halfway between the arrival rate and mu+ (or at twice the arrival rate, if that is less), and then the time that a server of
 * that rate takes for the jobs that it has by then, as if every server were still given lambda jobs per unit of time.
 *
 * @param start rates at time 0 and parameters
 * @param backlog jobs at each server at time 0, >= 0
 * @returns Infinity in overload
 * @throws UserError if a parameter is out of range
 *
 * Source: derived from Rutten, Zubeldia and Mukherjee (2023), (2.2), with Remark 2.4, as a fluid.
 */
export function adaptiveClearingTime(start: RateScalingStart, backlog: number): ModelTime {
  if (!(backlog >= 0 && Number.isFinite(backlog))) throw new UserError(`backlog ${backlog}: must be >= 0`);
  const m = requireInverseStep(start);
  const { g, h, arrivalRate } = start;
  const slope = (x: Rate): number => g.derivative(x) + h.derivativePerRate(x);
  const highest = increasingRoot(slope, 1) ?? Number.POSITIVE_INFINITY;
  if (!(highest > arrivalRate)) return Number.POSITIVE_INFINITY;
  const slowest = Array.from(start.initialRates).reduce(
    (least, rate) => Math.min(least, rate),
    Number.POSITIVE_INFINITY,
  );
  const from = Math.max(LEAST_RATE, slowest);
  const rate = Math.min((highest + arrivalRate) / 2, 2 * arrivalRate);
  const rising = rate > from ? m * simpson((x) => -1 / slope(x), from, rate) : 0;
  const jobs = backlog + arrivalRate * rising;
  return rising + (jobs + DEVIATIONS * Math.sqrt(jobs)) / (rate - arrivalRate);
}

function simpson(f: (x: number) => number, from: number, to: number): number {
  const step = (to - from) / INTERVALS;
  let sum = f(from) + f(to);
  for (let i = 1; i < INTERVALS; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * step);
  return (sum * step) / 3;
}

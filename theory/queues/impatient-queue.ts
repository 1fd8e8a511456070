import { assert } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { erlangB } from "./erlang-b.js";

/** What happens in a queue whose jobs are abandoned. */
export interface ImpatientQueue {
  /** Fraction of jobs whose turn comes too late: they are not served. */
  readonly abandonedFraction: number;
  /** Fraction of jobs that are abandoned, or served but longer at the server than their clients wait. */
  readonly timedOutFraction: number;
  /** Of the jobs that are served. */
  readonly meanWaitingTime: ModelTime;
  /** Of all jobs, from arrival to the end of service, or to when their turn would have come. */
  readonly meanSojournTime: ModelTime;
  /** Of the capacity. */
  readonly busyFraction: number;
}

/**
 * M/M/k + D: a job that has waited for longer than a fixed time when its turn comes is not served. By the density v of the wait that an arriving
 * job faces: down-crossings of a level, of rate v(x), balance up-crossings, so that v(x) = lambda p_(k-1) e^(-(k mu - lambda) x) up to the
 * timeout, and falls as e^(-k mu x) beyond it. There is a steady state at any load.
 *
 * @param arrivalRate lambda > 0
 * @param rate mu > 0, of each worker
 * @param workers k >= 1
 * @param timeout > 0
 *
 * Source: Barrer (1957) for the queue; Baccelli and Hebuterne (1981) for the density.
 */
export function impatientQueue(arrivalRate: Rate, rate: Rate, workers: number, timeout: ModelTime): ImpatientQueue {
  assert(arrivalRate > 0 && rate > 0 && workers >= 1 && timeout > 0, "rates, workers and timeout are positive");
  const capacity = workers * rate;
  const drift = capacity - arrivalRate;
  // Relative to the probability that a worker is free; under overload all scaled by e^(drift timeout), so that nothing overflows.
  const immediate = Math.exp(Math.min(0, drift) * timeout);
  const atOnset = arrivalRate * erlangB(workers - 1, arrivalRate / rate);
  const [mass, first] = momentsUpTo(timeout, Math.abs(drift));
  const served = atOnset * mass;
  const servedWaits = atOnset * (drift >= 0 ? first : timeout * mass - first);
  const late = (atOnset * Math.exp(-Math.max(0, drift) * timeout)) / capacity;
  const total = immediate + served + late;
  const abandonedFraction = late / total;
  // Those that are served, but whose service takes longer than what is left of the timeout.
  const decay = Math.min(0, drift) - Math.min(drift, rate);
  const [rest] = momentsUpTo(timeout, Math.abs(drift - rate));
  const servedLate = immediate * Math.exp(-rate * timeout) + atOnset * Math.exp(decay * timeout) * rest;
  return {
    abandonedFraction,
    timedOutFraction: abandonedFraction + servedLate / total,
    meanWaitingTime: servedWaits / (immediate + served),
    meanSojournTime: (servedWaits + late * (timeout + 1 / capacity)) / total + (1 - abandonedFraction) / rate,
    busyFraction: (arrivalRate * (1 - abandonedFraction)) / capacity,
  };
}

/** The integrals of e^(-rate x) and x e^(-rate x) from 0 to `end`. @param rate >= 0 */
function momentsUpTo(end: ModelTime, rate: number): [mass: number, first: number] {
  const y = rate * end;
  if (y < 1e-4) return [end * (1 - y / 2 + (y * y) / 6), end * end * (1 / 2 - y / 3 + (y * y) / 8)];
  return [-Math.expm1(-y) / rate, (-Math.expm1(-y) - y * Math.exp(-y)) / (rate * rate)];
}

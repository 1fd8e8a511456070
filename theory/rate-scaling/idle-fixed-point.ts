import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";

const MAX_STEPS = 200;

/**
 * The fraction c of busy servers in the limit of many servers of the given fixed rates under JIQ with unit buffers.
 *
 * @param rates one per server, >= 0; they represent the whole population
 * @param arrivalRate lambda > 0, per server
 * @returns c in (0, 1]; 1 if the mean rate is at most lambda (overload)
 * @throws UserError if there are no rates or an argument is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), the constant of Theorem 2.9, as the fixed point of (4.4):
 * (1/n) sum_v lambda / (lambda + mu_v (1 - c)) = c.
 */
export function busyFractionFixedPoint(rates: ArrayLike<Rate>, arrivalRate: Rate): number {
  return 1 - idleFraction(rates, arrivalRate);
}

/**
 * The mean idle time E[I_v], the same for every server, in the limit of many servers of the given fixed rates.
 *
 * @param rates one per server, >= 0
 * @param arrivalRate lambda > 0, per server
 * @returns (1 - c)/lambda, in model time units; 0 in overload
 * @throws UserError if there are no rates or an argument is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.9.
 */
export function limitIdleTime(rates: ArrayLike<Rate>, arrivalRate: Rate): ModelTime {
  return idleFraction(rates, arrivalRate) / arrivalRate;
}

/** y = 1 - c. Other than y = 0, the fixed point is the root of (1/n) sum_v mu_v / (lambda + mu_v y) = 1. */
function idleFraction(rates: ArrayLike<Rate>, arrivalRate: Rate): number {
  const n = rates.length;
  if (!(n > 0)) throw new UserError("the fluid limit needs at least one rate");
  if (!(arrivalRate > 0 && Number.isFinite(arrivalRate)))
    throw new UserError(`arrival rate ${arrivalRate}: must be > 0`);
  let y = 0;
  // The left side is decreasing and convex in y, so Newton's method from y = 0 increases to the root and never overshoots.
  for (let i = 0; i < MAX_STEPS; i++) {
    let excess = -n;
    let slope = 0;
    for (let v = 0; v < n; v++) {
      const term = rates[v] / (arrivalRate + rates[v] * y);
      excess += term;
      slope += term * term;
    }
    if (!(excess > 0)) return y;
    const next = y + excess / slope;
    if (!(next > y)) return y;
    y = next;
  }
  return y;
}

import { UserError } from "../model/errors.js";
import type { ModelTime, Rate } from "../model/units.js";
import { AdaptiveIntegrator } from "./adaptive-integrator.js";
import { limitIdleTime } from "./idle-fixed-point.js";
import {
  type InverseStep,
  optimalRate,
  type RateScalingLimit,
  relaxationTime,
  requireInverseStep,
} from "./rate-scaling.js";

/** Distributed rate scaling in the limit of many servers and small steps, from given initial rates. */
export interface RateScalingStart extends RateScalingLimit, InverseStep {
  /** One per server, >= 0. */
  readonly initialRates: ArrayLike<Rate>;
}

const TOLERANCE = 1e-9;
/**
 * Where g' is infinite at 0, a rate of 0 is left at infinite speed: it grows like (3t/m)^(1/3). To start a hair above 0
 * is to skip the first m 3e-19 time units there, and changes a rate by 1e-6 where g' is finite.
 */
export const LEAST_RATE = 1e-6;
/** `timeToReach` gives up after so many relaxation times. */
const PATIENCE = 1000;
/** And after so many steps, which only trajectories need whose rates change on scales that are far apart. */
const MOST_STEPS = 20_000;

/**
 * The limit trajectory of every server's rate.
 *
 * @param start rates at time 0 and parameters
 * @param times model times in ascending order, >= 0
 * @returns the rates of all servers at each of the times
 * @throws UserError if a parameter is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), (2.3), d mu_v/dt = -(1/m)(g'(mu_v) + h'(mu_v)(E[I] + 1/mu_v)), with E[I]
 * that of the fluid limit at fixed rates (Theorem 2.9, `limitIdleTime`): the curves of their Figures 3a and 4a.
 */
export function rateTrajectory(start: RateScalingStart, times: readonly ModelTime[]): Float64Array[] {
  requireAscending(times);
  const integrator = integratorOf(start);
  const m = requireInverseStep(start);
  return times.map((time) => {
    if (time === 0) return Float64Array.from(start.initialRates);
    integrator.advanceTo(time / m);
    return integrator.state.slice();
  });
}

/**
 * The first time at which every rate of the limit trajectory is within a relative tolerance of mu*: how long a warm-up
 * must last at least.
 *
 * @param start rates at time 0 and parameters
 * @param tolerance > 0, relative to mu*
 * @returns model time, found to a thousandth of itself; a thousand relaxation times if it takes longer than that, or takes
 * too many steps to say
 * @throws UserError if a parameter is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11, which says that the time is finite.
 */
export function timeToReach(start: RateScalingStart, tolerance: number): ModelTime {
  if (!(tolerance > 0)) throw new UserError(`tolerance ${tolerance}: must be > 0`);
  const target = optimalRate(start.arrivalRate, start.g, start.h);
  const isNear = (rates: Float64Array): boolean => rates.every((x) => Math.abs(x - target) <= tolerance * target);
  const m = requireInverseStep(start);
  const limit = (PATIENCE * relaxationTime(start)) / m;
  const integrator = integratorOf(start);
  let before = integrator.state.slice();
  let timeBefore = 0;
  for (let steps = 0; !isNear(integrator.state); steps++) {
    if (integrator.time >= limit || steps === MOST_STEPS) return m * limit;
    before = integrator.state.slice();
    timeBefore = integrator.time;
    integrator.step(limit);
  }
  let low = timeBefore;
  let high = integrator.time;
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    const retry = new AdaptiveIntegrator(rightSide(start), before, TOLERANCE);
    retry.advanceTo(middle - timeBefore);
    if (isNear(retry.state)) high = middle;
    else low = middle;
  }
  return m * high;
}

/** Time in it counts in units of m, on which the trajectory depends in no other way. */
function integratorOf(start: RateScalingStart): AdaptiveIntegrator {
  const rates = Float64Array.from(start.initialRates, (x) => {
    if (!(x >= 0 && Number.isFinite(x))) throw new UserError(`initial rate ${x}: must be >= 0`);
    return Math.max(x, LEAST_RATE);
  });
  return new AdaptiveIntegrator(rightSide(start), rates, TOLERANCE);
}

function rightSide({ arrivalRate, g, h }: RateScalingStart): (rates: Float64Array, into: Float64Array) => void {
  return (rates, into) => {
    const idleTime = limitIdleTime(rates, arrivalRate);
    for (let v = 0; v < rates.length; v++) {
      const x = rates[v];
      into[v] = -(g.derivative(x) + h.derivative(x) * idleTime + h.derivativePerRate(x));
    }
  };
}

function requireAscending(times: readonly ModelTime[]): void {
  times.forEach((time, i) => {
    if (!(time >= (times[i - 1] ?? 0)))
      throw new UserError(`times must be >= 0 and ascending, not ${times.join(", ")}`);
  });
}

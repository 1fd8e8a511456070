import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { AdaptiveIntegrator } from "../numerics/adaptive-integrator.js";
import { limitIdleTime } from "./idle-fixed-point.js";
import {
  type InverseStep,
  limitRate,
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
 * Where g' is infinite at 0, a rate leaves 0 at infinite speed, as (3t/m)^(1/3). Starting at this rate instead skips the first
 * m 3e-19 time units there, and changes a rate by 1e-6 where g' is finite.
 */
export const LEAST_RATE = 1e-6;
/** `timeToReach` gives up after this many relaxation times. */
export const PATIENCE = 1000;
/** And after this many steps, which only stiff trajectories reach. */
const MOST_STEPS = 20_000;

/**
 * The limit trajectory of every server's rate.
 *
 * @param start rates at time 0 and parameters
 * @param times model times in ascending order, >= 0
 * @returns the rates of all servers at each of the times
 * @throws UserError if a parameter is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.6, (2.3), d mu_v/dt = -(1/m)(g'(mu_v) + h'(mu_v)(E[I] + 1/mu_v)), with E[I]
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
 * The first time at which every rate of the limit trajectory is within a relative tolerance of its limit (`limitRate`): the
 * minimum length of a warm-up.
 *
 * @param start rates at time 0 and parameters
 * @param tolerance > 0, relative to the limit
 * @returns model time, to a relative precision of 1e-3; a thousand relaxation times if it is longer than that, needs too
 * many steps, or rates have no limit above 0
 * @throws UserError if a parameter is out of range
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11, which says that the time is finite.
 */
export function timeToReach(start: RateScalingStart, tolerance: number): ModelTime {
  if (!(tolerance > 0)) throw new UserError(`tolerance ${tolerance}: must be > 0`);
  const patience = PATIENCE * relaxationTime(start);
  const target = limitRate(start.arrivalRate, start.g, start.h);
  if (target === undefined) return patience;
  const isNear = (rates: Float64Array): boolean => rates.every((x) => Math.abs(x - target) <= tolerance * target);
  const m = requireInverseStep(start);
  const limit = patience / m;
  const integrator = integratorOf(start);
  let before = integrator.state.slice();
  let timeBefore = 0;
  for (let steps = 0; !isNear(integrator.state); steps++) {
    // Outside Assumption 2.1 a rate may fall to 0, and stay there.
    if (integrator.state.some((x) => !(x > LEAST_RATE / 2))) return patience;
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

/** Time is in units of m, which is the only way in which the trajectory depends on m. */
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

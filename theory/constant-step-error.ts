import type { ModelTime, Rate } from "../model/units.js";
import { type StationaryRate, stationaryRate } from "./constant-step.js";
import { meanIdleTime } from "./idle-period.js";
import {
  atRate,
  finiteSizeRate,
  type InverseStep,
  type RateScaling,
  rateStandardDeviation,
  restoringForce,
} from "./rate-scaling.js";

/** How far each value of `stationaryRate` may be off, in its own unit. */
export type StationaryRateError = StationaryRate;

/** What is left of an expansion is taken as this part of its last term. */
const REST = 1 / 3;
/** What dependence between servers adds to the spread of their rates, which is worked out for one among infinitely many. */
const DEPENDENCE = 0.01;
/** And to their idle times. */
const IDLE_DEPENDENCE = 3e-4;

/**
 * How far the values of `stationaryRate` may be off.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: estimated, not proved; a third of each correction in 1/m, as the next order of an expansion that converges; 1 % of
 * the spread and 0.03 % of the idle time, for the dependence between servers; and, with a message delay d, the idle time off by lambda d^2 / 2, which is
 * what an exponential delay adds to a constant one. Calibrated against exact simulation for n 2 to 200, lambda 0.3 to 1.2,
 * m 20 to 500, d 0 to 0.05.
 */
export function stationaryRateError(system: RateScaling & InverseStep): StationaryRateError {
  const { g, h, arrivalRate, messageDelay = 0 } = system;
  const corrected = stationaryRate(system);
  const rate = finiteSizeRate(system);
  const idleTime = meanIdleTime(atRate(system, rate));
  const spread = rateStandardDeviation(system);
  const delayError: ModelTime = (arrivalRate * messageDelay ** 2) / 2;
  const pull = restoringForce({ arrivalRate, g, h }, rate, idleTime);
  return {
    mean: REST * Math.abs(corrected.mean - rate) + (h.derivative(rate) * delayError) / pull,
    standardDeviation: REST * Math.abs(corrected.standardDeviation - spread) + DEPENDENCE * corrected.standardDeviation,
    idleTime: REST * Math.abs(corrected.idleTime - idleTime) + IDLE_DEPENDENCE * idleTime + delayError,
  };
}

/**
 * How far the stationary mean of the rates under the constant step 1/m may be from `finiteSizeRate`.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: the correction of `stationaryRate` and its error.
 */
export function finiteSizeRateError(system: RateScaling & InverseStep): Rate {
  return Math.abs(stationaryRate(system).mean - finiteSizeRate(system)) + stationaryRateError(system).mean;
}

/**
 * How far the stationary standard deviation of a rate may be from `rateStandardDeviation`.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: the correction of `stationaryRate` and its error.
 */
export function rateStandardDeviationError(system: RateScaling & InverseStep): Rate {
  const correction = Math.abs(stationaryRate(system).standardDeviation - rateStandardDeviation(system));
  return correction + stationaryRateError(system).standardDeviation;
}

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
export type StationaryRateError = Omit<StationaryRate, "expansionSize">;

/** What is left of the expansions of the mean rate and the idle time is taken as this part of their last term. */
const REST = 1 / 3;
/** The same for the standard deviation, whose first term is of lower order. */
const SPREAD_REST = 1 / 4;
/** What dependence between servers adds to the spread of their rates, which is worked out for one among infinitely many. */
const DEPENDENCE = 0.01;
/** And to their idle times. */
const IDLE_DEPENDENCE = 3e-4;

/**
 * How far the values of `stationaryRate` may be off.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: estimated, not proved. Of the corrections in 1/m, a third for the mean and the idle time and a quarter for the
 * spread, as the next order of an expansion; 1 % of the spread and 0.03 % of the idle time for the dependence between
 * servers; and, with a message delay d, the idle time off by lambda d^2 / 2, which is what an exponential delay adds to a
 * constant one. Calibrated against simulation of the exact rule for n 2 to 200, lambda 0.025 to 1.2, m 5 to 1000, d 0 to
 * 0.15: it covers the differences seen, with nothing to spare at worst and a factor 2 to 4 mostly.
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
    standardDeviation:
      SPREAD_REST * Math.abs(corrected.standardDeviation - spread) + DEPENDENCE * corrected.standardDeviation,
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

import type { ModelTime } from "../../model/units.js";
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

/** Error estimate for each value of `stationaryRate`, in its own unit. */
export type StationaryRateError = Omit<StationaryRate, "expansionSize">;

/** The remainder of the expansions of mean rate and idle time, as a fraction of their last term. */
const REST = 1 / 3;
/** The same for the standard deviation, whose leading term is of lower order. */
const SPREAD_REST = 1 / 4;
/** Relative effect of dependence between servers on the spread of their rates, which is derived for one among infinitely many. */
const DEPENDENCE = 0.01;
/** The same for their idle times. */
const IDLE_DEPENDENCE = 3e-4;

/**
 * Error estimates for the values of `stationaryRate`.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: estimated, not proved. As the next order of the expansion: a third of the correction in 1/m for the mean and the
 * idle time, a quarter for the spread. For the dependence between servers: 1 % of the spread and 0.03 % of the idle time. With
 * a message delay d: lambda d^2 / 2 in the idle time, the difference between an exponential delay and a constant one. Calibrated against simulation of the exact rule for n 2 to 200, lambda 0.025 to 1.2, m 5 to 1000, d 0 to
 * 0.15: it covers all differences observed, barely in the worst case and by a factor of 2 to 4 in most.
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

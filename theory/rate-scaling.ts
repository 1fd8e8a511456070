import type { RateCost, SojournCost } from "../model/cost-functions.js";
import { UserError } from "../model/errors.js";
import type { ModelTime, Rate } from "../model/units.js";
import { idleTimeNoise, type LossSystem, meanIdleTime } from "./idle-period.js";
import { risingRoot } from "./rising-root.js";

/** What the limits of distributed rate scaling depend on. */
export interface RateScalingLimit {
  /** lambda > 0, per server. */
  readonly arrivalRate: Rate;
  readonly g: SojournCost;
  readonly h: RateCost;
}

/** Distributed rate scaling on n servers with unit buffers, in the limit of small steps. */
export interface RateScaling extends RateScalingLimit {
  /** n >= 1. */
  readonly servers: number;
  /** d >= 0, 0 if left out: see `LossSystem`. */
  readonly messageDelay?: ModelTime;
}

/** The constant step is 1/m, m > 0. */
export interface InverseStep {
  readonly inverseStep: number;
}

/**
 * mu*, the rate of least cost lambda g(mu) + h(mu), to which every server's rate converges.
 *
 * @param arrivalRate lambda > 0, per server
 * @throws UserError if the cost has no minimum at a positive rate
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.3.
 */
export function optimalRate(arrivalRate: Rate, g: SojournCost, h: RateCost): Rate {
  const rate = risingRoot((x) => arrivalRate * g.derivative(x) + h.derivative(x), 1);
  if (rate === undefined) {
    throw new UserError(
      `the cost ${arrivalRate} g(x) + h(x) with g ${g.name} and h ${h.name} has no minimum at a rate > 0`,
    );
  }
  return rate;
}

/**
 * lambda g(rate) + h(rate), the cost per server and time unit of many servers that all run at this rate.
 *
 * @param arrivalRate lambda > 0, per server
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), section 2; at mu* it is the least cost there is, by Theorem 2.3.
 */
export function homogeneousCost(arrivalRate: Rate, g: SojournCost, h: RateCost, rate: Rate): number {
  return arrivalRate * g.value(rate) + h.value(rate);
}

/**
 * mu_n, the rate at which n servers of equal rate stay in the mean: the limit of their rates for small steps.
 *
 * @throws UserError if a parameter is out of range, or there is no such rate
 *
 * Source: the rest point of Rutten, Zubeldia and Mukherjee (2023), (2.3), g'(mu) + h'(mu) (E_n[I](mu) + 1/mu) = 0, with the
 * exact E_n[I] of n equal rates (`meanIdleTime`): the curve of their Figure 1.
 */
export function finiteSizeRate(system: RateScaling): Rate {
  const { arrivalRate, g, h } = system;
  const drift = (x: number): number =>
    g.derivative(x) + h.derivative(x) * meanIdleTime(atRate(system, x)) + h.derivativePerRate(x);
  const rate = risingRoot(drift, optimalRate(arrivalRate, g, h));
  if (rate === undefined) throw new UserError(`the rates of g ${g.name} and h ${h.name} rest nowhere`);
  return rate;
}

/**
 * The stationary standard deviation of one server's rate under the constant step 1/m, to first order in the step; the 5th
 * and 95th percentiles are 1.645 of it from the mean.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: linearised about mu_n, (2.2) is an Ornstein-Uhlenbeck process with pull F/m and noise h'(mu)^2 V/m^2
 * (`idleTimeNoise`), so the variance is h'(mu)^2 V / (2 m F), as for any stochastic approximation with a constant step
 * (Kushner and Yin 2003, chapter 10).
 */
export function rateStandardDeviation(system: RateScaling & InverseStep): Rate {
  const rate = finiteSizeRate(system);
  const loss = atRate(system, rate);
  const pull = restoringForce(system, rate, meanIdleTime(loss));
  return system.h.derivative(rate) * Math.sqrt(idleTimeNoise(loss) / (2 * pull * requireInverseStep(system)));
}

/**
 * The limit of `rateStandardDeviation` for many servers, in closed form.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: idle periods become exponential with mean a = 1/lambda - 1/mu*. With b = 1/mu*,
 * Var = h'(mu*)^2 lambda a^2 (a^2 + a b + b^2) / (m F).
 */
export function limitRateStandardDeviation(limit: RateScalingLimit & InverseStep): Rate {
  const { arrivalRate, g, h } = limit;
  const rate = optimalRate(arrivalRate, g, h);
  const b = 1 / rate;
  const a = Math.max(0, 1 / arrivalRate - b);
  const pull = restoringForce(limit, rate, a);
  const noise = arrivalRate * a * a * (a * a + a * b + b * b);
  return h.derivative(rate) * Math.sqrt(noise / (pull * requireInverseStep(limit)));
}

/**
 * m/F, the time in which a server's rate near mu* comes e times closer to it; in model time units.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: linearisation of Rutten, Zubeldia and Mukherjee (2023), (2.3), about mu*.
 */
export function relaxationTime(limit: RateScalingLimit & InverseStep): ModelTime {
  const { arrivalRate, g, h } = limit;
  const rate = optimalRate(arrivalRate, g, h);
  return requireInverseStep(limit) / restoringForce(limit, rate, Math.max(0, 1 / arrivalRate - 1 / rate));
}

/**
 * F, the derivative of g'(mu) + h'(mu) (E[I] + 1/mu) with respect to one server's own rate: how hard it is pulled back.
 *
 * @param idleTime E[I], which hardly depends on a single server's rate (Theorem 2.9)
 */
export function restoringForce({ g, h }: RateScalingLimit, rate: Rate, idleTime: ModelTime): number {
  return g.secondDerivative(rate) + h.secondDerivative(rate) * (idleTime + 1 / rate) - h.derivative(rate) / rate ** 2;
}

/** The system with every server's rate held at this one. */
export function atRate({ servers, arrivalRate, messageDelay = 0 }: RateScaling, serviceRate: Rate): LossSystem {
  return { servers, arrivalRate, serviceRate, messageDelay };
}

/** @throws UserError unless m > 0 */
export function requireInverseStep({ inverseStep }: InverseStep): number {
  if (!(inverseStep > 0 && Number.isFinite(inverseStep)))
    throw new UserError(`inverse step ${inverseStep}: must be > 0`);
  return inverseStep;
}

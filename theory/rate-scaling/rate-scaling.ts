import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import { UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { increasingRoot } from "../numerics/increasing-root.js";
import { idleTimeNoise, type LossSystem, meanIdleTime } from "./idle-period.js";
import type { QueuedServers } from "./queued-servers.js";

/** Parameters of the limits of distributed rate scaling. */
export interface RateScalingLimit {
  /** lambda > 0, per server. */
  readonly arrivalRate: Rate;
  readonly g: SojournCost;
  readonly h: RateCost;
}

/** Distributed rate scaling on n servers, with unit buffers unless told otherwise, in the limit of small steps. */
export interface RateScaling extends RateScalingLimit {
  /** n >= 1. */
  readonly servers: number;
  /** d >= 0, default 0: see `LossSystem`. */
  readonly messageDelay?: ModelTime;
  /** See `LossSystem`. */
  readonly queues?: QueuedServers | undefined;
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
  const rate = increasingRoot((x) => arrivalRate * g.derivative(x) + h.derivative(x), 1);
  if (rate === undefined) {
    throw new UserError(
      `the cost ${arrivalRate} g(x) + h(x) with g ${g.name} and h ${h.name} has no minimum at a rate > 0`,
    );
  }
  return rate;
}

/**
 * The rate to which every server's rate converges: mu* if that exceeds lambda; in overload, where servers are always busy and I = 0,
 * the rate where g' + h'/mu = 0.
 *
 * @param arrivalRate lambda > 0, per server
 * @returns undefined if rates in overload have nowhere to rest above 0
 * @throws UserError if the cost has no minimum at a positive rate
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11, and (2.2) with I = 0 where their Assumption 2.1 (v) is violated.
 */
export function limitRate(arrivalRate: Rate, g: SojournCost, h: RateCost): Rate | undefined {
  const best = optimalRate(arrivalRate, g, h);
  return best > arrivalRate ? best : increasingRoot((x) => g.derivative(x) + h.derivativePerRate(x), best);
}

/**
 * lambda g(rate) + h(rate), the cost per server and time unit of many servers that all run at this rate.
 *
 * @param arrivalRate lambda > 0, per server
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), section 2; mu* minimises it (Theorem 2.3).
 */
export function homogeneousCost(arrivalRate: Rate, g: SojournCost, h: RateCost, rate: Rate): number {
  return arrivalRate * g.value(rate) + h.value(rate);
}

/**
 * mu_n, the equilibrium of the averaged rule of n servers of equal rate: the limit of their rates for small steps.
 *
 * @throws UserError if a parameter is out of range, or there is no equilibrium
 *
 * Source: the equilibrium of Rutten, Zubeldia and Mukherjee (2023), (2.3), g'(mu) + h'(mu) (E_n[I](mu) + 1/mu) = 0, with the
 * exact E_n[I] of n equal rates (`meanIdleTime`): the curve of their Figure 1.
 */
export function finiteSizeRate(system: RateScaling): Rate {
  const { g, h } = system;
  const rate = equilibrium(system);
  if (rate === undefined) throw new UserError(`the rate rule has no equilibrium with g ${g.name} and h ${h.name}`);
  return rate;
}

function equilibrium(system: RateScaling): Rate | undefined {
  const { arrivalRate, g, h } = system;
  const drift = (x: number): number =>
    g.derivative(x) + h.derivative(x) * meanIdleTime(atRate(system, x)) + h.derivativePerRate(x);
  return increasingRoot(drift, optimalRate(arrivalRate, g, h));
}

/**
 * Whether rates come to rest at an equilibrium of n servers, and so near the limit: not where Assumption 2.1 fails in such a way that rates
 * fall to 0, or leave where they might rest.
 */
export function comesToRest(system: RateScaling): boolean {
  const rate = equilibrium(system);
  return rate !== undefined && restoringForce(system, rate, meanIdleTime(atRate(system, rate))) > 0;
}

/**
 * The stationary standard deviation of one server's rate under the constant step 1/m, to first order in the step; the 5th
 * and 95th percentiles are 1.645 standard deviations from the mean.
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
 * m/|F|, the relaxation time of a server's rate near its limit: its distance shrinks by a factor e, or grows where F < 0; in model time
 * units. Where the rate has no limit above 0, that near mu* stands for it.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: linearisation of Rutten, Zubeldia and Mukherjee (2023), (2.3), about the limit.
 */
export function relaxationTime(limit: RateScalingLimit & InverseStep): ModelTime {
  const { arrivalRate, g, h } = limit;
  const rate = limitRate(arrivalRate, g, h) ?? optimalRate(arrivalRate, g, h);
  return requireInverseStep(limit) / Math.abs(restoringForce(limit, rate, Math.max(0, 1 / arrivalRate - 1 / rate)));
}

/**
 * F, the derivative of g'(mu) + h'(mu) (E[I] + 1/mu) with respect to one server's own rate: the restoring force.
 *
 * @param idleTime E[I], which hardly depends on a single server's rate (Theorem 2.9)
 */
export function restoringForce({ g, h }: RateScalingLimit, rate: Rate, idleTime: ModelTime): number {
  return g.secondDerivative(rate) + h.secondDerivative(rate) * (idleTime + 1 / rate) - h.derivative(rate) / rate ** 2;
}

/** The system with every server's rate held at this one. */
export function atRate({ servers, arrivalRate, messageDelay = 0, queues }: RateScaling, serviceRate: Rate): LossSystem {
  return { servers, arrivalRate, serviceRate, messageDelay, queues };
}

/** @throws UserError unless m > 0 */
export function requireInverseStep({ inverseStep }: InverseStep): number {
  if (!(inverseStep > 0 && Number.isFinite(inverseStep)))
    throw new UserError(`inverse step ${inverseStep}: must be > 0`);
  return inverseStep;
}

import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import { assert } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { increasingRoot } from "../numerics/increasing-root.js";
import {
  average,
  type CycleFunction,
  type IdleCycle,
  parameterDerivative,
  poissonSolution,
  product,
} from "./idle-cycle.js";
import { meanIdleTime } from "./idle-period.js";
import {
  atRate,
  finiteSizeRate,
  type InverseStep,
  type RateScaling,
  rateStandardDeviation,
  requireInverseStep,
} from "./rate-scaling.js";

/** Stationary moments of one server's rate and idle time under the constant step 1/m. */
export interface StationaryRate {
  readonly mean: Rate;
  readonly standardDeviation: Rate;
  /** The time average of I_v(t). */
  readonly idleTime: ModelTime;
  /**
   * The fraction by which the variance falls short of its first order, before resummation: a measure of the step size. Up to
   * `LARGEST_EXPANSION` the expansion is accurate without resummation; where it is large, rates change within one idle period.
   */
  readonly expansionSize: number;
}

/** Up to this size the expansion in 1/m is accurate without resummation. */
export const LARGEST_EXPANSION = 0.3;

/** Relative width of numerical derivatives; their relative error is about 1e-3. */
const RELATIVE_STEP = 0.01;

/**
 * The stationary mean and standard deviation of a server's rate and its mean idle time, to the next order in 1/m after
 * `finiteSizeRate`, `rateStandardDeviation` and `meanIdleTime`.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: derived, unpublished; second-order averaging (Poisson equations of the idle time at fixed rates) for one server
 * among infinitely many, transferred to n servers at their mean rate and idle time. It sums three effects: the averaged rule is
 * nonlinear (its curvature times Var/2), the idle time is correlated with the rate that it has just changed, and unequal rates
 * change the number of idle servers (Theorem 2.9's c). For large steps it is resummed: see `resummed`.
 */
export function stationaryRate(system: RateScaling & InverseStep): StationaryRate {
  const { g, h } = system;
  const step = 1 / requireInverseStep(system);
  const rate = finiteSizeRate(system);
  const idleTime = meanIdleTime(atRate(system, rate));
  const slope = h.derivative(rate);
  const server = new TaggedServer(g, h, step, 1 / idleTime);
  const first = server.firstOrder(rate);
  const idleShift = idleTimeShift(first, rate, idleTime, slope);
  const shiftedServer = new TaggedServer(g, h, step, 1 / Math.max(idleTime / 2, idleTime + idleShift));
  const ratio = shiftedServer.secondOrderVariance(shiftedServer.restingRate(rate)) / first.variance;
  const size = 1 - ratio;
  return {
    mean: rate + resummed(size, 0.8, 0.5) * (first.meanShift - (slope * idleShift) / first.pull),
    standardDeviation: rateStandardDeviation(system) * resummed(size, 2, 0.5),
    idleTime: idleTime + resummed(size, 0.25, 0.25) * (idleShift + step * slope * (idleTime / rate) ** 2),
    expansionSize: Math.max(0, size),
  };
}

/**
 * (1 + curvature size)^(-slope/curvature), which is 1 - slope size to first order, but stays positive for any size. For the
 * standard deviation the slope of 1/2 is exact; the other numbers are fitted to simulations with sizes from 0 to 64.
 */
function resummed(size: number, curvature: number, slope: number): number {
  return (1 + curvature * Math.max(0, size)) ** (-slope / curvature);
}

/** The first-order effect of the step on a server whose idle periods have a given distribution. */
interface FirstOrder {
  /** -d/d mu of the averaged rule. */
  readonly pull: number;
  readonly variance: number;
  /** Mean rate minus the equilibrium rate. */
  readonly meanShift: number;
}

/**
 * The shift of the mean idle period rho of all servers. With p = mu rho/(1 + mu rho) the fraction of time that a server of rate
 * mu is idle, E[p] = lambda rho over the distribution of mu; the rates follow rho by -h'/pull.
 */
function idleTimeShift(first: FirstOrder, rate: Rate, rho: ModelTime, slope: number): ModelTime {
  const load = 1 + rate * rho;
  const lambda = rate / load;
  const spread = (-rho * rho * first.variance) / load ** 3;
  const following = rho / load ** 2;
  return (spread + following * first.meanShift) / (lambda - rate / load ** 2 + (following * slope) / first.pull);
}

/** A server with the rule (2.2), with adaptation speed `step`, whose idle periods are Exp(hitRate). */
class TaggedServer {
  constructor(
    private readonly g: SojournCost,
    private readonly h: RateCost,
    private readonly step: number,
    private readonly hitRate: Rate,
  ) {}

  /** The zero of the averaged rule. */
  restingRate(guess: Rate): Rate {
    const rate = increasingRoot((x) => -this.averagedRule(x), guess);
    assert(rate !== undefined, "the averaged rule has a zero: g' + h'/x becomes positive");
    return rate;
  }

  firstOrder(rate: Rate): FirstOrder {
    const pull = -this.derivative(this.averagedRule, rate);
    const variance = (this.step * this.noise(rate)) / pull;
    const bend = (this.secondDerivative(this.averagedRule, rate) * variance) / 2;
    return { pull, variance, meanShift: (bend + this.step * this.drift(rate)) / pull };
  }

  /**
   * The variance to second order in the step. With x the distance from the equilibrium rate and u, w, z Poisson solutions of the
   * rule b, of b u' and of b u, stationarity implies for every smooth f
   *   E[b f'] + step E[(b u') f' + (b u) f''] + step^2 E[(b w) f'' + (b z') f'' + (b z) f''' + ...] = 0 (averages in brackets);
   * taken at f = x^3/3 and x^2/2.
   */
  secondOrderVariance(rate: Rate): number {
    const { step } = this;
    const { pull, variance, meanShift } = this.firstOrder(rate);
    const bend = this.secondDerivative(this.averagedRule, rate);
    const width = RELATIVE_STEP * rate;
    const thirdDerivative =
      (this.secondDerivative(this.averagedRule, rate + width) -
        this.secondDerivative(this.averagedRule, rate - width)) /
      (2 * width);
    const cycle = this.cycle(rate);
    const rule = this.rule(rate);
    const z = (x: number): CycleFunction => poissonSolution(this.cycle(x), this.noiseFunction(x));
    const w = poissonSolution(cycle, this.driftFunction(rate));
    const noiseTwo =
      average(cycle, product(rule, w)) + average(cycle, product(rule, parameterDerivative(z, rate, width)));
    const noiseThree = average(cycle, product(rule, z(rate)));
    const noiseSlope = this.derivative(this.noise, rate);
    const fourthMoment = 3 * variance ** 2;
    const thirdMoment =
      ((bend / 2) * fourthMoment +
        step * (this.drift(rate) * variance + 2 * this.noise(rate) * meanShift + 2 * noiseSlope * variance) +
        2 * step ** 2 * noiseThree) /
      pull;
    const secondMoment =
      ((bend / 2) * thirdMoment +
        (thirdDerivative / 6) * fourthMoment +
        step * (this.drift(rate) * meanShift + this.derivative(this.drift, rate) * variance) +
        step * (this.noise(rate) + noiseSlope * meanShift + this.secondDerivative(this.noise, rate) * (variance / 2)) +
        step ** 2 * noiseTwo) /
      pull;
    return secondMoment - meanShift ** 2;
  }

  private cycle(serviceRate: Rate): IdleCycle {
    return { hitRate: this.hitRate, serviceRate };
  }

  /** b = -(g' + h'/mu + h' I). */
  private rule(rate: Rate): CycleFunction {
    const polynomial = [-(this.g.derivative(rate) + this.h.derivativePerRate(rate)), -this.h.derivative(rate)];
    return { idle: polynomial, busy: polynomial };
  }

  private readonly averagedRule = (rate: Rate): number => average(this.cycle(rate), this.rule(rate));

  private readonly ruleSolution = (rate: Rate): CycleFunction => poissonSolution(this.cycle(rate), this.rule(rate));

  private noiseFunction(rate: Rate): CycleFunction {
    return product(this.rule(rate), this.ruleSolution(rate));
  }

  private driftFunction(rate: Rate): CycleFunction {
    return product(this.rule(rate), parameterDerivative(this.ruleSolution, rate, RELATIVE_STEP * rate));
  }

  private readonly noise = (rate: Rate): number => average(this.cycle(rate), this.noiseFunction(rate));

  private readonly drift = (rate: Rate): number => average(this.cycle(rate), this.driftFunction(rate));

  private derivative(f: (x: number) => number, x: number): number {
    const width = RELATIVE_STEP * x;
    return (f(x + width) - f(x - width)) / (2 * width);
  }

  private secondDerivative(f: (x: number) => number, x: number): number {
    const width = RELATIVE_STEP * x;
    return (f(x + width) - 2 * f(x) + f(x - width)) / width ** 2;
  }
}

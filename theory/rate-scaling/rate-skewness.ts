import type { ModelTime } from "../../model/units.js";
import { idlePeriodRawMoments, meanIdleTime } from "./idle-period.js";
import {
  atRate,
  finiteSizeRate,
  type InverseStep,
  type RateScaling,
  requireInverseStep,
  restoringForce,
} from "./rate-scaling.js";

/** Relative width of numerical derivatives. */
const RELATIVE_STEP = 0.01;

/**
 * The skewness of a server's stationary rate, to first order in m^(-1/2). It is negative: a long idle period pushes the rate
 * far down, and nothing pushes it up as far.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: derived, unpublished. With x the distance from the equilibrium rate, s^2 its variance, F the pull and F' its slope,
 * S(mu) = h'^2 V the intensity of the noise and K its asymptotic third cumulant, stationarity of E[x^3] gives
 *   E[x^3] - 3 s^2 E[x] = -(F'/F) s^4 + S' s^2 / (m F) - h'^3 K / (3 F m^2).
 */
export function rateSkewness(system: RateScaling & InverseStep): number {
  const { h } = system;
  const m = requireInverseStep(system);
  const rate = finiteSizeRate(system);
  const loss = atRate(system, rate);
  const idleTime = meanIdleTime(loss);
  const moments = [1, ...idlePeriodRawMoments(loss, 6)];
  const width = RELATIVE_STEP * rate;
  const pull = restoringForce(system, rate, idleTime);
  const bend =
    (restoringForce(system, rate + width, idleTime) - restoringForce(system, rate - width, idleTime)) / (2 * width);
  const noise = (x: number): number => h.derivative(x) ** 2 * idleTimeCumulants(moments, 1 / x).second;
  const noiseSlope = (noise(rate + width) - noise(rate - width)) / (2 * width);
  const variance = noise(rate) / (2 * m * pull);
  const third = h.derivative(rate) ** 3 * idleTimeCumulants(moments, 1 / rate).third;
  const cumulant = -(bend / pull) * variance ** 2 + (noiseSlope * variance) / (m * pull) - third / (3 * pull * m ** 2);
  return cumulant / variance ** 1.5;
}

/**
 * A heuristic for steps that are not small: close to the first order where that is small, and bounded by 1.54 in absolute value.
 *
 * Source: fitted, not derived, to simulations at n 100, m 100 and arrival rates from 0.025 to 1.5, with first orders from -18 to
 * -0.2. No verdict depends on it where it is far from the first order.
 */
export function saturatedSkewness(firstOrder: number): number {
  return firstOrder / (1 + 0.65 * Math.abs(firstOrder));
}

/**
 * A quantile of a distribution with small skewness (Cornish and Fisher 1938, first term).
 *
 * @param normalQuantile the standard normal quantile of the same order
 */
export function skewedQuantile(
  law: { readonly mean: number; readonly standardDeviation: number; readonly skewness: number },
  normalQuantile: number,
): number {
  return law.mean + law.standardDeviation * (normalQuantile + ((normalQuantile ** 2 - 1) * law.skewness) / 6);
}

/**
 * The second and third cumulant, per unit of time, of the integral of I_v(t) - E[I]: renewal-reward over the cycles L + B.
 * With R a cycle's reward of mean 0 and C its length, they follow from E[exp(t R - psi(t) C)] = 1 at small t.
 *
 * @param moments 1, E[L], ... E[L^6] of the idle period
 * @param service E[B], B exponential and independent of L
 */
function idleTimeCumulants(moments: readonly number[], service: ModelTime): { second: number; third: number } {
  const [, first, secondMoment] = moments;
  const length = first + service;
  const average = (secondMoment / 2 + first * service) / length;
  const mean = (...factors: readonly (readonly number[])[]): number =>
    factors.reduce(polynomialProduct).reduce((sum, coefficient, power) => sum + coefficient * moments[power], 0);
  // R = a(L) + B b(L), and E[B^k] = k! E[B]^k.
  const a = [0, -average, 0.5];
  const b = [-average, 1];
  const rr = mean(a, a) + 2 * service * mean(a, b) + 2 * service ** 2 * mean(b, b);
  const rrr =
    mean(a, a, a) + 3 * service * mean(a, a, b) + 6 * service ** 2 * mean(a, b, b) + 6 * service ** 3 * mean(b, b, b);
  const rc = mean(a, [0, 1]) + service * mean(a) + service * mean(b, [0, 1]) + 2 * service ** 2 * mean(b);
  const second = rr / length;
  return { second, third: (rrr - 3 * second * rc) / length };
}

function polynomialProduct(p: readonly number[], q: readonly number[]): number[] {
  const result = new Array<number>(p.length + q.length - 1).fill(0);
  for (const [i, x] of p.entries()) for (const [j, y] of q.entries()) result[i + j] += x * y;
  return result;
}

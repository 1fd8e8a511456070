import cdf from "@stdlib/stats-base-dists-normal-cdf";
import type { Rate } from "../../model/units.js";

/** Standard deviations beyond which nothing is left, and steps of an integral over them. */
const REACH = 12;
const STEPS = 4000;

/** Servers whose rates are independent and normal. */
export interface NormalRates {
  readonly servers: number;
  readonly mean: Rate;
  readonly standardDeviation: Rate;
}

/**
 * The mean of the greatest difference of two rates, which Lemma 2.10 of Rutten, Zubeldia and Mukherjee (2023) says vanishes with the step.
 *
 * Source: E[max - min] = integral of 1 - F^n - (1 - F)^n.
 */
export function expectedRange({ servers: n, standardDeviation }: NormalRates): Rate {
  const missing = (z: number): number => 1 - cdf(z, 0, 1) ** n - (1 - cdf(z, 0, 1)) ** n;
  return standardDeviation * integral(missing, -REACH, REACH);
}

/**
 * The mean of the greatest distance of a rate from a target, which Theorem 2.11 of Rutten, Zubeldia and Mukherjee (2023) says vanishes with
 * the step as n grows.
 *
 * Source: E[max |X - target|] = integral over d >= 0 of 1 - P(|X - target| <= d)^n.
 */
export function expectedDistance({ servers: n, mean, standardDeviation: sd }: NormalRates, target: Rate): Rate {
  const beyond = (d: number): number => 1 - (cdf(target + d, mean, sd) - cdf(target - d, mean, sd)) ** n;
  // Nothing is nearer to the target than this, but with negligible probability.
  const nearest = Math.max(0, Math.abs(mean - target) - REACH * sd);
  return nearest + integral(beyond, nearest, Math.abs(mean - target) + REACH * sd);
}

/** By the midpoint rule, which is exact to many digits for smooth functions that end flat. */
function integral(f: (x: number) => number, from: number, to: number): number {
  const step = (to - from) / STEPS;
  let sum = 0;
  for (let i = 0; i < STEPS; i++) sum += f(from + (i + 0.5) * step);
  return sum * step;
}

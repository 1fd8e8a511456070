import type { GraphProperties } from "../../model/graphs/properties.js";
import type { ModelTime, Rate } from "../../model/units.js";

/** What the bounds over time depend on: JSQ(d) on a graph, with replacement. */
export interface ProcessBounds extends Pick<GraphProperties, "rho" | "phi" | "gamma"> {
  /** lambda, jobs per server. */
  readonly arrivalRate: Rate;
  /** d. */
  readonly choices: number;
}

/**
 * At most so many jobs per server fewer than in the stationary state after a start from empty, or from any state below the stationary one in
 * stochastic order: the bound of Rutten and Mukherjee (2023), Theorem 3.8, at any N.
 *
 * Source: the constants of its proof, (4.16) to (4.29): theta = min(1/(2 rho d), rho), a = ln theta / ln rho (whose inverse is the alpha of the
 * theorem), c1 and c2.
 *
 * @returns Infinity where rho(G) is not below 1
 */
export function distanceOfStarts(system: Pick<ProcessBounds, "rho" | "choices">, time: ModelTime): number {
  if (system.rho >= 1) return Number.POSITIVE_INFINITY;
  const { theta, power, c1, c2 } = mixingConstants(system);
  return (c2 ** -power + c1 * power * time) ** (-1 / power) / theta;
}

/** The time from which `distanceOfStarts` is at most this. */
export function mixingTime(system: Pick<ProcessBounds, "rho" | "choices">, distance: number): ModelTime {
  if (system.rho >= 1) return Number.POSITIVE_INFINITY;
  const { theta, power, c1, c2 } = mixingConstants(system);
  return Math.max(0, ((distance * theta) ** -power - c2 ** -power) / (c1 * power));
}

function mixingConstants({ rho, choices }: Pick<ProcessBounds, "rho" | "choices">) {
  const theta = Math.min(1 / (2 * rho * choices), rho);
  const power = Math.log(theta) / Math.log(rho);
  const c1 = (rho * theta * (((1 - rho) * (1 - theta)) / theta) ** (1 + power)) / (2 * (1 - rho * theta));
  const c2 = (theta * rho) / ((1 - theta) * (1 - rho));
  return { theta, power, c1, c2 };
}

/**
 * The bound of Rutten and Mukherjee (2023), Theorem 3.10, on the mean of the greatest sum over i of (q_i - limit)^2 until a time, from empty: the
 * limit is the solution of (3.5).
 *
 * Source: (3.6), with c = 6 (2 (rho K + d + 1)^2 + 1) of (4.38) and K = (2^d - 1)(d - 1) of Lemma C.1.
 *
 * @returns Infinity beyond the range of numbers, and where rho(G) is not below 1
 */
export function distanceToLimit(system: ProcessBounds, time: ModelTime): number {
  const { arrivalRate, choices, rho, phi, gamma } = system;
  if (rho >= 1) return Number.POSITIVE_INFINITY;
  const lipschitz = (2 ** choices - 1) * (choices - 1);
  const c = 6 * (2 * (rho * lipschitz + choices + 1) ** 2 + 1);
  const sources = (time * choices * phi) ** 2 + 4 * time * (rho * choices + 1) * gamma;
  return 2 * phi ** 2 * arrivalRate * time + (sources === 0 ? 0 : 12 * Math.exp(c * time ** 2) * sources);
}

const HALVINGS = 60;

/** The time until which `distanceToLimit` is at most this; Infinity if it is for ever, 0 if never. */
export function timeNearLimit(system: ProcessBounds, distance: number): ModelTime {
  let [low, high] = [0, 1];
  while (high < Number.MAX_SAFE_INTEGER && distanceToLimit(system, high) <= distance) high *= 2;
  if (high >= Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (distanceToLimit(system, middle) <= distance) low = middle;
    else high = middle;
  }
  return low;
}

import type { Law } from "../../model/law.js";
import type { ModelTime } from "../../model/units.js";

/** A value, and how far it may be off. */
export interface Enclosed {
  readonly value: number;
  readonly error: number;
}

/** The sojourn time in a queue. A quantile beyond what was worked out is undefined. */
export interface SojournTimes {
  sojourn(p: number): Enclosed | undefined;
  /** The probability that the sojourn time exceeds a limit. */
  sojournOver(limit: ModelTime): Enclosed | undefined;
}

/** The waiting time as well. */
export interface QueueTimes extends SojournTimes {
  waiting(p: number): Enclosed | undefined;
  /** The probability that the waiting time exceeds a limit. */
  waitingOver(limit: ModelTime): Enclosed | undefined;
  /** The sojourn times of those jobs whose service times have another law than those of all jobs together. */
  sojournsOf?(service: Law): SojournTimes;
}

/** Cells of the grid of times, unless told; the work grows with their square. */
const CELLS = 12_000;
/** Parts of a cell in which the law of sizes is integrated. */
const PARTS = 4;
/** Of the sizes, beyond the grid. */
const NEGLIGIBLE = 1e-9;
/** The length of the grid in mean residual service times, unless it would end too early. */
const LENGTH = 48;

/**
 * The laws of the waiting and the sojourn time in M/G/1, first in first out. The waiting time is a geometric sum of residual service
 * times (Benes 1957; Pollaczek and Khinchine): rounded down and up to a grid, their sums enclose it, and the recursion of Panjer (1981)
 * gives the laws of these exactly.
 *
 * @param load rho, 0 < rho < 1
 * @param service law of the service times
 * @param furthest the greatest p that will be asked for: the grid reaches about to that quantile, if its law is nearly exponential
 * @param cells of the grid: the errors are in inverse proportion to them
 */
export function timesMG1(load: number, service: Law, furthest: number, cells = CELLS): QueueTimes {
  const residualMean = (service.mean * (1 + service.squaredVariation)) / 2;
  // The waiting time is nearly exponential beyond its mean (Kingman 1962); the sojourn time adds a service time.
  const reach = (residualMean * -Math.log1p(-furthest)) / (1 - load) + 20 * service.mean;
  const step = Math.max(LENGTH * residualMean, 1.5 * reach) / cells;
  const residual = residualLaw(service, step, cells);
  const lower = geometricSum(load, residual);
  const upper = geometricSum(load, [0, ...residual.slice(0, -1)]);
  const enclosed = (of: (sums: Float64Array) => number | undefined, added: number): Enclosed | undefined => {
    const [low, high] = [of(lower), of(upper)];
    if (low === undefined || high === undefined) return undefined;
    return { value: (low + high) / 2, error: Math.abs(high - low) / 2 + added };
  };
  /** Beyond the grid the probability of more is between 0 and that at its end. */
  const over = (limit: ModelTime, upTo: (sums: Float64Array, time: ModelTime) => number): Enclosed | undefined => {
    const end = cells * step;
    if (limit <= end) return enclosed((sums) => 1 - upTo(sums, limit), 0);
    const half = (1 - upTo(upper, end)) / 2;
    return { value: half, error: half };
  };
  const sojournsOf = (served: Law): SojournTimes => ({
    sojourn: (p) => enclosed((sums) => sojournQuantile(sums, step, served, p), step),
    sojournOver: (limit) => over(limit, (sums, time) => sojournUpTo(sums, step, served, time)),
  });
  return {
    waiting: (p) => enclosed((sums) => quantileOf(sums, step, p), step),
    waitingOver: (limit) => over(limit, (sums, time) => upTo(sums, step, time)),
    sojournsOf,
    ...sojournsOf(service),
  };
}

/** The probability of each cell under the law of residual service times, whose density is P(S > x) / E[S]. */
function residualLaw({ mean, distribution }: Law, step: ModelTime, count: number): number[] {
  const cells = Array.from({ length: count }, (_, cell) => {
    let sum = 0;
    for (let part = 0; part < PARTS; part++) sum += 1 - distribution((cell + (part + 0.5) / PARTS) * step);
    return (sum * step) / (PARTS * mean);
  });
  // A law with jumps is integrated to within a cell only; a total other than 1 would add up in the tail.
  const total = cells.reduce((sum, cell) => sum + cell, 0);
  return total > 1 || distribution(count * step) > 1 - NEGLIGIBLE ? cells.map((cell) => cell / total) : cells;
}

/** The law of the sum of N values of a lattice law, P(N = n) = (1 - rho) rho^n, by Panjer's recursion. */
function geometricSum(load: number, one: readonly number[]): Float64Array {
  const sums = new Float64Array(one.length);
  const factor = load / (1 - load * one[0]);
  sums[0] = (1 - load) / (1 - load * one[0]);
  for (let j = 1; j < sums.length; j++) {
    let sum = 0;
    for (let i = 1; i <= j; i++) sum += one[i] * sums[j - i];
    sums[j] = factor * sum;
  }
  return sums;
}

function quantileOf(sums: Float64Array, step: ModelTime, p: number): ModelTime | undefined {
  let below = 0;
  for (let j = 0; j < sums.length; j++) {
    below += sums[j];
    if (below >= p) return j * step;
  }
  return undefined;
}

/** P(W <= t), for a waiting time W on the grid. */
function upTo(sums: Float64Array, step: ModelTime, time: ModelTime): number {
  let sum = 0;
  for (let j = 0; j < sums.length && j * step <= time; j++) sum += sums[j];
  return sum;
}

/** P(W + S <= t), for a waiting time W on the grid. */
function sojournUpTo(sums: Float64Array, step: ModelTime, { distribution }: Law, time: ModelTime): number {
  let sum = 0;
  for (let j = 0; j < sums.length && j * step <= time; j++) sum += sums[j] * distribution(time - j * step);
  return sum;
}

function sojournQuantile(sums: Float64Array, step: ModelTime, service: Law, p: number): ModelTime | undefined {
  let [low, high] = [0, sums.length * step];
  if (sojournUpTo(sums, step, service, high) < p) return undefined;
  while (high - low > 0.01 * step) {
    const middle = (low + high) / 2;
    if (sojournUpTo(sums, step, service, middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

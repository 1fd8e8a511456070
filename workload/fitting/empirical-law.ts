import type { Law } from "../../model/law.js";
import { edge, TIME_BINS, type TimeCounts } from "../../model/statistics/time-counts.js";

/** A law with its quantiles. */
export interface LawWithQuantiles extends Law {
  quantile(p: number): number;
}

/**
 * The law of counted values, spread evenly within their bins.
 *
 * @param unit the values are divided by it: their own mean, which bins would make inexact
 * @param squaredVariation of the values themselves
 */
export function empiricalLaw({ counts }: TimeCounts, unit: number, squaredVariation: number): LawWithQuantiles {
  const edges: number[] = [0];
  const upTo: number[] = [0];
  let sum = 0;
  for (let bin = 0; bin < TIME_BINS; bin++) {
    if (counts[bin] === 0) continue;
    // The beginning of the bin, where nothing has been added since the last one.
    if (edges[edges.length - 1] < edge(bin) / unit) {
      edges.push(edge(bin) / unit);
      upTo.push(sum);
    }
    sum += counts[bin];
    // The last bin of all has no end.
    edges.push(Math.min(edge(bin + 1), 2 * edge(bin) || edge(1)) / unit);
    upTo.push(sum);
  }
  const between = (x: number, from: readonly number[], to: readonly number[]): number => {
    const i = indexAbove(from, x);
    if (i === 0) return to[0];
    if (i === from.length) return to[to.length - 1];
    return to[i - 1] + ((x - from[i - 1]) / (from[i] - from[i - 1])) * (to[i] - to[i - 1]);
  };
  return {
    mean: 1,
    squaredVariation,
    distribution: (x) => between(x, edges, upTo) / sum,
    quantile: (p) => between(p * sum, upTo, edges),
  };
}

/** A quantile of counted values, spread evenly within their bins. NaN if there are none. */
export function countedQuantile({ counts }: TimeCounts, p: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let left = p * all;
  for (let bin = 0; bin < TIME_BINS; bin++) {
    const here = counts[bin];
    if (here > 0 && here >= left) return bin === 0 ? 0 : edge(bin) + (left / here) * (edge(bin + 1) - edge(bin));
    left -= here;
  }
  return Number.NaN;
}

/** The index of the first of sorted values that is greater. */
function indexAbove(sorted: readonly number[], x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The quantile of a law on [0, infinity), by bisection. */
export function quantileOf({ distribution, mean }: Law, p: number): number {
  let [low, high] = [0, mean];
  while (distribution(high) < p) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

import type { Law } from "../../model/law.js";
import type { RandomStream } from "../../model/random.js";
import { uniformIndex } from "../../model/random.js";
import { type LawWithQuantiles, quantileOf } from "./empirical-law.js";

/** How far a fitted law may be from the empirical one, relative to it, to be used in its place. */
export const CLOSE = 0.05;
/** The quantiles that are compared. */
const COMPARED: ReadonlySet<number> = new Set([0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]);
/** All that a QQ plot shows. */
const LEVELS = [
  ...[0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9],
  ...[0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999],
];
/** Observations above a quantile, for it to be compared. */
const LEAST_ABOVE = 10;
/** Values that a Kolmogorov-Smirnov test is made of at most: with more, it rejects laws for differences that do not matter. */
const MOST_TESTED = 5000;
const BOOTSTRAP_SAMPLES = 99;

/** Standard errors of an observed quantile that are chance. */
const CHANCE = 2;

/** A quantile of observed values, and of a law. */
export interface QuantilePair {
  readonly p: number;
  readonly observed: number;
  readonly fitted: number;
  /** How far the observed one may be off by chance, relative to it. */
  readonly chance: number;
}

/** The levels that so many observations tell something of. */
function levelsFor(count: number): readonly number[] {
  return LEVELS.filter((p) => count * (1 - p) >= LEAST_ABOVE);
}

/**
 * The quantiles of both laws, as far as so many observations tell of them: what a QQ plot shows. Of n values, the number below a quantile
 * has a standard deviation of sqrt(n p (1 - p)), whatever the law.
 */
export function quantilePairs(observed: LawWithQuantiles, count: number, fitted: Law): QuantilePair[] {
  return levelsFor(count).map((p) => {
    const value = observed.quantile(p);
    const beside = CHANCE * Math.sqrt((p * (1 - p)) / count);
    const width = observed.quantile(Math.min(1, p + beside)) - observed.quantile(Math.max(0, p - beside));
    return { p, observed: value, fitted: quantileOf(fitted, p), chance: width / 2 / value };
  });
}

/**
 * The greatest deviation of the fitted quantiles from the observed ones, relative to these, beyond chance, from the lower quartile on.
 *
 * @param limit below which values cannot be told apart
 */
export function greatestDeviation(pairs: readonly QuantilePair[], limit: number): number {
  const compared = pairs.filter(({ p, observed }) => COMPARED.has(p) && observed > limit);
  return Math.max(0, ...compared.map(({ observed, fitted, chance }) => Math.abs(fitted / observed - 1) - chance));
}

/** The Kolmogorov-Smirnov distance between sorted values and a law. */
export function kolmogorovDistance(sorted: Float64Array, { distribution }: Law): number {
  let distance = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = distribution(sorted[i]);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  }
  return distance;
}

/** What a test needs of a family: its fit to values, and a sample of the law that was fitted. */
export interface Testable {
  fit(values: Float64Array): Law | undefined;
  draw(count: number): Float64Array;
}

/**
 * The probability that values of the fitted law are as far from their own fit as these are from theirs: a Kolmogorov-Smirnov test by
 * parametric bootstrap (Babu and Rao 2004), since parameters were fitted to the very same values.
 *
 * @param values of which at most 5000, drawn at random, are used
 * @returns undefined if the family cannot be fitted to them
 */
export function bootstrapPValue(
  values: Float64Array,
  { fit, draw }: Testable,
  random: RandomStream,
): number | undefined {
  const tested =
    values.length <= MOST_TESTED
      ? values.slice()
      : Float64Array.from({ length: MOST_TESTED }, () => values[uniformIndex(random, values.length)]);
  const distanceOf = (sample: Float64Array): number | undefined => {
    const law = fit(sample);
    return law === undefined ? undefined : kolmogorovDistance(sample.slice().sort(), law);
  };
  const observed = distanceOf(tested);
  if (observed === undefined) return undefined;
  let further = 0;
  for (let i = 0; i < BOOTSTRAP_SAMPLES; i++)
    if ((distanceOf(draw(tested.length)) ?? Number.POSITIVE_INFINITY) >= observed) further++;
  return (further + 1) / (BOOTSTRAP_SAMPLES + 1);
}

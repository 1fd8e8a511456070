import { type Family, family, rangeOf, readMember } from "./family.js";
import { anyNumber, number, positive } from "./options.js";

/**
 * The cost of long sojourn times, g in Rutten, Zubeldia and Mukherjee (2023), (2.1): decreasing and convex in the rate.
 * A new family is one more entry in `sojournCosts`.
 */
export interface SojournCost {
  readonly name: string;
  value(rate: number): number;
  /** g'(rate), negative. */
  derivative(rate: number): number;
  secondDerivative(rate: number): number;
  /** 1 / g'(rate), finite at rate 0 even where g' is not; used to integrate the rate rule. */
  reciprocalDerivative(rate: number): number;
  /** The infimum of g'' over rates in [0, upTo], for Assumption 2.1 (ii). */
  leastCurvature(upTo: number): number;
}

/** The cost of running at a rate, h in (2.1): increasing; under Assumption 2.1 h'(0) = 0, and h'(x)/x is non-decreasing. */
export interface RateCost {
  readonly name: string;
  value(rate: number): number;
  derivative(rate: number): number;
  secondDerivative(rate: number): number;
  /** h'(rate) / rate, with its limit at rate 0 (the convention below (2.2)). */
  derivativePerRate(rate: number): number;
  /** The infimum of h'' over rates in [0, upTo], for Assumption 2.1 (ii). */
  leastCurvature(upTo: number): number;
  /** The rate at which h'' jumps, if there is one, for Assumption 2.1 (i). */
  readonly kink?: number;
}

const reciprocal: SojournCost = {
  name: "reciprocal",
  value: (x) => 1 / x,
  derivative: (x) => -1 / (x * x),
  secondDerivative: (x) => 2 / (x * x * x),
  reciprocalDerivative: (x) => -x * x,
  leastCurvature: (upTo) => 2 / upTo ** 3,
};

const shiftedReciprocal: SojournCost = {
  name: "shifted-reciprocal",
  value: (x) => 1 / (1 + x),
  derivative: (x) => -1 / (1 + x) ** 2,
  secondDerivative: (x) => 2 / (1 + x) ** 3,
  reciprocalDerivative: (x) => -((1 + x) ** 2),
  leastCurvature: (upTo) => 2 / (1 + upTo) ** 3,
};

/** The named families of g: `reciprocal` is 1/x (section 3), `shifted-reciprocal` is 1/(1+x) (Remark 2.2). */
export const sojournCosts: ReadonlyMap<string, SojournCost> = new Map(
  [reciprocal, shiftedReciprocal].map((cost) => [cost.name, cost]),
);

/**
 * g(x) = 1 / (1 + exp((x - midpoint) / width)): concave below the midpoint, so that Assumption 2.1 (ii) may fail.
 *
 * @param width > 0
 */
function logisticCost(midpoint: number, width: number): SojournCost {
  const value = (x: number): number => 1 / (1 + Math.exp((x - midpoint) / width));
  const secondDerivative = (x: number): number => {
    const p = value(x);
    return (p * (1 - p) * (1 - 2 * p)) / width ** 2;
  };
  // Where the third derivative is 0: e^z = 2 - sqrt 3.
  const mostConcave = Math.max(0, midpoint + width * Math.log(2 - Math.sqrt(3)));
  return {
    name: `logistic:${midpoint},${width}`,
    value,
    derivative: (x) => (-value(x) * (1 - value(x))) / width,
    secondDerivative,
    reciprocalDerivative: (x) => -width / (value(x) * (1 - value(x))),
    leastCurvature: (upTo) =>
      upTo === Number.POSITIVE_INFINITY
        ? Math.min(0, secondDerivative(mostConcave))
        : Math.min(secondDerivative(Math.min(mostConcave, upTo)), secondDerivative(upTo)),
  };
}

/**
 * h(x) = coefficient x^exponent.
 *
 * @param coefficient beta > 0
 * @param exponent p >= 2
 */
export function powerCost(coefficient: number, exponent: number): RateCost {
  const p = exponent;
  // Math.pow is several times slower than a multiplication, and this runs at every event.
  const power = (x: number, e: number): number => (e === 0 ? 1 : e === 1 ? x : e === 2 ? x * x : x ** e);
  return {
    name: `power:${coefficient},${exponent}`,
    value: (x) => coefficient * power(x, p),
    derivative: (x) => coefficient * p * power(x, p - 1),
    secondDerivative: (x) => coefficient * p * (p - 1) * power(x, p - 2),
    derivativePerRate: (x) => coefficient * p * power(x, p - 2),
    leastCurvature: () => (p === 2 ? 2 * coefficient : 0),
  };
}

/** h(x) = coefficient x^2 + extra max(0, x - threshold)^2: h'' jumps at the threshold, so that Assumption 2.1 (i) may fail. */
function kinkedCost(coefficient: number, extra: number, threshold: number): RateCost {
  const beyond = (x: number): number => Math.max(0, x - threshold);
  return {
    name: `kinked:${coefficient},${extra},${threshold}`,
    value: (x) => coefficient * x * x + extra * beyond(x) ** 2,
    derivative: (x) => 2 * (coefficient * x + extra * beyond(x)),
    secondDerivative: (x) => 2 * (x < threshold ? coefficient : coefficient + extra),
    derivativePerRate: (x) => 2 * (coefficient + (x > threshold ? (extra * beyond(x)) / x : 0)),
    leastCurvature: () => 2 * coefficient,
    kink: threshold,
  };
}

/** h(x) = coefficient (x - log(1 + x)): h'(x)/x = coefficient/(1 + x) decreases, so that Assumption 2.1 (iii) fails. */
function saturatingCost(coefficient: number): RateCost {
  return {
    name: `saturating:${coefficient}`,
    value: (x) => coefficient * (x - Math.log1p(x)),
    derivative: (x) => (coefficient * x) / (1 + x),
    secondDerivative: (x) => coefficient / (1 + x) ** 2,
    derivativePerRate: (x) => coefficient / (1 + x),
    leastCurvature: (upTo) => coefficient / (1 + upTo) ** 2,
  };
}

/** A rate below which h'(x)/x is no longer taken to grow, so that its product with 0 is 0. */
const NEXT_TO_ZERO = 1e-300;

/** h(x) = slope x + coefficient x^exponent: h'(0) > 0, so that Assumption 2.1 (iv) fails. */
function slopedCost(slope: number, coefficient: number, exponent: number): RateCost {
  const power = powerCost(coefficient, exponent);
  return {
    name: `sloped:${slope},${coefficient},${exponent}`,
    value: (x) => slope * x + power.value(x),
    derivative: (x) => slope + power.derivative(x),
    secondDerivative: power.secondDerivative,
    derivativePerRate: (x) => slope / Math.max(x, NEXT_TO_ZERO) + power.derivativePerRate(x),
    leastCurvature: power.leastCurvature,
  };
}

const exponent = number("a number >= 2", (value) => value >= 2);

const sojournFamilies: readonly Family<SojournCost>[] = [
  ...[...sojournCosts.values()].map((cost) => family(cost.name, {}, () => cost)),
  family("logistic", { midpoint: anyNumber, width: positive }, ({ midpoint, width }) => logisticCost(midpoint, width)),
];

const rateCosts: readonly Family<RateCost>[] = [
  family("power", { coefficient: positive, exponent }, (options) => powerCost(options.coefficient, options.exponent)),
  family("kinked", { coefficient: positive, extra: positive, threshold: positive }, (options) =>
    kinkedCost(options.coefficient, options.extra, options.threshold),
  ),
  family("saturating", { coefficient: positive }, ({ coefficient }) => saturatingCost(coefficient)),
  family("sloped", { slope: positive, coefficient: positive, exponent }, (options) =>
    slopedCost(options.slope, options.coefficient, options.exponent),
  ),
];

/** The syntax of costs. */
export const SOJOURN_COSTS = rangeOf(sojournFamilies);
export const RATE_COSTS = rangeOf(rateCosts);

/** Parses a sojourn cost. Throws UserError listing the known families. */
export function parseSojournCost(text: string): SojournCost {
  return readMember("sojourn cost", sojournFamilies, text);
}

/** Parses a rate cost, e.g. `power:0.1,2`. Throws UserError naming what is wrong. */
export function parseRateCost(text: string): RateCost {
  return readMember("rate cost", rateCosts, text);
}

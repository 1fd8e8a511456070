import { UserError } from "./errors.js";

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
  /** 1 / g'(rate), which stays finite at rate 0 where g' itself may not: what the rate rule is integrated with. */
  reciprocalDerivative(rate: number): number;
  /** The infimum of g'' over rates in [0, upTo], for Assumption 2.1 (ii). */
  leastCurvature(upTo: number): number;
}

/** The cost of running at a rate, h in (2.1): increasing, h'(0) = 0, with h'(x)/x non-decreasing. */
export interface RateCost {
  readonly name: string;
  value(rate: number): number;
  derivative(rate: number): number;
  secondDerivative(rate: number): number;
  /** h'(rate) / rate, with its limit at rate 0 (the convention below (2.2)). */
  derivativePerRate(rate: number): number;
  /** The infimum of h'' over rates in [0, upTo], for Assumption 2.1 (ii). */
  leastCurvature(upTo: number): number;
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
 * h(x) = coefficient x^exponent.
 *
 * @param coefficient beta > 0
 * @param exponent p >= 2
 */
export function powerCost(coefficient: number, exponent: number): RateCost {
  const p = exponent;
  // Math.pow is several times slower than a multiplication, and this is on the path of every event.
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

/** Reads a sojourn cost by its name. Throws UserError naming the families there are. */
export function parseSojournCost(text: string): SojournCost {
  const cost = sojournCosts.get(text);
  if (cost === undefined) {
    throw new UserError(`unknown sojourn cost "${text}": use one of ${[...sojournCosts.keys()].join(", ")}`);
  }
  return cost;
}

/** Reads `power:COEFFICIENT,EXPONENT`. Throws UserError naming the part that is wrong. */
export function parseRateCost(text: string): RateCost {
  const match = /^power:([^,]+),([^,]+)$/.exec(text);
  if (match === null)
    throw new UserError(`unknown rate cost "${text}": use power:COEFFICIENT,EXPONENT, e.g. power:0.1,2`);
  const coefficient = Number(match[1]);
  const exponent = Number(match[2]);
  if (!(coefficient > 0 && Number.isFinite(coefficient))) {
    throw new UserError(`rate cost "${text}": the coefficient must be a number > 0`);
  }
  if (!(exponent >= 2 && Number.isFinite(exponent))) {
    throw new UserError(`rate cost "${text}": the exponent must be a number >= 2, so that h'(x)/x does not decrease`);
  }
  return powerCost(coefficient, exponent);
}

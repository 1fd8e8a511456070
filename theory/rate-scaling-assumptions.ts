import type { RateCost, SojournCost } from "../model/cost-functions.js";
import type { Rate } from "../model/units.js";
import { risingRoot } from "./rising-root.js";

/** One condition of Assumption 2.1. */
export interface Condition {
  /** "(i)" to "(vi)". */
  readonly condition: string;
  readonly holds: boolean;
  /** What it says, with the values at hand. */
  readonly meaning: string;
  /** What its violation means for the user. */
  readonly consequence: string;
}

export interface AssumptionCheck {
  readonly conditions: readonly Condition[];
  /** mu-, the largest that serves in (vi); undefined if none does. */
  readonly lowestRate: Rate | undefined;
  /** mu+, the smallest that serves in (vi); undefined if none does. */
  readonly highestRate: Rate | undefined;
}

/** Conditions about a range of rates are checked at so many points of it. */
const POINTS = 256;

/**
 * Checks the conditions under which the rates are proved to converge to the optimum.
 *
 * Condition (ii), strict convexity, is asked for rates in [mu-, mu+] only, where they live by Remarks 2.5 and 2.8: on
 * [0, infinity) it fails even for the paper's own examples. Conditions on a range are checked on a fine grid of it.
 *
 * @param arrivalRate lambda > 0, per server
 * @returns (i) to (vi) in this order, and the range of rates mu- and mu+
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Assumption 2.1, with (vi) corrected to
 * g'(mu-) + h'(mu-)(1/lambda + 1/mu-) <= 0, since an idle server is hit at rate lambda at least, so that E[I] <= 1/lambda.
 */
export function checkAssumptions(arrivalRate: Rate, g: SojournCost, h: RateCost): AssumptionCheck {
  const fastestDrift = (x: number): number => g.derivative(x) + h.derivativePerRate(x);
  const lowestRate = risingRoot((x) => fastestDrift(x) + h.derivative(x) / arrivalRate, 1);
  const highestRate = risingRoot(fastestDrift, 1);
  const rates = grid(lowestRate ?? 1e-3, highestRate ?? 1e3);
  const conditions = [
    differentiable(g, h, rates),
    strictlyConvex(g, h, rates),
    monotone(g, h, rates),
    freeAtZero(h),
    optimumAboveLoad(arrivalRate, g, h),
    confined(lowestRate, highestRate),
  ];
  return { conditions, lowestRate, highestRate };
}

function differentiable(g: SojournCost, h: RateCost, rates: readonly Rate[]): Condition {
  const holds = rates.every((x) => Number.isFinite(g.secondDerivative(x)) && Number.isFinite(h.secondDerivative(x)));
  const atZero = Number.isFinite(g.value(0)) ? "" : `; g is infinite at rate 0, which a rate leaves at once`;
  return {
    condition: "(i)",
    holds,
    meaning: `g = ${g.name} and h = ${h.name} are twice continuously differentiable on ${range(rates)}${atZero}`,
    consequence: "the rule of the rates may jump, and no theorem says where they go",
  };
}

function strictlyConvex(g: SojournCost, h: RateCost, rates: readonly Rate[]): Condition {
  const sigmaG = Math.min(...rates.map((x) => g.secondDerivative(x)));
  const sigmaH = Math.min(...rates.map((x) => h.secondDerivative(x)));
  const everywhere = g.leastCurvature(Number.POSITIVE_INFINITY) > 0 && h.leastCurvature(Number.POSITIVE_INFINITY) > 0;
  const strictly = everywhere
    ? ""
    : "; read strictly, for all rates >= 0, it fails, as it does for the paper's examples";
  return {
    condition: "(ii)",
    holds: sigmaG > 0 && sigmaH > 0,
    meaning: `g'' >= ${round(sigmaG)} and h'' >= ${round(sigmaH)}, to be > 0, on ${range(rates)}, where rates live${strictly}`,
    consequence: "the cost may have several minima, and rates may settle at one that is not the best",
  };
}

function monotone(g: SojournCost, h: RateCost, rates: readonly Rate[]): Condition {
  const holds = rates.every(
    (x, i) =>
      g.derivative(x) <= 0 &&
      h.derivative(x) >= 0 &&
      // Equal values may differ in the last digit.
      (i === 0 || h.derivativePerRate(x) >= h.derivativePerRate(rates[i - 1]) * (1 - 1e-12)),
  );
  return {
    condition: "(iii)",
    holds,
    meaning: `g decreases, h increases, and h'(x)/x does not decrease on ${range(rates)}`,
    consequence: "servers of different rates may drift apart instead of together (Lemma 2.10)",
  };
}

function freeAtZero(h: RateCost): Condition {
  const slope = h.derivative(0);
  return {
    condition: "(iv)",
    holds: slope === 0,
    meaning: `h'(0) = ${round(slope)}, to be 0`,
    consequence: "a rate near 0 may be pushed below 0",
  };
}

function optimumAboveLoad(arrivalRate: Rate, g: SojournCost, h: RateCost): Condition {
  const slope = arrivalRate * g.derivative(arrivalRate) + h.derivative(arrivalRate);
  return {
    condition: "(v)",
    holds: slope < 0,
    meaning: `lambda g'(lambda) + h'(lambda) = ${round(slope)} at lambda = ${round(arrivalRate)}, to be < 0, so that mu* > lambda`,
    consequence:
      "mu+ <= lambda: speed costs so much that rates settle at mu+, every server is always busy and a fraction " +
      "1 - mu+/lambda of the jobs is dropped",
  };
}

function confined(lowestRate: Rate | undefined, highestRate: Rate | undefined): Condition {
  return {
    condition: "(vi)",
    holds: lowestRate !== undefined && highestRate !== undefined && lowestRate < highestRate,
    meaning:
      `rates that start in [mu-, mu+] = [${describe(lowestRate)}, ${describe(highestRate)}] stay there: the largest mu- with ` +
      "g' + h' (1/lambda + 1/mu-) <= 0 and the smallest mu+ with g' + h'/mu+ >= 0",
    consequence: "rates may fall to 0 or grow without bound",
  };
}

/** Points from low to high in geometric progression. */
function grid(low: Rate, high: Rate): Rate[] {
  return Array.from({ length: POINTS + 1 }, (_, i) => low * (high / low) ** (i / POINTS));
}

function range(rates: readonly Rate[]): string {
  return `[${round(rates[0])}, ${round(rates[rates.length - 1])}]`;
}

function describe(rate: Rate | undefined): string {
  return rate === undefined ? "none" : round(rate);
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}

import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import type { Rate } from "../../model/units.js";
import { increasingRoot } from "../numerics/increasing-root.js";

/** One condition of Assumption 2.1. */
interface Condition {
  /** "(i)" to "(vi)". */
  readonly condition: string;
  readonly holds: boolean;
  /** The condition in words, with the actual values. */
  readonly meaning: string;
  /** What its violation means for the user. */
  readonly consequence: string;
}

export interface AssumptionCheck {
  readonly conditions: readonly Condition[];
  /** mu-, the largest that satisfies (vi); undefined if none does. */
  readonly lowestRate: Rate | undefined;
  /** mu+, the smallest that satisfies (vi); undefined if none does. */
  readonly highestRate: Rate | undefined;
}

/** Number of grid intervals on which conditions on a range of rates are checked. */
const POINTS = 256;

/**
 * Checks the conditions under which the rates are proved to converge to the optimum.
 *
 * Condition (ii), strict convexity, is required only on [mu-, mu+], where rates stay by Remarks 2.5 and 2.8: on [0, infinity)
 * it fails even for the paper's own examples. Conditions on a range are checked on a fine grid.
 *
 * @param arrivalRate lambda > 0, per server
 * @returns (i) to (vi) in this order, and the range of rates mu- and mu+
 *
 * Source: Rutten, Zubeldia and Mukherjee (2023), Assumption 2.1, with (vi) corrected to
 * g'(mu-) + h'(mu-)(1/lambda + 1/mu-) <= 0, since an idle server receives jobs at rate at least lambda, so E[I] <= 1/lambda.
 */
export function checkAssumptions(arrivalRate: Rate, g: SojournCost, h: RateCost): AssumptionCheck {
  const fastestDrift = (x: number): number => g.derivative(x) + h.derivativePerRate(x);
  const lowestRate = increasingRoot((x) => fastestDrift(x) + h.derivative(x) / arrivalRate, 1);
  const highestRate = increasingRoot(fastestDrift, 1);
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
  const isSmooth = h.kink === undefined || h.kink < rates[0] || h.kink > rates[rates.length - 1];
  const isBounded = rates.every(
    (x) => Number.isFinite(g.secondDerivative(x)) && Number.isFinite(h.secondDerivative(x)),
  );
  const atZero = Number.isFinite(g.value(0)) ? "" : `; g is infinite at rate 0, which a rate leaves at once`;
  return {
    condition: "(i)",
    holds: isSmooth && isBounded,
    meaning: `g = ${g.name} and h = ${h.name} are twice continuously differentiable on ${range(rates)}${isSmooth ? atZero : `; h'' jumps at ${h.kink}`}`,
    consequence: "the rate rule may be discontinuous, and no theorem covers the limit",
  };
}

function strictlyConvex(g: SojournCost, h: RateCost, rates: readonly Rate[]): Condition {
  const sigmaG = Math.min(...rates.map((x) => g.secondDerivative(x)));
  const sigmaH = Math.min(...rates.map((x) => h.secondDerivative(x)));
  const everywhere = g.leastCurvature(Number.POSITIVE_INFINITY) > 0 && h.leastCurvature(Number.POSITIVE_INFINITY) > 0;
  const strictly = everywhere ? "" : "; on all rates >= 0 it fails, as it does for the paper's examples";
  return {
    condition: "(ii)",
    holds: sigmaG > 0 && sigmaH > 0,
    meaning: `g'' >= ${round(sigmaG)} and h'' >= ${round(sigmaH)} (must be > 0) on ${range(rates)}, where rates stay${strictly}`,
    consequence: "the cost may have several minima, and rates may converge to a suboptimal one",
  };
}

function monotone(g: SojournCost, h: RateCost, rates: readonly Rate[]): Condition {
  const holds = rates.every(
    (x, i) =>
      g.derivative(x) <= 0 &&
      h.derivative(x) >= 0 &&
      // Equal values may differ by rounding.
      (i === 0 || h.derivativePerRate(x) >= h.derivativePerRate(rates[i - 1]) * (1 - 1e-12)),
  );
  return {
    condition: "(iii)",
    holds,
    meaning: `g decreases, h increases, and h'(x)/x is non-decreasing on ${range(rates)}`,
    consequence: "different rates may diverge instead of converging (Lemma 2.10)",
  };
}

function freeAtZero(h: RateCost): Condition {
  const slope = h.derivative(0);
  return {
    condition: "(iv)",
    holds: slope === 0,
    meaning: `h'(0) = ${round(slope)} (must be 0)`,
    consequence: "a rate near 0 may fall to 0, where it stays",
  };
}

function optimumAboveLoad(arrivalRate: Rate, g: SojournCost, h: RateCost): Condition {
  const slope = arrivalRate * g.derivative(arrivalRate) + h.derivative(arrivalRate);
  return {
    condition: "(v)",
    holds: slope < 0,
    meaning: `lambda g'(lambda) + h'(lambda) = ${round(slope)} at lambda = ${round(arrivalRate)} (must be < 0, so that mu* > lambda)`,
    consequence:
      "mu+ <= lambda: speed is so expensive that rates settle at mu+, all servers are always busy and a fraction " +
      "1 - mu+/lambda of the jobs is blocked",
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

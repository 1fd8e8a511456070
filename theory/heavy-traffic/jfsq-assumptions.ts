import { type HeterogeneousFleet, rateFloor, regimeOf } from "./jfsq-bounds.js";

/** A condition of a theorem, whether it holds, and from which number of servers on it would. */
export interface SizeCondition {
  readonly condition: string;
  readonly holds: boolean;
  /** In words, with the actual values. */
  readonly meaning: string;
  /** The number of servers, with the same fastest and slowest rate, from which on it holds; Infinity if there is none. */
  readonly holdsFrom: number;
}

interface Shape {
  readonly alpha: number;
  readonly buffer: number;
  readonly moment: number;
  readonly floor: number;
  readonly fastest: number;
}

interface Rule {
  readonly condition: string;
  /** Margin of the condition at a number of servers given by its logarithm: >= 0 if it holds. */
  margin(shape: Shape, logServers: number): number;
}

/** Assumption 1 of Liu and Ying (2025), part by part, in logarithms, since n itself may overflow. */
const SUB_RULES: readonly Rule[] = [
  {
    condition: "2 (r + 1) / log n <= epsilon",
    margin: ({ moment, floor }, log) => floor - (2 * (moment + 1)) / log,
  },
  {
    condition: "27 (r + 1) b log n / n^(1/4 - alpha/2) <= epsilon",
    margin: ({ alpha, buffer, moment, floor }, log) =>
      Math.log(floor) - Math.log(27 * (moment + 1) * buffer * log) + (0.25 - alpha / 2) * log,
  },
  {
    condition: "mu_1 / epsilon^2 <= n^(1 - alpha) / (64 b (2 log^2 n + 3))",
    margin: ({ alpha, buffer, floor, fastest }, log) =>
      (1 - alpha) * log - Math.log((64 * buffer * (2 * log ** 2 + 3) * fastest) / floor ** 2),
  },
];

/** Assumption 2. */
const SUPER_RULES: readonly Rule[] = [
  {
    condition: "mu_1 / epsilon <= n^(1 - alpha) / (24 r b log^2 n)",
    margin: ({ alpha, buffer, moment, floor, fastest }, log) =>
      (1 - alpha) * log - Math.log((24 * moment * buffer * log ** 2 * fastest) / floor),
  },
];

/**
 * The assumptions on the number of servers under which Theorems 1 and 2 are proved (Assumptions 1 and 2). They require
 * far more servers than any practical system has: see `holdsFrom`.
 *
 * @param moment r >= 1
 */
export function sizeConditions(fleet: HeterogeneousFleet, moment: number): SizeCondition[] {
  const shape: Shape = {
    alpha: fleet.alpha,
    buffer: fleet.buffer,
    moment,
    floor: rateFloor(fleet),
    fastest: fleet.rates[0],
  };
  const rules = regimeOf(fleet) === "sub-Halfin-Whitt" ? SUB_RULES : SUPER_RULES;
  return rules.map((rule) => {
    const holds = fleet.servers > 1 && rule.margin(shape, Math.log(fleet.servers)) >= 0;
    const holdsFrom = leastServers(shape, rule);
    const from = Number.isFinite(holdsFrom)
      ? `from about ${holdsFrom.toExponential(1)} servers on`
      : "for no number of servers";
    return { condition: rule.condition, holds, meaning: `holds ${from}; this fleet has ${fleet.servers}`, holdsFrom };
  });
}

/** From how many servers on the condition always holds: margins first fall, while logarithms outgrow powers. */
function leastServers(shape: Shape, rule: Rule): number {
  const last = Math.log(Number.MAX_VALUE);
  const steps = 20_000;
  let from = Number.POSITIVE_INFINITY;
  for (let step = steps; step >= 1; step--) {
    const log = (last * step) / steps;
    if (rule.margin(shape, log) < 0) break;
    from = Math.exp(log);
  }
  return from;
}

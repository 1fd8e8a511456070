import { studentQuantile } from "../model/statistics/interval.js";
import type { ModelTime } from "../model/units.js";
import type { Verdict } from "../theory/verdict.js";
import { type Contender, deviationOf } from "./ranking.js";

/** A live run of a policy, beside what was simulated of it. */
export interface LiveRun {
  readonly policy: string;
  readonly measured: number;
  /** Its confidence interval; null where the run was too short for one. */
  readonly low: number | null;
  readonly high: number | null;
  /** Where a run of its length lies, by simulation. */
  readonly expected: { readonly low: number; readonly high: number };
}

/**
 * The interval in which a single run lies, predicted from replications: that of their mean, widened by what one run varies.
 *
 * @param replications that were simulated, each of `measuringTime`
 * @param runTime of the run; its variance is in inverse proportion
 * @param confidence that it lies there
 */
export function predictionInterval(
  { pooled, values }: Contender,
  measuringTime: ModelTime,
  runTime: ModelTime,
  confidence: number,
): LiveRun["expected"] {
  const variance = deviationOf(values) ** 2 * (measuringTime / runTime + 1 / values.length);
  const halfWidth = Math.sqrt(variance) * studentQuantile((1 + confidence) / 2, values.length - 1);
  // No metric is ever below 0.
  return { low: Math.max(0, pooled - halfWidth), high: pooled + halfWidth };
}

/**
 * Whether reality agrees with a comparison: every run lies where it was expected, and the best is better than each other.
 *
 * @param runs first the best
 * @param areTied whether they could not be told apart in simulation, so that no order is expected
 */
export function confirmationOf(
  runs: readonly LiveRun[],
  areTied: boolean,
): { readonly verdict: Verdict; readonly why: string } {
  const elsewhere = runs.find(({ measured, expected }) => measured < expected.low || measured > expected.high);
  if (elsewhere !== undefined)
    return { verdict: "differs", why: `${elsewhere.policy} does not lie where a run of its length does in simulation` };
  if (areTied) return { verdict: "agrees", why: "all lie where they were expected" };
  const [best, ...others] = runs;
  const better = others.find(({ high }) => high !== null && best.low !== null && high < best.low);
  if (better !== undefined) return { verdict: "differs", why: `${better.policy} is better than ${best.policy}` };
  const open = others.find(({ low }) => low === null || best.high === null || low <= best.high);
  if (open !== undefined)
    return { verdict: "undecided", why: `runs of this length do not tell ${best.policy} from ${open.policy}` };
  return { verdict: "agrees", why: `all lie where they were expected, and ${best.policy} is the best` };
}

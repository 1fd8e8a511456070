import type { Interval } from "../model/statistics/interval.js";
import type { Claim, Prediction } from "./prediction.js";

/**
 * `agrees`: the whole interval lies within the margin around the claim: the two are equivalent. `differs`: the interval misses the claim,
 * widened by its own error. `undecided`: neither yet, or no prediction with a known error covers these parameters. `void`: the run itself
 * did not measure what it was meant to.
 */
export type Verdict = "agrees" | "differs" | "undecided" | "void";

/** How far a value may be from a claim, beyond the claim's own error, and still be called equivalent to it. */
export interface Tolerance {
  /** Relative to the claimed value. */
  readonly within: number;
  /** At least this, in the quantity's unit. */
  readonly floor: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** The prediction that decided, or is to decide, in words; null if there is none. */
  readonly decidedBy: string | null;
  /** How far from that claim the whole interval may lie and agree, its own error included; null if there is none. */
  readonly margin: number | null;
  /** The smallest deviation from that claim that an interval of this width is certain to miss; null if there is none. */
  readonly wouldFind: number | null;
}

/** What rounding may change of a value, relative to it: an interval may end at the greatest value possible, and that be the truth. */
const ROUNDING = 1e-9;

/**
 * Judges one quantity: against every applicable bound, and against the sharpest of the other applicable predictions;
 * heuristics are passed over. A difference is reported even if the interval is wide; agreement only if it is narrow enough to mean something.
 *
 * @param interval confidence interval of the true value, corrected for multiplicity and for repeated looks
 * @param predictions sharpest first
 * @param unjudged why there is no verdict on the quantity: the run is void, or it is not yet time to look
 */
export function judge(
  interval: Interval,
  predictions: readonly Prediction[],
  tolerance: Tolerance,
  unjudged?: Pick<Judgement, "verdict" | "reason">,
): Judgement {
  const judges = deciding(predictions);
  const sharpest = judges.find((prediction) => prediction.kind !== "bound");
  const contradicted = unjudged === undefined && judges.find((prediction) => !meets(interval, prediction));
  const decisive = contradicted || sharpest || judges[0];
  if (decisive === undefined)
    return {
      ...(unjudged ?? { verdict: "undecided", reason: whyUnjudged(predictions) }),
      decidedBy: null,
      margin: null,
      wouldFind: null,
    };
  const margin = decisive.modelError + Math.max(tolerance.within * sizeOf(decisive), tolerance.floor);
  const width = interval.high - interval.low;
  const inWords = describePrediction(decisive);
  return {
    ...(unjudged ??
      (contradicted
        ? { verdict: "differs", reason: `the interval misses ${inWords}` }
        : equivalence(interval, decisive, margin, inWords))),
    decidedBy: inWords,
    margin,
    wouldFind: Number.isFinite(width) ? decisive.modelError + width : null,
  };
}

function equivalence(
  interval: Interval,
  claim: Claim,
  margin: number,
  inWords: string,
): Pick<Judgement, "verdict" | "reason"> {
  const [least, greatest] = claimedRange(claim);
  if (interval.low >= least - margin && interval.high <= greatest + margin)
    return { verdict: "agrees", reason: `the whole interval is within ${round(margin)} of ${inWords}` };
  if (!Number.isFinite(interval.high - interval.low))
    return { verdict: "undecided", reason: "too few data for an interval" };
  return {
    verdict: "undecided",
    reason: `the interval meets ${inWords}, but reaches more than ${round(margin)} from it`,
  };
}

/** The predictions by which a quantity is judged, sharpest first: every applicable bound, and the sharpest of the others. */
export function deciding(predictions: readonly Prediction[]): Prediction[] {
  const applicable = predictions.filter(({ status, kind }) => status === "applies" && kind !== "heuristic");
  const sharpest = applicable.find((prediction) => prediction.kind !== "bound");
  return applicable.filter((prediction) => prediction === sharpest || prediction.kind === "bound");
}

/** Why none of these predictions decides. */
function whyUnjudged([first]: readonly Prediction[]): string {
  if (first === undefined) return "there is no prediction at these parameters";
  if (first.why !== undefined) return `no prediction covers these parameters: ${first.why}`;
  return `${describePrediction(first)} decides nothing: its error is not known`;
}

/** Whether some value in the interval satisfies the claim, widened by the claim's own error, and by that of rounding. */
function meets(interval: Interval, prediction: Prediction): boolean {
  const [least, greatest] = claimedRange(prediction);
  const error = prediction.modelError + ROUNDING * sizeOf(prediction);
  return interval.low <= greatest + error && interval.high >= least - error;
}

function claimedRange(claim: Claim): [least: number, greatest: number] {
  if ("value" in claim) return [claim.value, claim.value];
  if ("atMost" in claim) return [Number.NEGATIVE_INFINITY, claim.atMost];
  return [claim.atLeast, Number.POSITIVE_INFINITY];
}

/** The absolute value of what is claimed, by which a relative tolerance is multiplied. */
export function sizeOf(claim: Claim): number {
  return Math.abs("value" in claim ? claim.value : "atMost" in claim ? claim.atMost : claim.atLeast);
}

/** The claim in words, e.g. "the refined 1.5814 (± 0.0020)". */
export function describePrediction(prediction: Prediction): string {
  const error = prediction.modelError > 0 ? ` (± ${round(prediction.modelError)})` : "";
  return `the ${prediction.kind} ${describeClaim(prediction)}${error}`;
}

/** The claimed value with its relation, e.g. "<= 0.8". */
export function describeClaim(claim: Claim): string {
  if ("value" in claim) return round(claim.value);
  if ("atMost" in claim) return `<= ${round(claim.atMost)}`;
  return `>= ${round(claim.atLeast)}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(5)));
}

import type { Interval } from "../model/statistics/interval.js";
import type { Claim, Prediction } from "./prediction.js";

/**
 * `agrees`: the claim, widened by its own error, meets the interval. `differs`: it does not. `undecided`: the interval is
 * wider than the precision asked for, or nothing that theory says covers these parameters. `void`: the run itself did not
 * measure what it was meant to.
 */
export type Verdict = "agrees" | "differs" | "undecided" | "void";

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
}

/**
 * Judges one quantity: against every bound that applies, and against the sharpest of the other predictions that apply.
 * A difference is reported even if the interval is wide; agreement only if it is narrow enough to mean something.
 *
 * @param interval that covers the true value with the confidence asked for, corrected for multiplicity
 * @param predictions sharpest first
 * @param precision the widest half-width that still decides
 * @param whyVoid why the run is void, if it is
 */
export function judge(
  interval: Interval,
  predictions: readonly Prediction[],
  precision: number,
  whyVoid?: string,
): Judgement {
  if (whyVoid !== undefined) return { verdict: "void", reason: whyVoid };
  const applicable = predictions.filter((prediction) => prediction.status === "applies");
  const sharpest = applicable.find((prediction) => prediction.kind !== "bound");
  const deciding = applicable.filter((prediction) => prediction === sharpest || prediction.kind === "bound");
  const contradicted = deciding.find((prediction) => !meets(interval, prediction));
  if (contradicted !== undefined) {
    return { verdict: "differs", reason: `the interval misses ${describePrediction(contradicted)}` };
  }
  if (deciding.length === 0) {
    const why = predictions[0]?.why;
    const reason =
      why === undefined
        ? "nothing is predicted of it at these parameters"
        : `no prediction covers these parameters: ${why}`;
    return { verdict: "undecided", reason };
  }
  const halfWidth = (interval.high - interval.low) / 2;
  if (!(halfWidth <= precision)) {
    const tooWide = `half-width ${round(halfWidth)} is over the ${round(precision)} asked for`;
    return { verdict: "undecided", reason: Number.isFinite(halfWidth) ? tooWide : "too few data for an interval" };
  }
  return { verdict: "agrees", reason: `the interval meets ${describePrediction(deciding[0])}` };
}

/** Whether some value in the interval satisfies the claim, widened by the claim's own error. */
function meets(interval: Interval, prediction: Prediction): boolean {
  const [least, greatest] = claimedRange(prediction);
  return interval.low <= greatest + prediction.modelError && interval.high >= least - prediction.modelError;
}

function claimedRange(claim: Claim): [least: number, greatest: number] {
  if ("value" in claim) return [claim.value, claim.value];
  if ("atMost" in claim) return [Number.NEGATIVE_INFINITY, claim.atMost];
  return [claim.atLeast, Number.POSITIVE_INFINITY];
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

import type { QuantityEvidence } from "../experiments/evidence.js";
import type { Prediction } from "../theory/prediction.js";
import { describeClaim, describePrediction, type Verdict } from "../theory/verdict.js";

const VERDICTS = ["agrees", "undecided", "differs", "void"] as const satisfies readonly Verdict[];

/**
 * The quantity that decides the verdict on all of these together, as in a whole run: one that is void or differs if there is one, else a
 * headline quantity, else another. Undefined if none can be judged.
 */
export function decidingOne(quantities: readonly QuantityEvidence[]): QuantityEvidence | undefined {
  const judged = quantities.filter(({ decidedBy }) => decidedBy !== null);
  // In a void run nothing is decided.
  const found =
    quantities.find(({ verdict }) => verdict === "void") ?? judged.find(({ verdict }) => verdict === "differs");
  if (found !== undefined) return found;
  const headline = judged.filter(({ role }) => role === "headline");
  const counting = headline.length > 0 ? headline : judged;
  return counting.find(({ verdict }) => verdict === "undecided") ?? counting[0];
}

/** How many quantities have each verdict, in words; those that cannot be judged do not count. */
export function countsInWords(quantities: readonly QuantityEvidence[]): string {
  const judged = quantities.filter(({ decidedBy }) => decidedBy !== null);
  const counts = VERDICTS.map((one) => {
    const count = judged.filter(({ verdict }) => verdict === one).length;
    return { count, words: count === 1 ? one : one.replace(/s$/, "") };
  });
  return counts.flatMap(({ count, words }) => (count === 0 ? [] : [`${count} ${words}`])).join(", ");
}

/** The prediction that decides; where none does, the sharpest. */
export function decisive({ predictions, decidedBy }: QuantityEvidence): Prediction | undefined {
  return predictions.find((one) => describePrediction(one) === decidedBy) ?? predictions[0];
}

/** What is predicted, such as 1.5 or ≤ 1.5. */
export function claimText(prediction: Prediction): string {
  return describeClaim(prediction).replace("<=", "≤").replace(">=", "≥");
}

import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import type { ModelTime } from "../model/units.js";
import type { Prediction } from "../theory/prediction.js";
import { judge, type Verdict } from "../theory/verdict.js";
import type { Experiment, Measurement, RunConditions } from "./scenario.js";

/** One quantity: what was measured, what is predicted, and how they compare. */
export interface QuantityEvidence {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** Null where nothing was measured yet. */
  readonly measured: number | null;
  /** The joint confidence interval; null where there are too few data for one. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Sharpest first. */
  readonly predictions: readonly Prediction[];
  readonly verdict: Verdict;
  readonly reason: string;
}

/** How often, in runs in which every prediction is true, no quantity at all is found to differ. */
export const FAMILY_CONFIDENCE = 0.99;

/** Mean message delay above which predictions no longer account for it. */
export const GREATEST_MESSAGE_DELAY: ModelTime = 0.1;

/**
 * Sets every quantity of an experiment beside its predictions and judges it. The intervals hold jointly with the
 * confidence given, so that a table of ten quantities is not ten chances of a false alarm.
 *
 * @param whyVoid why the run is void, if it is
 */
export function weigh(
  experiment: Experiment,
  measurement: Pick<Measurement, "measured">,
  conditions: RunConditions,
  familyConfidence: number,
  whyVoid?: string,
): QuantityEvidence[] {
  const predictions = experiment.predict(conditions);
  const { messageDelay } = conditions;
  const measured = measurement.measured();
  const confidence = perQuantityConfidence(familyConfidence, experiment.quantities.length);
  return experiment.quantities.map(({ name, description, unit, precision }) => {
    const found = measured.get(name);
    const claims = (predictions.get(name) ?? []).map((claim) => despite(messageDelay, claim));
    const interval = found?.interval(confidence) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    return {
      name,
      description,
      unit,
      measured: finiteOrNull(found?.value),
      ciLow: finiteOrNull(interval.low),
      ciHigh: finiteOrNull(interval.high),
      predictions: claims,
      ...judge(interval, claims, precision, whyVoid),
    };
  });
}

/** The claim as it stands where messages take so long. */
function despite(messageDelay: ModelTime, claim: Prediction): Prediction {
  if (messageDelay <= GREATEST_MESSAGE_DELAY || claim.status !== "applies") return claim;
  const why = `messages take ${messageDelay.toFixed(3)} time units per job, and predictions account for ${GREATEST_MESSAGE_DELAY} at most`;
  return { ...claim, status: "outside assumptions", why };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

import type { ModelTime } from "../model/units.js";
import { statusOf } from "../theory/prediction.js";
import type { Experiment } from "./scenario.js";

/** Relative difference of two times that are the same but for rounding. */
const ROUNDING = 1e-9;

/**
 * The experiment, as far as a run may judge it that was warmed up for this long: predictions are for the steady state, and decide
 * nothing about a run that may not have reached it.
 */
export function settled(experiment: Experiment, warmUpTime: ModelTime): Experiment {
  const why = whyUnsettled(experiment, warmUpTime);
  if (why === undefined) return experiment;
  return {
    ...experiment,
    predict: (conditions) =>
      new Map(
        [...experiment.predict(conditions)].map(([name, claims]) => [
          name,
          claims.map((claim) => ({ ...claim, ...statusOf(claim.why ?? why) })),
        ]),
      ),
  };
}

/** Why a run that was warmed up for this long may still show its start; undefined if it does not. */
function whyUnsettled(
  { warmUpTime: fromTheory, settledAfter = fromTheory, whyNeverSettled }: Experiment,
  warmUpTime: ModelTime,
): string | undefined {
  if (whyNeverSettled !== undefined) return whyNeverSettled;
  if (warmUpTime >= settledAfter * (1 - ROUNDING)) return undefined;
  return (
    `the start may still show: the warm-up of ${round(warmUpTime)} time units is shorter than the ${round(settledAfter)} that ` +
    "theory asks for; leave out --warmup"
  );
}

function round(time: ModelTime): number {
  return Number(time.toPrecision(4));
}

import { FAMILY_CONFIDENCE, overallVerdict } from "../../experiments/evidence.js";
import type { Looks } from "../../experiments/looks.js";
import { Run } from "../../experiments/run.js";
import type { Experiment, SystemModel } from "../../experiments/scenario.js";
import { type MessageDelay, NO_DELAY } from "../../model/message-delay.js";
import type { ModelTime } from "../../model/units.js";
import { epochTimeOf, systemFor } from "../../simulator/engine.js";
import type { Verdict } from "../../theory/verdict.js";

export interface RunToMake {
  readonly seed: string;
  /** Runs of one seed have the same servers, and jobs of their own. */
  readonly replication: number;
  readonly measuringTime: ModelTime;
  readonly looks: Looks;
  /** The system that runs, if not the one that predictions are for. */
  readonly system?: SystemModel | undefined;
  readonly messageDelay?: MessageDelay | undefined;
}

/** A run in virtual time by the fastest engine with the same law, judged by the predictions of the experiment. */
export function runOf(experiment: Experiment, run: RunToMake): Run {
  const { measuringTime, looks, seed, replication, messageDelay = NO_DELAY, system = experiment.system } = run;
  const epochTime = epochTimeOf(experiment);
  const made = new Run(experiment, {
    ...{ warmUpTime: experiment.warmUpTime, measuringTime, epochTime, looks },
    familyConfidence: FAMILY_CONFIDENCE,
    delaysAreGiven: true,
  });
  const parts = { run: made, seed, replication, epochTime, messageDelay, chainWillDo: hasSizesOf(experiment, system) };
  systemFor({ ...experiment, system }, parts).finish();
  return made;
}

/** Chains know no sizes: they are of the experiment's. */
function hasSizesOf(experiment: Experiment, { sizes }: SystemModel): boolean {
  return sizes === experiment.system.sizes;
}

/** What a run until decided came to. */
export interface Judged {
  readonly verdict: Verdict;
  /** The quantities that differ. */
  readonly differ: readonly string[];
  readonly measuredTime: ModelTime;
}

/**
 * A run that goes on until all is decided, as `equipoise simulate` makes it.
 *
 * @param events arrivals and services of a run that is not decided before
 */
export function untilDecided(
  experiment: Experiment,
  run: Omit<RunToMake, "measuringTime" | "looks">,
  events: number,
): Judged {
  const measuringTime = Math.max(experiment.measuringTime, Math.round(events / eventsPerTime(experiment)));
  const made = runOf(experiment, { ...run, measuringTime, looks: "planned" });
  const evidence = made.evidence();
  return {
    verdict: overallVerdict(evidence),
    differ: evidence.flatMap(({ name, verdict, reason }) => (verdict === "differs" ? [`${name}: ${reason}`] : [])),
    measuredTime: made.measuredTime,
  };
}

/** Arrivals and services per unit of time, or per slot. */
export function eventsPerTime({ system: { totalArrivalRate, servers } }: Experiment): number {
  return totalArrivalRate + servers;
}

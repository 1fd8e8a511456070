import { overallVerdict } from "../../experiments/evidence.js";
import type { Run, RunOptions } from "../../experiments/run.js";
import type { Experiment } from "../../experiments/scenario.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { VERSION } from "../../live/processes/version.js";
import type { ModelTime } from "../../model/units.js";
import type { CurrentEvidence } from "./current-evidence.js";

/** The set-up of a run. */
interface RunSetup extends Pick<RunOptions, "warmUpTime" | "measuringTime" | "familyConfidence"> {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  readonly within: number;
}

/** The state of a run, for a single dispatcher and for a coordinator. */
export function runState(
  { experiment, seed, timeUnitSeconds, warmUpTime, measuringTime, familyConfidence, within }: RunSetup,
  run: Run,
  evidence: Pick<CurrentEvidence, "quantities">,
  now: ModelTime,
) {
  const { quantities } = evidence;
  return {
    version: VERSION,
    scenario: experiment.scenario.name,
    parameters: experiment.parameters,
    seed,
    timeUnitSeconds,
    phase: run.phase,
    elapsedTime: run.elapsed(now),
    warmUpTime,
    measuredTime: run.measuredTime,
    measuringTime: Number.isFinite(measuringTime) ? measuringTime : null,
    rates: run.currentRates() ?? null,
    targetRate: experiment.targetRate ?? null,
    ...run.conditions(),
    scheduleLag: run.meanScheduleLag,
    whyVoid: run.whyVoid() ?? null,
    familyConfidence,
    within,
    looks: run.looks,
    stoppedBy: run.stoppedBy ?? null,
    verdict: overallVerdict(quantities),
    quantities,
  } satisfies Partial<DispatcherState>;
}

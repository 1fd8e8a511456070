import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import { scenarioNamed } from "../scenarios/index.js";
import { Run } from "../scenarios/run.js";
import type { RunConditions } from "../scenarios/scenario.js";
import type { Task } from "./parallel/task.js";
import { type MessageDelay, Twin } from "./twin.js";

/** One run of a scenario in virtual time, by what can be written down. */
export interface SimulationInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  /** By theory if left out, as `measuringTime`. */
  readonly warmUpTime?: ModelTime | undefined;
  readonly measuringTime?: ModelTime | undefined;
  readonly familyConfidence: number;
  readonly messageDelay?: MessageDelay | undefined;
}

/** What a run in virtual time has found. */
export interface SimulationOutput {
  readonly warmUpTime: ModelTime;
  readonly measuredTime: ModelTime;
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
  readonly conditions: RunConditions;
  readonly whyVoid: string | null;
  readonly quantities: readonly QuantityEvidence[];
}

/**
 * Runs a scenario in virtual time, from its start through warm-up and measurement.
 *
 * @throws UserError if a setting is unknown or out of range
 */
export function simulate(input: SimulationInput): SimulationOutput {
  const { scenario, settings, seed, familyConfidence, messageDelay } = input;
  const experiment = scenarioNamed(scenario).configure(settings, seed);
  const warmUpTime = input.warmUpTime ?? experiment.warmUpTime;
  const measuringTime = input.measuringTime ?? experiment.measuringTime;
  const run = new Run(experiment, { warmUpTime, measuringTime, familyConfidence });
  const twin = new Twin({
    system: experiment.system,
    run,
    seed,
    ...(messageDelay === undefined ? {} : { messageDelay }),
  });
  twin.finish();
  return {
    warmUpTime,
    measuredTime: measuringTime,
    totals: { ...twin.dispatcher.totals, inFlight: twin.dispatcher.inFlight },
    conditions: run.conditions(),
    whyVoid: run.whyVoid() ?? null,
    quantities: run.evidence(),
  };
}

/** `simulate` for any core. */
export const simulation: Task<SimulationInput, SimulationOutput> = {
  module: import.meta.url,
  name: "simulation",
  run: simulate,
};

import type { RunEstimate } from "../model/statistics/across-runs.js";
import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import type { ViewTotals } from "../model/view-quality.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import { scenarioNamed } from "../scenarios/index.js";
import { Run } from "../scenarios/run.js";
import type { Experiment, FleetView, PolicyInformation, RunConditions } from "../scenarios/scenario.js";
import { epochTimeOf, systemFor } from "./engine.js";
import { type MessageDelay, NO_DELAY } from "./message-delay.js";
import type { Task } from "./parallel/task.js";
import { TraceHash, traced } from "./trace.js";

/** One run of a scenario in virtual time, by what can be written down. */
export interface SimulationInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  /** 1, 2, ...: another has the same servers and chance of its own. */
  readonly replication?: number;
  /** By theory if left out, as `measuringTime`. */
  readonly warmUpTime?: ModelTime | undefined;
  readonly measuringTime?: ModelTime | undefined;
  readonly familyConfidence: number;
  readonly messageDelay?: MessageDelay | undefined;
  readonly noticeDelay?: MessageDelay | undefined;
  /** More than 1: so many dispatchers, each for a share of the task types of a graph. */
  readonly dispatchers?: number;
  /** Where the scenario asks for every job by itself, a chain of the same law will do, if there is one. */
  readonly chainWillDo?: boolean;
  /** Whether to hash every decision that the policy makes. */
  readonly traced?: boolean;
}

/** What a run in virtual time has found. */
export interface SimulationOutput {
  readonly warmUpTime: ModelTime;
  readonly measuredTime: ModelTime;
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
  readonly policy: string;
  readonly information: PolicyInformation;
  readonly conditions: RunConditions;
  /** How good the views of several dispatchers were; undefined where there is one. */
  readonly views: ViewTotals | undefined;
  readonly whyVoid: string | null;
  readonly quantities: readonly QuantityEvidence[];
  /** What each quantity was estimated to be, for an average over runs. */
  readonly estimates: Readonly<Record<string, RunEstimate>>;
  /** Of every decision that the policy made, if asked for. */
  readonly traceHash?: string;
}

/**
 * Runs a scenario in virtual time, from its start through warm-up and measurement.
 *
 * @throws UserError if a setting is unknown or out of range
 */
export function simulate(input: SimulationInput): SimulationOutput {
  const { scenario, settings, seed, replication = 1, familyConfidence } = input;
  const { messageDelay = NO_DELAY, noticeDelay, dispatchers = 1, chainWillDo = false } = input;
  const trace = input.traced === true ? new TraceHash() : undefined;
  const experiment = tracedExperiment(experimentOf(scenario, settings, seed), trace);
  const warmUpTime = input.warmUpTime ?? experiment.warmUpTime;
  const measuringTime = input.measuringTime ?? experiment.measuringTime;
  const epochTime = epochTimeOf(experiment);
  const times = { warmUpTime, measuringTime, epochTime };
  const run = new Run(experiment, { ...times, familyConfidence, delaysAreGiven: true });
  const chance = { seed, replication };
  const delays = { messageDelay, noticeDelay };
  const system = systemFor(experiment, { run, ...chance, epochTime, ...delays, dispatchers, chainWillDo });
  system.finish();
  return {
    warmUpTime,
    measuredTime: measuringTime,
    totals: { ...system.view.totals, inFlight: system.inFlight },
    policy: system.policyName,
    information: informationOf(system.view),
    conditions: run.conditions(),
    views: system.views,
    whyVoid: run.whyVoid() ?? null,
    quantities: run.evidence(),
    estimates: Object.fromEntries(
      [...run.measured()].map(([name, { value, variance = null, trials = null, bias }]) => [
        name,
        { value, variance, trials, ...(bias === undefined ? {} : { bias: bias() }) },
      ]),
    ),
    ...(trace === undefined ? {} : { traceHash: trace.digest }),
  };
}

function tracedExperiment(experiment: Experiment, trace: TraceHash | undefined): Experiment {
  if (trace === undefined) return experiment;
  const { system } = experiment;
  return { ...experiment, system: { ...system, policy: traced(system.policy, trace) } };
}

/** The experiment last asked for: it serves all its replications, and works out once what theory says of it. */
let latest: { readonly key: string; readonly experiment: Experiment } | undefined;

function experimentOf(scenario: string, settings: Readonly<Record<string, string>>, seed: string): Experiment {
  const key = JSON.stringify([scenario, settings, seed]);
  if (latest?.key !== key) latest = { key, experiment: scenarioNamed(scenario).configure(settings, seed) };
  return latest.experiment;
}

/** The numbers alone, without what keeps them up to date. */
function informationOf({ information: { messages, bitsPerServer } }: FleetView): PolicyInformation {
  return { messages, bitsPerServer };
}

/** `simulate` for any core. */
export const simulation: Task<SimulationInput, SimulationOutput> = {
  module: import.meta.url,
  name: "simulation",
  run: simulate,
};

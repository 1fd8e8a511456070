import { divided } from "../experiments/division.js";
import { type QuantityEvidence, WITHIN_SIMULATED } from "../experiments/evidence.js";
import type { Looks } from "../experiments/looks.js";
import { Run } from "../experiments/run.js";
import type { Experiment, FleetView, PolicyInformation, RunConditions, Views } from "../experiments/scenario.js";
import type { StoppedBy } from "../experiments/sequential-evidence.js";
import type { MessageDelay } from "../model/message-delay.js";
import type { RunEstimate } from "../model/statistics/across-runs.js";
import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import type { ViewTotals } from "../model/view-quality.js";
import { scenarioNamed } from "../scenarios/index.js";
import { epochTimeOf, systemFor } from "./engine.js";
import type { Task } from "./parallel/task.js";
import { TraceHash, traced } from "./trace.js";

/** Serialisable description of one run of a scenario in virtual time. */
export interface SimulationInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  /** 1, 2, ...: replications have the same servers and independent randomness. */
  readonly replication?: number;
  /** From theory if left out; so is `measuringTime`. */
  readonly warmUpTime?: ModelTime | undefined;
  readonly measuringTime?: ModelTime | undefined;
  /** How long the warm-up is worth, if other than `warmUpTime`: Infinity where it was measured to be long enough. */
  readonly warmedUpFor?: ModelTime | undefined;
  readonly familyConfidence: number;
  /** Relative distance from a prediction that still counts as agreement; WITHIN_SIMULATED if left out. */
  readonly within?: number | undefined;
  /** When the run is judged; once, at its end, if left out. */
  readonly looks?: Looks | undefined;
  /** That of the system if left out. */
  readonly messageDelay?: MessageDelay | undefined;
  /** How much longer than the system says messages take, each way; no longer if left out. */
  readonly moreDelay?: ModelTime | undefined;
  readonly noticeDelay?: MessageDelay | undefined;
  /** Number of dispatchers, 1 if left out, and what several know; told if left out. */
  readonly dispatchers?: number;
  readonly views?: Views;
  /** Whether a Markov chain with the same law, if there is one, may replace the simulation of individual jobs. */
  readonly chainWillDo?: boolean;
  /** Whether to hash every decision of the policy. */
  readonly traced?: boolean;
}

/** The results of a run in virtual time. */
export interface SimulationOutput {
  readonly warmUpTime: ModelTime;
  readonly warmedUpFor: ModelTime;
  readonly measuredTime: ModelTime;
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
  readonly policy: string;
  readonly information: PolicyInformation;
  readonly conditions: RunConditions;
  /** How well several dispatchers know the queues; undefined if there is only one, or servers do not tell them. */
  readonly views: ViewTotals | undefined;
  readonly whyVoid: string | null;
  /** How often the run was judged, and why it ended. */
  readonly looks: number;
  readonly stoppedBy: StoppedBy | null;
  readonly quantities: readonly QuantityEvidence[];
  /** The estimate of each quantity, for averages over runs. */
  readonly estimates: Readonly<Record<string, RunEstimate>>;
  /** Hash of all decisions of the policy, if requested. */
  readonly traceHash?: string;
}

/**
 * Runs a scenario in virtual time, through warm-up and measurement.
 *
 * @param onEpoch called after every epoch with the time measured so far
 * @throws UserError if a setting is unknown or out of range
 */
export function simulate(input: SimulationInput, onEpoch?: (measuredTime: ModelTime) => void): SimulationOutput {
  const { seed, replication = 1, familyConfidence } = input;
  const { messageDelay, moreDelay, noticeDelay, chainWillDo = false } = input;
  const trace = input.traced === true ? new TraceHash() : undefined;
  const experiment = tracedExperiment(experimentOf(input), trace);
  const warmUpTime = input.warmUpTime ?? experiment.warmUpTime;
  const warmedUpFor = input.warmedUpFor ?? warmUpTime;
  const measuringTime = input.measuringTime ?? experiment.measuringTime;
  const epochTime = epochTimeOf(experiment);
  const { looks = "once", within = WITHIN_SIMULATED } = input;
  const times = { warmUpTime, warmedUpFor, measuringTime, epochTime, looks };
  const run = new Run(experiment, { ...times, familyConfidence, within, onEpoch, delaysAreGiven: true });
  const delays = { messageDelay, moreDelay, noticeDelay };
  const system = systemFor(experiment, { run, seed, replication, epochTime, ...delays, chainWillDo });
  system.finish();
  return {
    warmUpTime,
    warmedUpFor,
    measuredTime: looks === "once" ? measuringTime : run.measuredTime,
    totals: { ...system.view.totals, inFlight: system.inFlight },
    policy: system.policyName,
    information: informationOf(system.view),
    conditions: run.conditions(),
    views: system.viewTotals,
    whyVoid: run.whyVoid() ?? null,
    looks: run.looks,
    stoppedBy: run.stoppedBy ?? null,
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

/** The experiment of a run. Throws UserError if a setting is unknown or out of range. */
export function configured(input: SimulationInput): Experiment {
  const { scenario, settings, seed, dispatchers = 1, views = "told" } = input;
  return divided(scenarioNamed(scenario).configure(settings, seed), { dispatchers, views });
}

/** The latest experiment, reused for its replications so that its predictions are computed only once. */
let latest: { readonly key: string; readonly experiment: Experiment } | undefined;

function experimentOf(input: SimulationInput): Experiment {
  const { scenario, settings, seed, dispatchers, views } = input;
  const key = JSON.stringify([scenario, settings, seed, dispatchers, views]);
  if (latest?.key !== key) latest = { key, experiment: configured(input) };
  return latest.experiment;
}

/** Copies the present values. */
function informationOf({ information: { messages, bitsPerServer } }: FleetView): PolicyInformation {
  return { messages, bitsPerServer };
}

/** `simulate` as a task for worker threads. */
export const simulation: Task<SimulationInput, SimulationOutput> = {
  module: import.meta.url,
  name: "simulation",
  run: (input) => simulate(input),
};

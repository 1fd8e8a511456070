import { EPOCH_TIME, type Experiment } from "../experiments/scenario.js";
import { UserError } from "../model/errors.js";
import { longRunVariance } from "../model/statistics/batch-means.js";
import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { mserCut } from "../model/statistics/mser.js";
import type { ModelTime } from "../model/units.js";
import { scenarioNamed } from "../scenarios/index.js";
import type { Runner } from "./parallel/task.js";
import { type Trajectory, type TrajectoryInput, trajectory } from "./trajectory.js";

/** Factor between initial rates and their limit, and jobs per server in a start with a backlog. */
const APART = 4;
const BACKLOG = 5;
/** Most doublings of the run length before giving up. */
const DOUBLINGS = 3;
/** Confidence level of the comparison of the means from the two starts. */
const CONFIDENCE = 0.999;

/**
 * The warm-up time of an experiment, measured: the latest MSER-5 truncation point of the mean rate and of the number of jobs
 * in the system, over runs from two opposite initial states, whose means after it must agree.
 *
 * @throws UserError if the scenario has no opposite initial states, or runs from them still disagree after a long time
 */
export async function measuredWarmUp(
  input: Pick<TrajectoryInput, "scenario" | "settings" | "seed">,
  runner: Runner,
): Promise<ModelTime> {
  const experiment = scenarioNamed(input.scenario).configure(input.settings, input.seed);
  const starts = oppositeStarts(experiment);
  let until = experiment.warmUpTime + experiment.measuringTime;
  for (let attempt = 0; attempt <= DOUBLINGS; attempt++, until *= 2) {
    const inputs = starts.map((start) => ({
      ...input,
      settings: { ...input.settings, ...start },
      until,
      step: EPOCH_TIME,
    }));
    const runs = await runner.map(trajectory, inputs);
    const cut = commonCut(runs);
    if (cut !== undefined) return cut * EPOCH_TIME;
  }
  throw new UserError(
    `--warmup mser: runs from opposite initial states still disagree after ${until / 2} time units; give the warm-up as a time`,
  );
}

/** Settings of the same system that start far below and far above its stationary state. */
function oppositeStarts({ scenario, parameters, targetRate, system }: Experiment): Record<string, string>[] {
  const hasRates = targetRate !== undefined && "initialRates" in scenario.parameters;
  const hasQueues = "start" in scenario.parameters && parameters.buffer !== "1" && Number.isFinite(system.servers);
  if (!hasRates && !hasQueues) {
    throw new UserError(`--warmup mser: ${scenario.name} with these parameters has no opposite initial states`);
  }
  const from = (factor: number, start: string): Record<string, string> => ({
    ...(hasRates ? { initialRates: `constant:${targetRate * factor}` } : {}),
    ...(hasQueues ? { start } : {}),
  });
  return [from(1 / APART, `backlog:${BACKLOG}`), from(APART, "empty")];
}

/** The number of observations after which all series are stationary and agree between runs; undefined if they never do. */
export function commonCut(runs: readonly Pick<Trajectory, "rates" | "jobs">[]): number | undefined {
  const series = runs.map(({ rates, jobs }) => [
    Float64Array.from(rates, (all) => all.reduce((sum, rate) => sum + rate, 0) / all.length),
    Float64Array.from(jobs),
  ]);
  const cuts = series.flat().map(mserCut);
  const settled = cuts.flatMap((cut) => cut ?? []);
  if (settled.length < cuts.length) return undefined;
  const cut = Math.max(...settled);
  const [first, second] = series.map((all) => all.map((values) => estimateOf(values.subarray(cut))));
  return first.every((estimate, i) => agree(estimate, second[i])) ? cut : undefined;
}

function estimateOf(values: Float64Array): Estimate {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const { ofSum, degreesOfFreedom } = longRunVariance(values.map((x) => x - value));
  return { value, standardError: Math.sqrt(ofSum) / values.length, degreesOfFreedom };
}

function agree(one: Estimate, other: Estimate): boolean {
  const { low, high } = confidenceInterval(
    {
      value: one.value - other.value,
      standardError: Math.hypot(one.standardError, other.standardError),
      degreesOfFreedom: Math.min(one.degreesOfFreedom, other.degreesOfFreedom),
    },
    CONFIDENCE,
  );
  return low <= 0 && high >= 0;
}

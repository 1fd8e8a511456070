import { UserError } from "../model/errors.js";
import { longRunVariance } from "../model/statistics/batch-means.js";
import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { mserCut } from "../model/statistics/mser.js";
import type { ModelTime } from "../model/units.js";
import { scenarioNamed } from "../scenarios/index.js";
import { EPOCH_TIME, type Experiment } from "../scenarios/scenario.js";
import type { Runner } from "./parallel/task.js";
import { type Trajectory, type TrajectoryInput, trajectory } from "./trajectory.js";

/** How far from where they tend to rates are made to start, and how many jobs wait at each server at a start with many. */
const APART = 4;
const BACKLOG = 5;
/** Runs are made twice as long so many times before giving up. */
const DOUBLINGS = 3;
/** With which the means from the two starts are held against each other. */
const CONFIDENCE = 0.999;

/**
 * The warm-up that runs of an experiment need by what they do: the latest MSER-5 cut of the mean rate and of the jobs in the
 * system, from two opposite states, whose means after the cut must agree.
 *
 * @throws UserError if the scenario has no opposite states to start from, or runs from them still disagree after a long time
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
    `--warmup mser: runs from opposite states do not agree after ${until / 2} time units; give the warm-up as a time`,
  );
}

/** Settings of the same system far below and far above where it tends to. */
function oppositeStarts({ scenario, parameters, targetRate, system }: Experiment): Record<string, string>[] {
  const hasRates = targetRate !== undefined && "initialRates" in scenario.parameters;
  const hasQueues = "start" in scenario.parameters && parameters.buffer !== "1" && Number.isFinite(system.servers);
  if (!hasRates && !hasQueues) {
    throw new UserError(`--warmup mser: ${scenario.name} with these parameters has no opposite states to start from`);
  }
  const from = (factor: number, start: string): Record<string, string> => ({
    ...(hasRates ? { initialRates: `constant:${targetRate * factor}` } : {}),
    ...(hasQueues ? { start } : {}),
  });
  return [from(1 / APART, `backlog:${BACKLOG}`), from(APART, "empty")];
}

/** The number of looks after which all series of all runs have settled, and agree between runs; undefined if they do not. */
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

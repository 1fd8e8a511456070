import type { Experiment, Measured } from "../../experiments/scenario.js";
import { acrossRuns } from "../../model/statistics/across-runs.js";
import { EVERYTHING, type Interval, within } from "../../model/statistics/interval.js";
import { eventsPerTime, runOf } from "./runs.js";

/** Levels of confidence at which intervals are held to the truth. */
export const LEVELS = [0.5, 0.8, 0.95] as const;

/** What long runs say of one quantity. */
export interface Truth {
  readonly value: number;
  /** A third of the half-width that holds with the probability of three standard errors of a normal distribution. */
  readonly standardError: number;
  /** Bound on the bias in runs of this length. */
  readonly bias: number;
  /** How many of the runs had an interval, and how many of those contain the value, by level. */
  readonly intervals: number;
  readonly containing: readonly number[];
}

/** Runs of one system. */
const MOST_RUNS = 16;
const FEWEST_RUNS = 6;
/** Events of all of them together: about a second of simulation. */
const USUAL_EVENTS = 2e5;
const MOST_EVENTS = 8e5;
/** Warm-up times, several relaxation times each, in the shortest run that says anything of the steady state. */
const LEAST_WARM_UPS = 5;
/** How likely a normal variable is within three standard errors. */
const THREE_STANDARD_ERRORS = 0.9973;

/**
 * The truth about every quantity, from independent runs.
 *
 * @param series tells independent truths about one system apart
 * @param times how many times as long
 * @returns undefined if that takes too long
 */
export function truthOf(
  experiment: Experiment,
  seed: string,
  series: number,
  times = 1,
): ReadonlyMap<string, Truth> | undefined {
  const { warmUpTime, measuringTime, system } = experiment;
  const rate = eventsPerTime(experiment);
  // A load that repeats itself is measured over whole periods.
  const least = system.arrivalSchedule === undefined ? LEAST_WARM_UPS * warmUpTime : measuringTime;
  const longEnough = Math.max(least, system.arrivalSchedule === undefined ? USUAL_EVENTS / MOST_RUNS / rate : 0);
  const affordable = Math.floor((times * MOST_EVENTS) / ((times * longEnough + warmUpTime) * rate));
  if (affordable < FEWEST_RUNS) return undefined;
  const runs = Array.from({ length: Math.min(MOST_RUNS, affordable) }, (_, i) =>
    runOf(experiment, { seed, replication: series + i, measuringTime: times * longEnough, looks: "once" }).measured(),
  );
  return new Map(
    experiment.quantities.flatMap(({ name, range = EVERYTHING }) => {
      const found = runs.flatMap((run) => run.get(name) ?? []);
      const values = found.map(({ value }) => value);
      if (values.length < runs.length || !values.every(Number.isFinite)) return [];
      const { value, standardError } = meanOf(found);
      // What is so rare that no run saw it, or never changes, has no interval.
      const usable = found.filter((one) => Number.isFinite(one.interval(LEVELS[0]).high - one.interval(LEVELS[0]).low));
      const contains = ({ low, high }: Interval): boolean => low <= value && value <= high;
      const containing = LEVELS.map(
        (level) => usable.filter((one) => contains(within(range, one.interval(level)))).length,
      );
      const bias = Math.max(...found.map((one) => one.bias?.() ?? 0));
      return [[name, { value, standardError, bias, intervals: usable.length, containing }]];
    }),
  );
}

/** Standard deviations that may be 0 are averaged as variances: the mean of what is cut off at 0 lies above it. */
function meanOf(found: readonly Measured[]): Pick<Truth, "value" | "standardError"> {
  const runs = found.map(({ value, variance = null }) => ({ value, variance, trials: null }));
  const { value, interval } = acrossRuns(runs, THREE_STANDARD_ERRORS);
  return { value, standardError: Math.max(interval.high - value, value - interval.low) / 3 };
}

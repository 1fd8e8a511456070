import { type Family, family, rangeOf, readMember } from "./family.js";
import { notNegative, positive, type Step, steps } from "./options.js";
import type { ModelTime } from "./units.js";

/** The offered load per server pool over time: the arrival rate per pool, for service times of mean 1. Time 0 is the start. */
export interface LoadProfile {
  /** The text that `parseLoadProfile` parses. */
  readonly name: string;
  readonly varies: boolean;
  /** The load at time 0. */
  readonly initial: number;
  readonly peak: number;
  /** The average in the long run. */
  readonly mean: number;
  /** The time after which it repeats itself, if it does. */
  readonly period: ModelTime | undefined;
  at(time: ModelTime): number;
  /**
   * Mean number of tasks per pool at a time, from the initial mean `before`: m' = load - m. With exponential service times the
   * number of tasks is Poisson with this mean if it was Poisson, or 0, at time 0 (M_t/M/infinity).
   */
  meanTasks(time: ModelTime, before: number): number;
  /** The total arrival rate for this many pools, in the syntax of the load generator's `--schedule`. */
  schedule(pools: number): string;
}

const families: readonly Family<LoadProfile>[] = [
  family("constant", { load: positive }, ({ load }) => stepLoad([{ value: load, from: 0 }])),
  family("steps", { loads: steps("LOAD", positive) }, ({ loads }) => stepLoad(loads)),
  family("ramp", { from: notNegative, to: positive, duration: positive }, rampLoad),
  family("sine", { mean: positive, amplitude: notNegative, period: positive }, sineLoad, {
    range: "AMPLITUDE <= MEAN",
    holds: ({ mean, amplitude }) => amplitude <= mean,
  }),
];

/** The syntax of load profiles. */
export const LOAD_PROFILES = `a number > 0 | ${rangeOf(families)}`;

/** Parses a load profile; a plain number is a constant load. Throws UserError naming what is wrong. */
export function parseLoadProfile(text: string): LoadProfile {
  return readMember("offered load", families, /^[a-z]/.test(text) ? text : `constant:${text}`);
}

function stepLoad(steps: readonly Step[]): LoadProfile {
  const at = (time: ModelTime): Step => steps.findLast(({ from }) => from <= time) ?? steps[0];
  const written = (pools: number): string =>
    steps.map(({ value, from }, k) => (k === 0 ? `${pools * value}` : `${pools * value}@${from}`)).join(",");
  return {
    name: steps.length > 1 ? `steps:${written(1)}` : written(1),
    varies: steps.length > 1,
    initial: steps[0].value,
    peak: Math.max(...steps.map(({ value }) => value)),
    mean: steps[steps.length - 1].value,
    period: undefined,
    at: (time) => at(time).value,
    meanTasks(time, before) {
      let mean = before;
      for (const [k, { value: load, from }] of steps.entries()) {
        const end = Math.min(time, steps[k + 1]?.from ?? Number.POSITIVE_INFINITY);
        if (end <= from) break;
        mean = load + (mean - load) * Math.exp(from - end);
      }
      return mean;
    },
    schedule: (pools) => `steps:${written(pools)}`,
  };
}

function rampLoad({ from, to, duration }: { from: number; to: number; duration: ModelTime }): LoadProfile {
  const slope = (to - from) / duration;
  const at = (time: ModelTime): number => from + slope * Math.min(time, duration);
  // While the load rises, the tasks lag behind it by what comes in a unit of time.
  const risen = (time: ModelTime, before: number): number =>
    at(time) - slope + (before - from + slope) * Math.exp(-time);
  const schedule = (pools: number): string => `ramp:${pools * from},${pools * to},${duration}`;
  return {
    name: schedule(1),
    varies: true,
    initial: from,
    peak: Math.max(from, to),
    mean: to,
    period: undefined,
    at,
    meanTasks: (time, before) =>
      time <= duration ? risen(time, before) : to + (risen(duration, before) - to) * Math.exp(duration - time),
    schedule,
  };
}

function sineLoad({ mean, amplitude, period }: { mean: number; amplitude: number; period: ModelTime }): LoadProfile {
  const frequency = (2 * Math.PI) / period;
  const part = amplitude / (1 + frequency * frequency);
  const periodic = (time: ModelTime): number =>
    mean + part * (Math.sin(frequency * time) - frequency * Math.cos(frequency * time));
  const schedule = (pools: number): string => `sine:${pools * mean},${pools * amplitude},${period}`;
  return {
    name: schedule(1),
    varies: true,
    initial: mean,
    peak: mean + amplitude,
    mean,
    period,
    at: (time) => mean + amplitude * Math.sin(frequency * time),
    meanTasks: (time, before) => periodic(time) + (before - periodic(0)) * Math.exp(-time),
    schedule,
  };
}

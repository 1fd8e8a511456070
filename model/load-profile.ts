import { UserError } from "./errors.js";
import type { ModelTime } from "./units.js";

/** The offered load of a server pool over time, in tasks: arrival rate per pool, service times having mean 1. Time 0 is the start. */
export interface LoadProfile {
  /** What `parseLoadProfile` reads. */
  readonly name: string;
  readonly varies: boolean;
  /** At the start, where it does not vary: the load. */
  readonly initial: number;
  readonly peak: number;
  at(time: ModelTime): number;
  /**
   * Tasks per pool at a time, on average, if there are `before` of them at the start: m' = load - m. With exponential service
   * times the number of tasks is Poisson with this mean where it was Poisson at the start, or 0 (M_t/M/infinity).
   */
  meanTasks(time: ModelTime, before: number): number;
  /** The arrival rate of so many pools together, as `--schedule` of the load generator takes it. */
  schedule(pools: number): string;
}

/** A load from a time on. */
interface Step {
  readonly load: number;
  readonly from: ModelTime;
}

const RANGE = "a number > 0 | steps:LOAD,LOAD@TIME,... | sine:MEAN,AMPLITUDE,PERIOD with 0 <= AMPLITUDE <= MEAN";

/** How a load is written. */
export const LOAD_PROFILES = RANGE;

/** Reads a load. Throws UserError for anything else than what LOAD_PROFILES says. */
export function parseLoadProfile(text: string): LoadProfile {
  const sine = /^sine:([^,]+),([^,]+),([^,]+)$/.exec(text);
  if (sine !== null) {
    const [mean, amplitude, period] = sine.slice(1).map(Number);
    if (!(mean > 0 && amplitude >= 0 && amplitude <= mean && period > 0 && Number.isFinite(mean + period)))
      throw new UserError(`must be ${RANGE}`);
    return sineLoad(text, mean, amplitude, period);
  }
  const parts = text.startsWith("steps:") ? text.slice("steps:".length).split(",") : [text];
  const steps = parts.map((part, index): Step => {
    const [load, from = index === 0 ? 0 : Number.NaN, ...rest] = part.split("@").map(Number);
    return { load: rest.length > 0 || part.trim() === "" ? Number.NaN : load, from };
  });
  const ordered = steps.every(({ from }, k) =>
    k === 0 ? from === 0 : from > steps[k - 1].from && Number.isFinite(from),
  );
  if (!ordered || !steps.every(({ load }) => load > 0 && Number.isFinite(load)))
    throw new UserError(`must be ${RANGE}`);
  return stepLoad(text, steps);
}

function stepLoad(name: string, steps: readonly Step[]): LoadProfile {
  const at = (time: ModelTime): Step => steps.findLast(({ from }) => from <= time) ?? steps[0];
  const written = (pools: number): string =>
    steps.map(({ load, from }, k) => (k === 0 ? `${pools * load}` : `${pools * load}@${from}`)).join(",");
  return {
    name,
    varies: steps.length > 1,
    initial: steps[0].load,
    peak: Math.max(...steps.map(({ load }) => load)),
    at: (time) => at(time).load,
    meanTasks(time, before) {
      let mean = before;
      for (const [k, { load, from }] of steps.entries()) {
        const end = Math.min(time, steps[k + 1]?.from ?? Number.POSITIVE_INFINITY);
        if (end <= from) break;
        mean = load + (mean - load) * Math.exp(from - end);
      }
      return mean;
    },
    schedule: (pools) => `steps:${written(pools)}`,
  };
}

function sineLoad(name: string, mean: number, amplitude: number, period: ModelTime): LoadProfile {
  const frequency = (2 * Math.PI) / period;
  const part = amplitude / (1 + frequency * frequency);
  const periodic = (time: ModelTime): number =>
    mean + part * (Math.sin(frequency * time) - frequency * Math.cos(frequency * time));
  return {
    name,
    varies: true,
    initial: mean,
    peak: mean + amplitude,
    at: (time) => mean + amplitude * Math.sin(frequency * time),
    meanTasks: (time, before) => periodic(time) + (before - periodic(0)) * Math.exp(-time),
    schedule: (pools) => `sine:${pools * mean},${pools * amplitude},${period}`,
  };
}

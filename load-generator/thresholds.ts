import { UserError } from "../model/errors.js";
import type { Duration, Recorder } from "./recorder.js";

/** A condition on the result, such as `sojourn_p99<250ms`. */
export interface Threshold {
  readonly text: string;
  /** Whether it holds; undefined while nothing was recorded that it is about. */
  holds(recorder: Recorder): boolean | undefined;
}

const FORM = "METRIC<VALUE or METRIC>VALUE";
const METRICS =
  "sojourn_, waiting_ or lag_ with mean, max or pNN (e.g. sojourn_p99.9) and a time such as 250ms, or blocked_fraction or " +
  "lost_fraction and a number";
const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1 };

/** Reads a threshold. Throws UserError saying what may be written. */
export function readThreshold(text: string): Threshold {
  const match = /^\s*([a-z_]+(?:\d+(?:\.\d+)?)?)\s*([<>])\s*([\d.]+)\s*(us|ms|s|%)?\s*$/.exec(text);
  if (match === null) throw new UserError(`threshold "${text}": write ${FORM}, with ${METRICS}`);
  const [, metric, sign, number, unit] = match;
  const { isTime, read } = readMetric(metric, text);
  if (isTime !== (unit !== undefined && unit !== "%")) {
    throw new UserError(
      `threshold "${text}": ${metric} is ${isTime ? "a time: write 250ms" : "a fraction: write 0.01"}`,
    );
  }
  const limit = Number(number) * (isTime ? SECONDS[unit] : unit === "%" ? 0.01 : 1);
  if (!Number.isFinite(limit)) throw new UserError(`threshold "${text}": ${number} is not a number`);
  return {
    text,
    holds(recorder) {
      const value = read(recorder);
      if (Number.isNaN(value)) return undefined;
      return sign === "<" ? value < limit : value > limit;
    },
  };
}

function readMetric(metric: string, text: string): { isTime: boolean; read: (recorder: Recorder) => number } {
  const fraction = /^(blocked|lost)_fraction$/.exec(metric);
  if (fraction !== null) {
    const outcome = fraction[1] as "blocked" | "lost";
    return {
      isTime: false,
      read: ({ counts }) => counts[outcome] / (counts.completed + counts.blocked + counts.lost),
    };
  }
  const duration = /^(sojourn|waiting|lag)_(mean|max|p(\d+(?:\.\d+)?))$/.exec(metric);
  const percentile = duration?.[2] === "max" ? 100 : Number(duration?.[3]);
  if (duration === null || percentile > 100) {
    throw new UserError(`threshold "${text}": unknown metric ${metric}; use ${METRICS}`);
  }
  const name = duration[1] as Duration;
  return {
    isTime: true,
    read: (recorder) => (duration[2] === "mean" ? recorder.mean(name) : recorder.percentile(name, percentile)),
  };
}

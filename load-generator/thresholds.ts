import { UserError } from "../model/errors.js";
import type { GroupReport } from "./generator-group.js";
import type { Duration } from "./recorder.js";

/** What a threshold looks at. */
export type Outcome = Pick<GroupReport, "recorder" | "measuredSeconds">;

/** A condition on the result, such as `sojourn_p99<250ms`. */
export interface Threshold {
  readonly text: string;
  /** Whether it may end a run that is not over: rates only count at the end, since the last jobs are still under way. */
  readonly mayAbort: boolean;
  /** Whether it holds; undefined while its metric has no values. */
  holds(outcome: Outcome): boolean | undefined;
}

interface Metric {
  readonly unit: keyof typeof UNITS;
  read(outcome: Outcome): number;
}

const FORM = "METRIC<VALUE or METRIC>VALUE";
const METRICS =
  "sojourn_, waiting_, transit_ or lag_ with mean, max or pNN (e.g. sojourn_p99.9) and a time such as 250ms, blocked_fraction, " +
  "timed_out_fraction or lost_fraction and a number, or rate (completed jobs) and a number a second such as 95/s";
/** The units of each kind of metric, with their values; and how a limit is written. */
const UNITS = {
  time: { units: { us: 1e-6, ms: 1e-3, s: 1 }, example: "a time: write 250ms" },
  fraction: { units: { "": 1, "%": 0.01 }, example: "a fraction: write 0.01" },
  rate: { units: { "/s": 1 }, example: "a rate: write 95/s" },
} as const satisfies Record<string, { units: Readonly<Record<string, number>>; example: string }>;

const FRACTIONS: ReadonlyMap<string, "blocked" | "timedOut" | "lost"> = new Map([
  ["blocked_fraction", "blocked"],
  ["timed_out_fraction", "timedOut"],
  ["lost_fraction", "lost"],
]);

/** Reads a threshold. Throws UserError that describes the syntax. */
export function readThreshold(text: string): Threshold {
  const match = /^\s*([a-z_]+(?:\d+(?:\.\d+)?)?)\s*([<>])\s*([\d.]+)\s*(us|ms|s|%|\/s|)\s*$/.exec(text);
  if (match === null) throw new UserError(`threshold "${text}": write ${FORM}, with ${METRICS}`);
  const [, name, sign, number, unit] = match;
  const metric = readMetric(name, text);
  const { units, example } = UNITS[metric.unit];
  const factor = (units as Readonly<Record<string, number>>)[unit];
  if (factor === undefined) throw new UserError(`threshold "${text}": ${name} is ${example}`);
  const limit = Number(number) * factor;
  if (!Number.isFinite(limit)) throw new UserError(`threshold "${text}": ${number} is not a number`);
  return {
    text,
    mayAbort: metric.unit !== "rate",
    holds(outcome) {
      const value = metric.read(outcome);
      if (Number.isNaN(value)) return undefined;
      return sign === "<" ? value < limit : value > limit;
    },
  };
}

function readMetric(name: string, text: string): Metric {
  if (name === "rate")
    return { unit: "rate", read: ({ recorder, measuredSeconds }) => recorder.counts.completed / measuredSeconds };
  const outcome = FRACTIONS.get(name);
  if (outcome !== undefined) {
    return {
      unit: "fraction",
      read: ({ recorder: { counts } }) =>
        counts[outcome] / (counts.completed + counts.blocked + counts.timedOut + counts.lost),
    };
  }
  const duration = /^(sojourn|waiting|lag|transit)_(mean|max|p(\d+(?:\.\d+)?))$/.exec(name);
  const percentile = duration?.[2] === "max" ? 100 : Number(duration?.[3]);
  if (duration === null || percentile > 100) {
    throw new UserError(`threshold "${text}": unknown metric ${name}; use ${METRICS}`);
  }
  const of = duration[1] as Duration;
  return {
    unit: "time",
    read: ({ recorder }) => (duration[2] === "mean" ? recorder.mean(of) : recorder.percentile(of, percentile)),
  };
}

import { UserError } from "../errors.js";
import { type Family, family, formsOf, readMember } from "../family.js";
import { withoutContent } from "../named-files.js";
import { anyText, notNegative, number, positive, steps, whole } from "../options.js";
import type { RandomStream } from "../random.js";
import { type ArrivalLaw, parseArrivalLaw } from "../slot-laws.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";
import { batchArrivals } from "./batch.js";
import { constantArrivals } from "./constant.js";
import { gammaArrivals } from "./gamma.js";
import { markovModulatedArrivals } from "./markov-modulated.js";
import { poissonArrivals } from "./poisson.js";
import { type RateSchedule, rampSchedule, sineSchedule, stepSchedule } from "./rate-schedule.js";
import { readTracedJobs, repeatedArrivals, type TracedJobs } from "./repeated-trace.js";
import { scheduledArrivals } from "./scheduled.js";

/** The parsed arrivals of an open loop. */
export type ArrivalSource =
  | {
      readonly kind: "process";
      readonly text: string;
      /** Set if it repeats the jobs of a trace. */
      readonly trace?: TracedJobs;
      /** @param first index of the job with which a trace begins */
      at(rate: Rate, random: RandomStream, first?: number): ArrivalProcess;
    }
  | { readonly kind: "slots"; readonly law: ArrivalLaw }
  | { readonly kind: "trace"; readonly file: string };

export type ProcessSource = Extract<ArrivalSource, { kind: "process" }>;

/** What a family makes; `arrivalsNamed` adds the text. */
type Made = Omit<ProcessSource, "text"> | Exclude<ArrivalSource, ProcessSource>;

function process(at: ProcessSource["at"]): Made {
  return { kind: "process", at };
}

/**
 * All kinds of arrivals. A trace whose content follows its path on the next line is a process that repeats it; without, it is to be read while
 * it is sent. With `slots`, a batch arrives in every unit of time.
 */
export const arrivalFamilies: readonly Family<Made>[] = [
  family("poisson", {}, () => process(poissonArrivals)),
  family("constant", {}, () => process(constantArrivals)),
  family("gamma", { squaredVariation: positive }, ({ squaredVariation }) =>
    process((rate, random) => gammaArrivals(squaredVariation, rate, random)),
  ),
  family("batch", { size: whole(1) }, ({ size }) => process((rate, random) => batchArrivals(size, rate, random))),
  family(
    "markov-modulated",
    { intensity: positive, share: number("a number > 0 and < 1", (share) => share > 0 && share < 1), cycle: positive },
    (bursts) => process((rate, random) => markovModulatedArrivals(bursts, rate, random)),
  ),
  family("trace", { file: anyText("FILE") }, ({ file }) => {
    const [path] = file.split("\n", 1);
    if (path === file) return { kind: "trace", file };
    const trace = readTracedJobs(file);
    return { ...process((rate, _, first) => repeatedArrivals(`trace:${path}`, trace, rate, first)), trace };
  }),
  family("slots", { law: anyText("LAW") }, ({ law }) => ({ kind: "slots", law: parseArrivalLaw(law) })),
];

/** Time-varying arrival rates. */
export const scheduleFamilies: readonly Family<RateSchedule>[] = [
  family(
    "steps",
    { rates: steps("RATE", notNegative) },
    ({ rates }) => stepSchedule(rates.map(({ value: rate, from }) => ({ rate, from }))),
    {
      range: "not all RATES 0",
      holds: ({ rates }) => rates.some(({ value }) => value > 0),
    },
  ),
  family("ramp", { from: notNegative, to: positive, duration: positive }, ({ from, to, duration }) =>
    rampSchedule(from, to, duration),
  ),
  family(
    "sine",
    { mean: positive, amplitude: notNegative, period: positive },
    ({ mean, amplitude, period }) => sineSchedule(mean, amplitude, period),
    { range: "AMPLITUDE <= MEAN", holds: ({ mean, amplitude }) => amplitude <= mean },
  ),
];

/** Reads arrivals, e.g. `gamma:4`. Throws UserError. */
export function arrivalsNamed(text: string): ArrivalSource {
  const made = readMember("arrivals", arrivalFamilies, text);
  return made.kind === "process" ? { ...made, text: withoutContent(text) } : made;
}

/** The syntax of arrival processes. */
export function processForms(): string {
  return formsOf(arrivalFamilies.filter(({ name }) => name !== "slots"));
}

/** Reads an arrival process. Throws UserError for anything else, and for arrivals that have times of their own. */
export function processNamed(text: string): ProcessSource {
  const source = arrivalsNamed(text);
  if (source.kind === "process") return source;
  throw new UserError(`"${text}" has times of its own: use one of ${processForms()}`);
}

/** Reads `steps:RATE,RATE@TIME,...`, `ramp:...` or `sine:...`. Throws UserError that describes the syntax. */
export function rateScheduleNamed(text: string): RateSchedule {
  return readMember("schedule", scheduleFamilies, text);
}

/**
 * The process at a constant rate, or one that follows a schedule.
 *
 * @param first index of the job with which a trace begins
 */
export function arrivalProcess(
  { at }: Pick<ProcessSource, "at">,
  rate: Rate | RateSchedule,
  random: RandomStream,
  first?: number,
): ArrivalProcess {
  return typeof rate === "number" ? at(rate, random, first) : scheduledArrivals(at(1, random), rate);
}

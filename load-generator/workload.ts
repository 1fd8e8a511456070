import { UserError } from "../model/errors.js";
import { type Family, readMember } from "../model/family.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import { type RandomStream, randomStream } from "../model/random.js";
import type { SlotLaw } from "../model/slot-laws.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { ArrivalProcess } from "./arrivals/arrival-process.js";
import { batchArrivals } from "./arrivals/batch.js";
import { constantArrivals } from "./arrivals/constant.js";
import { gammaArrivals } from "./arrivals/gamma.js";
import { markovModulatedArrivals } from "./arrivals/markov-modulated.js";
import { poissonArrivals } from "./arrivals/poisson.js";
import { type RateSchedule, rampSchedule, sineSchedule, stepSchedule } from "./arrivals/rate-schedule.js";
import { scheduledArrivals } from "./arrivals/scheduled.js";
import { slotArrivals } from "./arrivals/slots.js";
import { type Lines, Trace, traceArrivals, traceWorks } from "./arrivals/trace.js";
import { ClosedLoop } from "./closed-loop.js";
import { Generator, randomTypes } from "./generator.js";
import type { JobSequence } from "./job-sequence.js";

/** What jobs to send, when. */
export interface Workload {
  readonly arrivals: Arrivals;
  readonly sizes: JobSizeLaw;
  readonly seed: string;
  /** Jobs all at once at the start, before the first of `arrivals`. */
  readonly backlog: number;
  /** Jobs are of so many types, each as likely; a trace has types of its own. */
  readonly taskTypes: number;
}

export type Arrivals =
  | { readonly loop: "open"; readonly process: string; readonly rate: Rate | RateSchedule }
  /** A batch in every unit of time; the type of a job is the number of its slot. */
  | { readonly loop: "slots"; readonly law: SlotLaw }
  | { readonly loop: "closed"; readonly clients: number; readonly meanThinkTime: ModelTime }
  /** Its works are the trace's own, if it has them. */
  | { readonly loop: "trace"; readonly name: string; readonly hasSizes: boolean; open(): Lines };

type ProcessMaker = (rate: Rate, random: RandomStream) => ArrivalProcess;

const processes: readonly Family<ProcessMaker>[] = [
  { form: "poisson", range: "", allows: () => true, make: () => poissonArrivals },
  { form: "constant", range: "", allows: () => true, make: () => constantArrivals },
  {
    form: "gamma:SQUARED_VARIATION",
    range: "SQUARED_VARIATION > 0",
    allows: (squaredVariation) => squaredVariation > 0,
    make: (squaredVariation) => (rate, random) => gammaArrivals(squaredVariation, rate, random),
  },
  {
    form: "batch:SIZE",
    range: "SIZE a whole number >= 1",
    allows: (size) => Number.isSafeInteger(size) && size >= 1,
    make: (size) => (rate, random) => batchArrivals(size, rate, random),
  },
  {
    form: "markov-modulated:INTENSITY,SHARE,CYCLE",
    range: "INTENSITY > 0, 0 < SHARE < 1 and CYCLE > 0 (jobs)",
    allows: (intensity, share, cycle) => intensity > 0 && share > 0 && share < 1 && cycle > 0,
    make: (intensity, share, cycle) => (rate, random) =>
      markovModulatedArrivals({ intensity, share, cycle }, rate, random),
  },
];

const schedules: readonly Family<RateSchedule>[] = [
  {
    form: "ramp:FROM,TO,DURATION",
    range: "FROM >= 0, TO > 0 and DURATION > 0",
    allows: (from, to, duration) => from >= 0 && to > 0 && duration > 0,
    make: rampSchedule,
  },
  {
    form: "sine:MEAN,AMPLITUDE,PERIOD",
    range: "0 <= AMPLITUDE <= MEAN, MEAN > 0 and PERIOD > 0",
    allows: (mean, amplitude, period) => mean > 0 && amplitude >= 0 && amplitude <= mean && period > 0,
    make: sineSchedule,
  },
];

/** Checks the name of an arrival process, e.g. `gamma:4`, and returns it. Throws UserError. */
export function arrivalProcessName(text: string): string {
  readMember("arrivals", processes, text);
  return text;
}

/** Reads `steps:RATE,RATE@TIME,...`, `ramp:...` or `sine:...`. Throws UserError saying how they are written. */
export function rateScheduleNamed(text: string): RateSchedule {
  return text.startsWith("steps:")
    ? readSteps(text)
    : readMember("schedule (or steps:RATE,RATE@TIME,...)", schedules, text);
}

function readSteps(text: string): RateSchedule {
  const steps = text
    .slice("steps:".length)
    .split(",")
    .map((step, i) => {
      const [rate, from, ...more] = step.split("@").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
      return { rate, from: i === 0 && from === undefined ? 0 : from, more };
    });
  const right = steps.every(
    ({ rate, from, more }, i) =>
      more.length === 0 &&
      rate >= 0 &&
      rate < Number.POSITIVE_INFINITY &&
      (i === 0 ? from === 0 : from > steps[i - 1].from && from < Number.POSITIVE_INFINITY),
  );
  if (!right || steps.every(({ rate }) => rate === 0)) {
    throw new UserError(
      `schedule "${text}": write steps:RATE,RATE@TIME,... with rates >= 0, not all 0, and rising times`,
    );
  }
  return stepSchedule(steps);
}

/**
 * The job sequence of a workload. The same seed gives the same arrivals whatever the sizes are, and the same sizes whatever the
 * arrivals are.
 */
export function jobSequence(workload: Workload, startTime: ModelTime): JobSequence {
  const { arrivals, sizes, seed, backlog, taskTypes } = workload;
  const works = sizes.sequence(randomStream(seed, "works"));
  switch (arrivals.loop) {
    case "open": {
      const process = arrivalProcess(arrivals.process, arrivals.rate, seed);
      return new Generator(process, works, startTime, backlog, randomTypes(taskTypes, seed));
    }
    case "slots": {
      const slots = slotArrivals(`slots:${arrivals.law.text}`, arrivals.law, randomStream(seed, "arrivals"));
      return new Generator(slots, works, startTime, backlog, () => slots.slot);
    }
    case "closed": {
      const thinking = randomStream(seed, "think-times");
      return new ClosedLoop(arrivals.clients, arrivals.meanThinkTime, works, thinking, startTime);
    }
    case "trace": {
      const trace = new Trace(arrivals.name, arrivals.open());
      const traced = arrivals.hasSizes ? traceWorks(trace) : works;
      return new Generator(traceArrivals(trace), traced, startTime, backlog, () => trace.taskType);
    }
  }
}

/** The process of that name, at a constant rate or one that follows a schedule. */
export function arrivalProcess(name: string, rate: Rate | RateSchedule, seed: string): ArrivalProcess {
  const make = readMember("arrivals", processes, name);
  const random = randomStream(seed, "arrivals");
  return typeof rate === "number" ? make(rate, random) : scheduledArrivals(make(1, random), rate);
}

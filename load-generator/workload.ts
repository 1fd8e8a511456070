import { arrivalProcess, type ProcessSource } from "../model/arrivals/index.js";
import type { RateSchedule } from "../model/arrivals/rate-schedule.js";
import { slotArrivals } from "../model/arrivals/slots.js";
import { Trace, type TraceSummary, traceArrivals, traceWorks } from "../model/arrivals/trace.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import { randomStream } from "../model/random.js";
import type { Lines } from "../model/records.js";
import type { SlotLaw } from "../model/slot-laws.js";
import type { ModelTime, Rate } from "../model/units.js";
import { ClosedLoop } from "./closed-loop.js";
import { Generator, randomKeys } from "./generator.js";
import type { JobSequence } from "./job-sequence.js";

/** The jobs to send: arrivals, sizes and types. */
export interface Workload {
  readonly arrivals: Arrivals;
  readonly sizes: JobSizeLaw;
  readonly seed: string;
  /** Jobs that arrive together at the start, before the first of `arrivals`. */
  readonly backlog: number;
  /** Number of equally likely task types; a trace has its own types. */
  readonly taskTypes: number;
}

export type Arrivals =
  | { readonly loop: "open"; readonly process: ProcessSource; readonly rate: Rate | RateSchedule }
  /** A batch in every unit of time; the type of a job is the number of its slot. */
  | { readonly loop: "slots"; readonly law: SlotLaw }
  | { readonly loop: "closed"; readonly clients: number; readonly meanThinkTime: ModelTime }
  | TracedArrivals;

/** The jobs of a trace; the works are its own too if it has sizes. */
export interface TracedArrivals extends TraceSummary {
  readonly loop: "trace";
  /** The file. */
  readonly name: string;
  /** The time of the trace at which the run starts. */
  readonly origin: ModelTime;
  open(): Lines;
}

/**
 * The job sequence of a workload. The arrivals depend on the seed but not on the sizes, and the sizes on the seed but not on
 * the arrivals.
 */
export function jobSequence(workload: Workload, startTime: ModelTime): JobSequence {
  const { arrivals, sizes, seed, backlog, taskTypes } = workload;
  const works = sizes.sequence(randomStream(seed, "works"));
  switch (arrivals.loop) {
    case "open": {
      const process = arrivalProcess(arrivals.process, arrivals.rate, randomStream(seed, "arrivals"));
      return new Generator(process, works, startTime, backlog, randomKeys(taskTypes, seed));
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
      return new Generator(traceArrivals(trace, arrivals.origin), traced, startTime, backlog, () => trace.taskType);
    }
  }
}

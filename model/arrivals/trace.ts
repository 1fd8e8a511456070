import { UserError } from "../errors.js";
import { LARGEST_KEY } from "../job-label.js";
import type { WorkSequence } from "../job-sizes/job-size-law.js";
import { notNegative, whole } from "../options.js";
import { type Lines, type RecordForm, Records } from "../records.js";
import type { ModelTime, Work } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

const FORMS = ["TIME", "TIME,SIZE", "TIME,SIZE,TYPE"];
const FORM: RecordForm = {
  header: /^time([\s,;]+size([\s,;]+type)?)?$/i,
  form: "a line TIME, TIME,SIZE or TIME,SIZE,TYPE for each job: times that do not decrease, sizes >= 0, types 0, 1, ...",
};
const type = whole(0, LARGEST_KEY);
/** More than this is a mistake, or wants a law: the jobs of a day at a thousand a second. */
const MOST_JOBS = 100_000_000;

/**
 * A recorded sequence of jobs, read one by one: a line is `time`, `time,size` or `time,size,type`. Times are in units of model
 * time and must not decrease; sizes are works; types are whole numbers from 0 on.
 */
export class Trace {
  /** Of the job last read. */
  time: ModelTime = 0;
  /** Of the job last read; undefined in a trace without sizes. */
  size: Work | undefined;
  /** Of the job last read. */
  taskType = 0;
  private readonly records: Records;
  private columns: number | undefined;

  /** @param name the file, for messages */
  constructor(
    readonly name: string,
    lines: Lines,
  ) {
    this.records = new Records(`trace ${name}`, lines, FORM);
  }

  /** Reads the next job; false at the end. Throws UserError with the number of a line that is malformed or goes back in time. */
  read(): boolean {
    const { records } = this;
    const fields = records.next();
    if (fields === undefined) return false;
    if (fields.length > FORMS.length) throw records.fault(`has ${fields.length} fields`);
    this.columns ??= fields.length;
    if (fields.length !== this.columns)
      throw records.fault(`is not ${FORMS[this.columns - 1]} as the lines before are`);
    const time = records.read("time", fields[0], notNegative);
    if (time < this.time) throw records.fault(`goes back in time, from ${this.time}: sort the trace by time`);
    this.time = time;
    if (this.columns > 1) this.size = records.read("size", fields[1], notNegative);
    if (this.columns > 2) this.taskType = records.read("type", fields[2], type);
    return true;
  }
}

/** The extent of a trace. */
export interface TraceSummary {
  readonly jobs: number;
  /** The times of the first job and of the last. */
  readonly first: ModelTime;
  readonly last: ModelTime;
  readonly hasSizes: boolean;
}

/**
 * Reads a trace, to find errors before the start.
 *
 * @param jobs how many of its jobs will be sent at most
 * @throws UserError as `read` does, or if it is empty or has more than `most` jobs
 */
export function checkTrace(trace: Trace, jobs = Number.POSITIVE_INFINITY, most = MOST_JOBS): TraceSummary {
  let read = 0;
  let first = 0;
  let last = 0;
  while (trace.read()) {
    if (read === 0) first = trace.time;
    if (read < jobs) last = trace.time;
    if (++read > most) throw new UserError(`trace ${trace.name}: holds more than ${most} jobs; cut it`);
  }
  if (read === 0) throw new UserError(`trace ${trace.name}: holds no jobs`);
  return { jobs: Math.min(read, jobs), first, last, hasSizes: trace.size !== undefined };
}

/**
 * The arrivals of a trace; Infinity after its last.
 *
 * @param origin the time of the trace at which the run starts
 */
export function traceArrivals(trace: Trace, origin: ModelTime): ArrivalProcess {
  let start: ModelTime | undefined;
  return {
    name: `trace:${trace.name}`,
    gaps: undefined,
    next(previous) {
      start ??= previous;
      return trace.read() ? start + (trace.time - origin) : Number.POSITIVE_INFINITY;
    },
  };
}

/** The works of a trace with sizes: `next` returns that of the job read last. */
export function traceWorks(trace: Trace): WorkSequence {
  return { next: () => trace.size ?? 0 };
}

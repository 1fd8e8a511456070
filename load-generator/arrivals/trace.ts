import { UserError } from "../../model/errors.js";
import type { WorkSequence } from "../../model/job-sizes/job-size-law.js";
import type { ModelTime, Work } from "../../model/units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/** A text, line by line; undefined at its end. */
export interface Lines {
  next(): string | undefined;
}

const HEADERS = ["time", "time,size", "time,size,type"];

/**
 * A recorded sequence of jobs, read one by one: a line is `time`, `time,size` or `time,size,type`; a first line with these names
 * is skipped. Times are in units of model time from the start of the run and never go back; sizes are works; types are whole
 * numbers from 0 on.
 */
export class Trace {
  /** Of the job last read. */
  time: ModelTime = 0;
  /** Of the job last read; undefined in a trace without sizes. */
  size: Work | undefined;
  /** Of the job last read. */
  taskType = 0;
  private line = 0;
  private columns: number | undefined;

  /** @param name the file, for messages */
  constructor(
    readonly name: string,
    private readonly lines: Lines,
  ) {}

  /** Reads the next job; false at the end. Throws UserError with the number of a line that is broken or goes back in time. */
  read(): boolean {
    let text = this.lines.next();
    this.line++;
    if (this.line === 1 && text !== undefined && HEADERS.includes(text)) {
      text = this.lines.next();
      this.line++;
    }
    if (text === undefined) return false;
    const fields = text.split(",");
    this.columns ??= Math.min(fields.length, HEADERS.length);
    if (fields.length !== this.columns) {
      this.reject(text, `needs ${this.columns} fields (${HEADERS[this.columns - 1]}), as in the lines before`);
    }
    const time = this.readNumber(text, fields[0], "time");
    if (time < this.time) this.reject(text, `goes back in time, from ${this.time}; sort the trace by time`);
    this.time = time;
    if (this.columns > 1) this.size = this.readNumber(text, fields[1], "size");
    if (this.columns > 2) this.taskType = this.readNumber(text, fields[2], "type");
    if (!Number.isSafeInteger(this.taskType)) this.reject(text, "needs a type that is a whole number");
    return true;
  }

  private readNumber(text: string, field: string, what: string): number {
    const value = Number(field);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY) || field.trim() === "") {
      this.reject(text, `needs a ${what} that is a number >= 0`);
    }
    return value;
  }

  private reject(text: string, why: string): never {
    throw new UserError(`trace ${this.name}, line ${this.line}: "${text.slice(0, 60)}" ${why}`);
  }
}

/** What a trace holds. */
export interface TraceSummary {
  readonly jobs: number;
  /** The time of the last job. */
  readonly duration: ModelTime;
  readonly hasSizes: boolean;
}

/** Reads a whole trace, so that none is started that cannot be finished. Throws UserError as `read` does, or if it is empty. */
export function checkTrace(trace: Trace): TraceSummary {
  let jobs = 0;
  while (trace.read()) jobs++;
  if (jobs === 0) throw new UserError(`trace ${trace.name}: there is no job in it`);
  return { jobs, duration: trace.time, hasSizes: trace.size !== undefined };
}

/** The arrivals of a trace; Infinity after its last. */
export function traceArrivals(trace: Trace): ArrivalProcess {
  let start: ModelTime | undefined;
  return {
    name: `trace:${trace.name}`,
    gaps: undefined,
    next(previous) {
      start ??= previous;
      return trace.read() ? start + trace.time : Number.POSITIVE_INFINITY;
    },
  };
}

/** The works of a trace that has sizes: that of the job whose arrival was read last. */
export function traceWorks(trace: Trace): WorkSequence {
  return { next: () => trace.size ?? 0 };
}

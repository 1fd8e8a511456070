import { UserError } from "../errors.js";
import { grown } from "../grown.js";
import { linesOf } from "../records.js";
import type { ModelTime, Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";
import { Trace } from "./trace.js";

/** The jobs of a trace in memory. */
export interface TracedJobs {
  /** When they arrive, from the first job on, in whatever unit; the first at 0. */
  readonly times: Float64Array;
  /** Their sizes, in whatever unit; undefined in a trace without sizes. */
  readonly sizes: Float64Array | undefined;
  /** Jobs per unit of the trace's time: the gap after the last job is taken to be like the mean of the others. */
  readonly rate: Rate;
}

/** The trace last read: a scenario's arrivals and sizes may both be of it. */
let latest: { readonly text: string; readonly jobs: TracedJobs } | undefined;

/**
 * Reads a trace that is to be repeated.
 *
 * @param text the path of the file, a newline, and its content
 * @throws UserError as `Trace.read` does, or if all jobs arrive at the same time
 */
export function readTracedJobs(text: string): TracedJobs {
  if (latest?.text === text) return latest.jobs;
  const [path] = text.split("\n", 1);
  const trace = new Trace(path, linesOf(text.slice(path.length + 1)));
  let times = new Float64Array(1024);
  let sizes = new Float64Array(1024);
  let count = 0;
  for (; trace.read(); count++) {
    if (count === times.length) {
      times = grown(times, new Float64Array(2 * count));
      sizes = grown(sizes, new Float64Array(2 * count));
    }
    times[count] = trace.time;
    sizes[count] = trace.size ?? Number.NaN;
  }
  const first = times[0];
  const span = count === 0 ? 0 : times[count - 1] - first;
  if (!(span > 0)) throw new UserError(`trace ${path}: its jobs need to arrive at two times or more`);
  const jobs: TracedJobs = {
    times: times.subarray(0, count).map((time) => time - first),
    sizes: trace.size === undefined ? undefined : sizes.slice(0, count),
    rate: (count - 1) / span,
  };
  latest = { text, jobs };
  return jobs;
}

/**
 * The arrivals of a trace, again and again, at another rate: all gaps are longer or shorter by the same factor.
 *
 * @param name of the process
 * @param rate jobs per unit of model time in the long run, > 0
 * @param first index of the job with which they begin
 */
export function repeatedArrivals(name: string, jobs: TracedJobs, rate: Rate, first = 0): ArrivalProcess {
  const { times } = jobs;
  const scale = jobs.rate / rate;
  const period: ModelTime = times.length / rate;
  let start: ModelTime | undefined;
  let taken = first;
  return {
    name,
    gaps: undefined,
    next(previous) {
      start ??= previous;
      const cycle = Math.floor(taken / times.length);
      const position = taken++ - cycle * times.length;
      return start + cycle * period + scale * (times[position] - times[first]);
    },
  };
}

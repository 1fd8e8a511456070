import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { partialNameOf, putInPlace } from "../../live/processes/output-files.js";
import { messageOf, OutputError } from "../../model/errors.js";
import type { RandomStream } from "../../model/random.js";
import { randomBlocks } from "../traces/blocks.js";
import type { ImportedJobs } from "./import-log.js";

/** How the jobs of a log become a trace. */
export interface TraceOptions {
  /** What a unit of time is, in seconds: the mean work, or 1 if works are unknown. */
  readonly unitSeconds: number;
  /** Interarrival times are this many times as long as they were. */
  readonly stretch: number;
  /** Whether works are known: jobs without one are left out then. */
  readonly hasSizes: boolean;
  /** So many jobs in random blocks, instead of those of the log. */
  readonly fresh?: { readonly jobs: number; readonly random: RandomStream } | undefined;
  /** Comments at the top. */
  readonly title: readonly string[];
}

const BUFFERED_CHARACTERS = 1 << 16;
/** Digits after the point of a time. */
const PRECISION = 1e6;
/** Mean number of jobs in a block, and how many blocks a trace has at least. */
const BLOCK_JOBS = 1000;
const LEAST_BLOCKS = 20;

/** Writes a trace, which begins with its first job, at time 0. Returns the number of its jobs. Throws OutputError. */
export function writeTrace(file: string, jobs: ImportedJobs, options: TraceOptions): number {
  const output = new Output(file);
  try {
    for (const line of options.title) output.line(`# ${line}`);
    output.line(options.hasSizes ? "time,size" : "time");
    const count = options.fresh === undefined ? writeAll(jobs, options, output) : writeBlocks(jobs, options, output);
    output.end();
    return count;
  } catch (error) {
    output.abandon();
    throw error instanceof OutputError ? error : new OutputError(`${file}: cannot be written (${messageOf(error)})`);
  }
}

/** Jobs in the order of a trace. */
class TraceJobs {
  count = 0;
  private time = 0;

  constructor(
    private readonly options: TraceOptions,
    private readonly output: Output,
  ) {}

  /** @param gapSeconds since the job before, whether that is in the trace or not */
  add(gapSeconds: number, workSeconds: number): void {
    const { stretch, unitSeconds, hasSizes } = this.options;
    this.time += (gapSeconds * stretch) / unitSeconds;
    if (hasSizes && Number.isNaN(workSeconds)) return;
    if (this.count++ === 0) this.time = 0;
    const time = rounded(this.time);
    this.output.line(hasSizes ? `${time},${rounded(workSeconds / unitSeconds)}` : `${time}`);
  }
}

function writeAll(jobs: ImportedJobs, options: TraceOptions, output: Output): number {
  const trace = new TraceJobs(options, output);
  let last = Number.NaN;
  jobs.read(0, jobs.count, (arrival, work) => {
    trace.add(Number.isNaN(last) ? 0 : arrival - last, work);
    last = arrival;
  });
  return trace.count;
}

function writeBlocks(jobs: ImportedJobs, options: TraceOptions, output: Output): number {
  const { fresh } = options;
  if (fresh === undefined) return 0;
  const trace = new TraceJobs(options, output);
  const meanLength = Math.max(1, Math.min(BLOCK_JOBS, jobs.count / LEAST_BLOCKS));
  for (const { from, to } of randomBlocks(jobs.count, fresh.jobs, meanLength, fresh.random)) {
    let last = Number.NaN;
    jobs.read(from - 1, to, (arrival, work) => {
      if (!Number.isNaN(last)) trace.add(arrival - last, work);
      last = arrival;
    });
  }
  return trace.count;
}

function rounded(value: number): number {
  return Math.round(value * PRECISION) / PRECISION;
}

/** A file that is written in large pieces, and has its name only when it is whole. */
class Output {
  private readonly partial: string;
  private readonly descriptor: number;
  private text = "";

  constructor(private readonly file: string) {
    this.partial = partialNameOf(file);
    this.descriptor = openSync(this.partial, "w");
  }

  line(text: string): void {
    this.text += `${text}\n`;
    if (this.text.length > BUFFERED_CHARACTERS) this.flush();
  }

  end(): void {
    this.flush();
    closeSync(this.descriptor);
    putInPlace(this.partial, this.file);
  }

  abandon(): void {
    rmSync(this.partial, { force: true });
  }

  private flush(): void {
    writeSync(this.descriptor, this.text);
    this.text = "";
  }
}

import { processNamed } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { randomStream, uniformIndex } from "../../model/random.js";
import { type ArrivalChoice, chooseArrivals } from "../fitting/choose-arrivals.js";
import { chooseSizes, type SizeChoice } from "../fitting/choose-sizes.js";
import { countedQuantile, empiricalLaw } from "../fitting/empirical-law.js";
import { type Jobs, type QueueCheck, queueCheck } from "../fitting/queue-check.js";
import { IDLE, Intake, type Job } from "../identification/intake.js";
import { classesOf, type ServerClasses } from "../identification/server-classes.js";
import { type Identification, identify } from "../identification/verdict.js";
import { WorkloadSummary } from "../identification/workload-summary.js";
import type { Malformed } from "../logs/batches.js";
import { type LogSource, type ReadLog, readLog } from "./read-log.js";
import { Spool } from "./spool.js";

export interface ImportOptions extends LogSource {
  /** Where jobs are kept meanwhile. */
  readonly folder: string;
  readonly seed: string;
  /** In this thread if left out. */
  readonly read?: ReadLog;
  /** Seconds since the first arrival; from the start and to the end if left out. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  progress(done: number): void;
}

/** What a log tells of a system and its workload. */
export interface Imported {
  readonly malformed: Malformed;
  readonly intake: Intake;
  readonly identification: Identification;
  readonly classes: ServerClasses;
  /** Of the jobs from `from` to `to`. */
  readonly summary: WorkloadSummary;
  /** Work that arrives over what all servers can do; NaN if it cannot be told. */
  readonly load: number;
  /** The part of the time that the busiest server is busy; NaN if it cannot be told. */
  readonly busiest: number;
  readonly sizes: SizeChoice | undefined;
  readonly arrivals: ArrivalChoice | undefined;
  readonly check: QueueCheck | undefined;
  /** The jobs, each with its work at speed 1 in seconds; NaN where it is unknown. */
  readonly jobs: ImportedJobs;
}

/** Jobs on disk, in order of arrival. */
export interface ImportedJobs {
  readonly count: number;
  /** Calls back with jobs from an index up to, not including, another: arrival and work in seconds. */
  read(from: number, to: number, each: (arrival: number, work: number) => void): void;
  remove(): void;
}

/** Fewer jobs tell nothing. */
export const LEAST_JOBS = 1000;
/** Times of fewer ticks cannot be told apart: both of their ends are rounded. */
const INDISTINCT_TICKS = 4;
/** Runs of neighbouring interarrival times for fits, and how long each is. */
const RUNS = 8;
const RUN_LENGTH = 2048;
/** Jobs that a queue is fed with, to check the arrivals. */
const MOST_CHECKED = 100_000;

/**
 * Reads a log, and works out what can be learned from it. The jobs stay on disk until they are removed.
 *
 * @throws UserError if it cannot be read, or holds fewer than two jobs
 */
export async function importLog(options: ImportOptions): Promise<Imported> {
  const { file, format, form, seed, folder, read = readLog, progress } = options;
  const spool = new Spool(folder);
  try {
    const intake = new Intake((job) => spool.add(job), randomStream(seed, "ticks"));
    let malformed: Malformed = { count: 0, first: undefined };
    for await (const part of read({ file, format, form })) {
      intake.take(part.batch);
      malformed = part.malformed;
      progress(part.done ?? 0);
    }
    intake.end();
    return { malformed, intake, ...learned(options, spool, intake) };
  } catch (error) {
    spool.remove();
    throw error;
  }
}

function learned(
  { file, from, to, seed }: ImportOptions,
  spool: Spool,
  intake: Intake,
): Omit<Imported, "malformed" | "intake"> {
  const first = spool.arrivalOf(0);
  const start = from === undefined ? 0 : spool.indexAt(first + from);
  const end = to === undefined ? spool.length : spool.indexAt(first + to);
  if (end - start < 2) {
    const where = from === undefined && to === undefined ? "" : " between --from and --to";
    throw new UserError(
      `${file}: holds ${Math.max(0, end - start)} requests${where}: two are the least that tell anything`,
    );
  }
  const identification = identify(intake.servers, intake.contents);
  const overhead = identification.kind === "identified" ? identification.overheadSeconds : 0;
  const classes = classesOf(intake.servers, overhead);
  const workOf = ({ size, server, found }: Readonly<Job>): number => {
    if (identification.kind === "given") return size;
    if (identification.kind === "not identified") return Number.NaN;
    return Math.max(0, found === IDLE ? size - overhead : size) * classes.speeds[server];
  };
  const busy = new Float64Array(intake.servers.length);
  const summary = new WorkloadSummary(spool.arrivalOf(start), spool.arrivalOf(end - 1), randomStream(seed, "sample"));
  spool.read(start, end, (job) => {
    const work = workOf(job);
    summary.add(job.arrival, work, job.response);
    if (!Number.isNaN(work) && job.server >= 0) busy[job.server] += work / classes.speeds[job.server];
  });
  const busiest = busy.length === 0 || summary.works.count === 0 ? Number.NaN : Math.max(...busy) / summary.spanSeconds;
  const capacity = classes.speeds.reduce((sum, speed) => sum + speed, 0);
  const load = (summary.works.mean * summary.works.count) / summary.spanSeconds / capacity;
  const jobs: ImportedJobs = {
    count: end - start,
    read: (since, until, each) => spool.read(start + since, start + until, (job) => each(job.arrival, workOf(job))),
    remove: () => spool.remove(),
  };
  return {
    ...{ identification, classes, summary, busiest, jobs },
    load: summary.works.count === 0 || capacity === 0 ? Number.NaN : load,
    ...fitted(summary, jobs, { load, tickSeconds: intake.contents.tickSeconds, seed }),
  };
}

function fitted(
  summary: WorkloadSummary,
  jobs: ImportedJobs,
  { load, tickSeconds, seed }: { readonly load: number; readonly tickSeconds: number; readonly seed: string },
): Pick<Imported, "sizes" | "arrivals" | "check"> {
  const { works, workCounts, gaps, gapCounts, gapSums } = summary;
  const none = { sizes: undefined, arrivals: undefined, check: undefined };
  if (summary.jobs < LEAST_JOBS || !(gaps.mean > 0)) return none;
  const tickLimit = INDISTINCT_TICKS * tickSeconds;
  const gapLaw = empiricalLaw(gapCounts, gaps.mean, gaps.variance / gaps.mean ** 2);
  const runs = runsOf(jobs, gaps.mean);
  const arrivals = chooseArrivals(
    { count: gaps.count, limit: tickLimit / gaps.mean, law: gapLaw, variation: gapSums, runs },
    seed,
  );
  if (works.count < LEAST_JOBS || !(works.mean > 0)) return { ...none, arrivals };
  const workLaw = empiricalLaw(workCounts, works.mean, works.variance / works.mean ** 2);
  const observed = {
    law: workLaw,
    count: works.count,
    limit: tickLimit / works.mean,
    load,
  };
  const sizes = chooseSizes(summary.workSample(), observed, randomStream(seed, "tests"));
  const isChecked = arrivals.chosen !== undefined && load > 0 && load < 1;
  const check = isChecked ? checked(summary, jobs, load, arrivals.chosen.name, seed) : undefined;
  // A process that makes a queue other than the log does is not the log's.
  const holds = check === undefined || check.holds;
  return { sizes, arrivals: holds ? arrivals : { ...arrivals, chosen: undefined }, check };
}

/** Runs of neighbouring interarrival times from all over the log, in mean ones. */
function runsOf(jobs: ImportedJobs, meanGap: number): Float64Array[] {
  const length = Math.min(RUN_LENGTH, jobs.count - 1);
  const runs = Math.min(RUNS, Math.max(1, Math.floor((jobs.count - 1) / length)));
  return Array.from({ length: runs }, (_, run) => {
    const from = Math.floor((run * (jobs.count - 1 - length)) / Math.max(1, runs - 1));
    const gaps = new Float64Array(length);
    let last = Number.NaN;
    let i = -1;
    jobs.read(from, from + length + 1, (arrival) => {
      if (i >= 0) gaps[i] = (arrival - last) / meanGap;
      last = arrival;
      i++;
    });
    return gaps;
  });
}

/** The queue check of a process: with its arrivals, and the sizes of the log drawn at random, a queue should do what it does with the log. */
function checked(
  { works, gaps }: WorkloadSummary,
  jobs: ImportedJobs,
  load: number,
  process: string,
  seed: string,
): QueueCheck {
  const count = Math.min(jobs.count - 1, MOST_CHECKED);
  const log = firstJobs(jobs, count, gaps.mean * load, works.mean);
  let index = 0;
  const inOrder: Jobs = { next: () => ({ gap: log.gaps[index], work: log.works[index++] }) };
  return queueCheck(load, count, inOrder, (replication) => {
    const times = processNamed(process).at(load, randomStream(seed, `check arrivals ${replication}`));
    const random = randomStream(seed, `check sizes ${replication}`);
    let last = 0;
    return {
      next() {
        const gap = times.next(last) - last;
        last += gap;
        return { gap, work: log.works[uniformIndex(random, count)] };
      },
    };
  });
}

/** The first jobs after the very first: the gap before each, and its work, in these units; works that are unknown are 1. */
function firstJobs(
  jobs: ImportedJobs,
  count: number,
  gapUnit: number,
  workUnit: number,
): { readonly gaps: Float64Array; readonly works: Float64Array } {
  const gaps = new Float64Array(count);
  const works = new Float64Array(count);
  let last = Number.NaN;
  let read = -1;
  jobs.read(0, count + 1, (arrival, work) => {
    if (read >= 0) {
      gaps[read] = (arrival - last) / gapUnit;
      works[read] = Number.isNaN(work) ? 1 : work / workUnit;
    }
    last = arrival;
    read++;
  });
  return { gaps, works };
}

/** Percentiles of times that were counted, in seconds. */
export function percentilesOf(counts: WorkloadSummary["responses"]): Readonly<Record<string, number>> {
  const levels = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 };
  return Object.fromEntries(Object.entries(levels).map(([name, p]) => [name, countedQuantile(counts, p)]));
}

import { randomInt, randomUUID } from "node:crypto";
import { readToken } from "../live/access.js";
import { ModelClock } from "../live/clock.js";
import { connectWebSocket } from "../live/web-socket.js";
import { UserError } from "../model/errors.js";
import { empiricalJobSizes } from "../model/job-sizes/empirical.js";
import { jobSizeLawNamed } from "../model/job-sizes/index.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import { parseArrivalLaw } from "../model/slot-laws.js";
import type { ModelTime, Rate } from "../model/units.js";
import { checkTrace, Trace } from "./arrivals/trace.js";
import { fileLines, readNumbers } from "./file-lines.js";
import { LoadGenerator, type LoadGeneratorOptions, type Share } from "./load-generator.js";
import type { RawRecords } from "./raw-records.js";
import { DispatcherTarget } from "./targets/dispatcher-target.js";
import { HttpTarget } from "./targets/http-target.js";
import { SharedTarget } from "./targets/shared-target.js";
import type { Target, TargetEvents } from "./targets/target.js";
import { type Arrivals, jobSequence, rateScheduleNamed, type Workload } from "./workload.js";

/** All that a generator is told, as texts and numbers that can be handed to a thread. */
export interface Plan {
  readonly dispatcher: string;
  /** Several dispatchers in the order of their shares of the task types; `dispatcher` then only measures. */
  readonly dispatchers: readonly string[] | undefined;
  /** The URL of an HTTP balancer, in place of the dispatcher. */
  readonly via: string | undefined;
  readonly name: string;
  /** With the token of the dispatcher, where it is not in the environment. */
  readonly tokenFile: string | undefined;
  readonly seed: string;
  /** An arrival process, `trace:FILE`, or `slots:LAW` for a batch in every unit of time. */
  readonly arrivals: string;
  readonly arrivalRate: Rate;
  readonly schedule: string | undefined;
  /** A closed loop of so many clients, in place of arrivals; undefined for an open loop. */
  readonly clients: number | undefined;
  readonly thinkTime: ModelTime;
  readonly sizes: string;
  readonly backlog: number;
  /** Types that jobs are of. */
  readonly taskTypes: number;
  readonly timeUnitSeconds: number;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  readonly jobs: number;
  readonly maxInFlight: number;
  readonly patienceSeconds: number;
}

const TRACE = "trace:";
/** In front of the law of the arrivals of a slot. */
export const SLOTS = "slots:";
const CSV = "csv:";
/** More connections than this are of no use to one thread. */
const GREATEST_CONNECTIONS = 4096;

/**
 * The workload of a plan, for one of several generators. Reads the files that it names; a trace is read to its end, so that
 * none is started that is broken anywhere.
 *
 * @throws UserError for a file or text that cannot be read
 */
export function workloadOf(plan: Plan, { worker, workers }: Share): Workload {
  const { seed, backlog, taskTypes } = plan;
  const sizes = jobSizesNamed(plan.sizes);
  if (plan.clients === undefined) return { arrivals: openArrivals(plan), sizes, seed, backlog, taskTypes };
  if (plan.clients < workers) throw new UserError(`--clients ${plan.clients}: each of ${workers} workers needs one`);
  const clients = Math.floor(((worker + 1) * plan.clients) / workers) - Math.floor((worker * plan.clients) / workers);
  return {
    arrivals: { loop: "closed", clients, meanThinkTime: plan.thinkTime },
    sizes,
    seed: workers === 1 ? seed : `${seed}/${worker}`,
    backlog,
    taskTypes,
  };
}

/** Reads a law of job sizes, or `csv:FILE` for those of a file, drawn at random. Throws UserError. */
export function jobSizesNamed(text: string): JobSizeLaw {
  return text.startsWith(CSV) ? empiricalJobSizes(text, readNumbers(text.slice(CSV.length))) : jobSizeLawNamed(text);
}

function openArrivals({ arrivals, arrivalRate, schedule }: Plan): Arrivals {
  if (arrivals.startsWith(SLOTS)) {
    if (schedule !== undefined) throw new UserError("slots have a rate that does not change: leave out --schedule");
    return { loop: "slots", law: parseArrivalLaw(arrivals.slice(SLOTS.length)).ofMean(arrivalRate, 1) };
  }
  if (!arrivals.startsWith(TRACE)) {
    return {
      loop: "open",
      process: arrivals,
      rate: schedule === undefined ? arrivalRate : rateScheduleNamed(schedule),
    };
  }
  if (schedule !== undefined) throw new UserError("a trace has times of its own: leave out --schedule");
  const name = arrivals.slice(TRACE.length);
  const { hasSizes } = checkTrace(new Trace(name, fileLines(name)));
  return { loop: "trace", name, hasSizes, open: () => fileLines(name) };
}

/** A generator by this plan. */
export function generatorOf(
  plan: Plan,
  share: Share,
  events: Pick<LoadGeneratorOptions, "ready" | "done"> & { log(message: string): void },
  rawRecords?: RawRecords,
): LoadGenerator {
  const workload = workloadOf(plan, share);
  const { maxInFlight, clients, jobs } = plan;
  const { workers } = share;
  const name = workers === 1 ? plan.name : `${plan.name}/${share.worker}`;
  const clock = new ModelClock(plan.timeUnitSeconds);
  return new LoadGenerator({
    ...plan,
    ...events,
    clock,
    target: (told) => targetOf(plan, { name, clock, log: events.log }, told),
    sequence: (startTime, change) =>
      jobSequence(change === undefined ? workload : workloadOf({ ...plan, ...change, backlog: 0 }, share), startTime),
    maxInFlight: Math.ceil(maxInFlight / workers),
    // The clients of a closed loop are divided, and so are its jobs; of an open loop, each generator takes every so-manyth.
    share: clients === undefined ? share : { worker: 0, workers: 1 },
    jobs: clients === undefined ? jobs : Math.ceil(jobs / workers),
    ...(rawRecords === undefined ? {} : { rawRecords }),
  });
}

/** Where the plan says that jobs are sent. */
function targetOf(
  { dispatcher, dispatchers, via, tokenFile, maxInFlight, taskTypes }: Plan,
  self: { readonly name: string; readonly clock: ModelClock; log(message: string): void },
  events: TargetEvents,
): Target {
  if (via !== undefined) {
    const connections = Math.min(maxInFlight, GREATEST_CONNECTIONS);
    return new HttpTarget({ url: via, connections, log: self.log }, events);
  }
  const connect = connectWebSocket(readToken(tokenFile));
  if (dispatchers !== undefined) {
    const urls = { coordinatorUrl: dispatcher, dispatcherUrls: dispatchers };
    return new SharedTarget({ ...self, ...urls, taskTypes, connect }, events);
  }
  const identity = { process: randomUUID(), origin: randomInt(2 ** 32), secret: randomInt(2 ** 32) };
  return new DispatcherTarget({ ...self, ...identity, url: dispatcher, connect }, events);
}

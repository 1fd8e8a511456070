import { randomInt, randomUUID } from "node:crypto";
import { readToken } from "../live/http/access.js";
import { ModelClock } from "../live/model-clock.js";
import { withFile } from "../live/processes/setting-files.js";
import { connectWebSocket } from "../live/wire/web-socket.js";
import { arrivalsNamed, rateScheduleNamed } from "../model/arrivals/index.js";
import { checkTrace, Trace } from "../model/arrivals/trace.js";
import { UserError } from "../model/errors.js";
import { jobSizeLawNamed } from "../model/job-sizes/index.js";
import type { ModelTime, Rate } from "../model/units.js";
import { fileLines } from "./file-lines.js";
import { LoadGenerator, type LoadGeneratorOptions, type Share } from "./load-generator.js";
import { checkDivisible, ofPart, type Part, partOfRate, sharedOut } from "./part.js";
import type { RawRecords } from "./raw-records.js";
import { DispatcherTarget } from "./targets/dispatcher-target.js";
import { DividedTarget } from "./targets/divided-target.js";
import { HttpTarget } from "./targets/http-target.js";
import type { Target, TargetEvents } from "./targets/target.js";
import { type Arrivals, jobSequence, type TracedArrivals, type Workload } from "./workload.js";

/** The configuration of a generator, as texts and numbers that can be passed to a thread. */
export interface Plan {
  /** The URLs of the dispatchers, in the order of their numbers. */
  readonly dispatchers: readonly string[];
  /** The URL of an HTTP balancer, instead of dispatchers. */
  readonly via: string | undefined;
  readonly name: string;
  /** The part of the load that is this process's; jobs, rates and clients here are those of the whole. */
  readonly part: Part;
  /** File with the dispatcher's token, if it is not in the environment. */
  readonly tokenFile: string | undefined;
  readonly seed: string;
  /** An arrival process, `trace:FILE`, or `slots:LAW` for a batch in every unit of time. */
  readonly arrivals: string;
  readonly arrivalRate: Rate;
  readonly schedule: string | undefined;
  /** Whether a trace is sent again and again, at the arrival rate. */
  readonly repeatTrace: boolean;
  /** The time of a trace at which the run starts; undefined for that of its first job. */
  readonly traceOrigin: ModelTime | undefined;
  /** Number of clients of a closed loop, instead of arrivals; undefined for an open loop. */
  readonly clients: number | undefined;
  readonly thinkTime: ModelTime;
  readonly sizes: string;
  readonly backlog: number;
  /** Number of task types, of which several dispatchers have a share each. */
  readonly taskTypes: number;
  /** Number of affinity keys, where there is one task type: jobs of the same key may be sent to any dispatcher. */
  readonly keys: number;
  readonly timeUnitSeconds: number;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  readonly jobs: number;
  readonly maxInFlight: number;
  readonly patienceSeconds: number;
}

/** A thread has no use for more connections. */
const GREATEST_CONNECTIONS = 4096;

/**
 * The workload of a plan, for one of several generators. Reads the files that it names; a trace is read to its end, so that
 * errors anywhere in it are found before the start.
 *
 * @throws UserError for a file or text that cannot be read
 */
export function workloadOf(plan: Plan, { worker, workers }: Share): Workload {
  const { part } = plan;
  const taskTypes = plan.taskTypes * plan.keys;
  const sizes = jobSizeLawNamed(withFile("--sizes", plan.sizes));
  checkDivisible(plan.clients === undefined ? plan.arrivals : undefined, sizes, part);
  const seed = ofPart(plan.seed, part);
  const backlog = sharedOut(plan.backlog, part);
  if (plan.clients === undefined) return { arrivals: openArrivals(plan), sizes, seed, backlog, taskTypes };
  const mine = sharedOut(plan.clients, part);
  if (mine < workers) throw new UserError(`--clients ${plan.clients}: each of ${workers} workers needs one`);
  const clients = sharedOut(mine, { number: worker + 1, of: workers });
  return {
    arrivals: { loop: "closed", clients, meanThinkTime: plan.thinkTime },
    sizes,
    seed: workers === 1 ? seed : `${seed}/${worker}`,
    backlog,
    taskTypes,
  };
}

function openArrivals(plan: Plan): Arrivals {
  const { arrivals, arrivalRate, schedule, repeatTrace } = plan;
  const source = arrivalsNamed(repeatTrace ? withFile("--arrivals", arrivals) : arrivals);
  switch (source.kind) {
    case "process": {
      const rate = schedule === undefined ? arrivalRate : rateScheduleNamed(schedule);
      return { loop: "open", process: source, rate: partOfRate(rate, plan.part) };
    }
    case "slots":
      if (schedule !== undefined) throw new UserError("slots have a constant rate: omit --schedule");
      return { loop: "slots", law: source.law.ofMean(arrivalRate, 1) };
    case "trace":
      if (schedule !== undefined) throw new UserError("a trace has its own arrival times: omit --schedule");
      return tracedArrivals(source.file, plan);
  }
}

/** Reads a trace to its end. Throws UserError if it is malformed, or has jobs that the run would not send. */
function tracedArrivals(file: string, { traceOrigin, warmUpTime, measuringTime, jobs }: Plan): TracedArrivals {
  const extent = checkTrace(new Trace(file, fileLines(file)), jobs);
  const origin = traceOrigin ?? extent.first;
  if (extent.first < origin)
    throw new UserError(`trace ${file}: its first job is at ${extent.first}, before --trace-origin ${origin}`);
  const end = warmUpTime + measuringTime;
  if (extent.last - origin >= end) {
    throw new UserError(
      `trace ${file}: its jobs span ${round(extent.last - extent.first)} time units, the last due ${round(extent.last - origin)} ` +
        `after the start, but the run ends after ${round(end)}: raise --duration, cut the trace, or limit its --jobs`,
    );
  }
  return { ...extent, loop: "trace", name: file, origin, open: () => fileLines(file) };
}

function round(time: ModelTime): number {
  return Number(time.toPrecision(6));
}

/** The generator of a plan, and of the workload that `workloadOf` reads from it for this share. */
export function generatorOf(
  plan: Plan,
  workload: Workload,
  share: Share,
  events: Pick<LoadGeneratorOptions, "ready" | "done"> & { log(message: string): void },
  rawRecords?: RawRecords,
): LoadGenerator {
  const { maxInFlight, clients, jobs, part } = plan;
  const { workers } = share;
  const ownName = ofPart(plan.name, part);
  const name = workers === 1 ? ownName : `${ownName}/${share.worker}`;
  const clock = new ModelClock(plan.timeUnitSeconds);
  return new LoadGenerator({
    ...plan,
    ...events,
    clock,
    target: (targetEvents) => targetOf(plan, { name, clock, log: events.log }, targetEvents),
    sequence: (startTime, change) =>
      jobSequence(change === undefined ? workload : workloadOf({ ...plan, ...change, backlog: 0 }, share), startTime),
    maxInFlight: Math.ceil(maxInFlight / workers),
    // Generators divide the clients of a closed loop, and so its jobs; of an open loop, each takes every k-th job.
    share: clients === undefined ? share : { worker: 0, workers: 1 },
    jobs: clients === undefined ? jobs : Math.ceil(jobs / workers),
    ...(rawRecords === undefined ? {} : { rawRecords }),
  });
}

/** The target of a plan. */
function targetOf(
  { dispatchers, via, tokenFile, maxInFlight, taskTypes, patienceSeconds }: Plan,
  self: { readonly name: string; readonly clock: ModelClock; log(message: string): void },
  events: TargetEvents,
): Target {
  if (via !== undefined) {
    const connections = Math.min(maxInFlight, GREATEST_CONNECTIONS);
    return new HttpTarget({ url: via, connections, patienceSeconds, log: self.log }, events);
  }
  const connect = connectWebSocket(readToken(tokenFile));
  const identity = { process: randomUUID(), origin: randomInt(2 ** 32), secret: randomInt(2 ** 32) };
  const address = { ...self, ...identity, connect };
  const [url, ...others] = dispatchers;
  if (others.length === 0) return new DispatcherTarget({ ...address, url }, events);
  return new DividedTarget({ ...address, urls: dispatchers, taskTypes }, events);
}

import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { GeneratorTotals, LoadGenerator } from "./load-generator.js";
import { generatorOf, type Plan } from "./plan.js";
import type { RawRecords } from "./raw-records.js";
import { Recorder, type RecorderSnapshot } from "./recorder.js";
import type { Workload } from "./workload.js";

/** The state and results of a generator so far. */
export interface MemberReport {
  readonly totals: GeneratorTotals;
  readonly underWay: number;
  readonly running: boolean;
  readonly measuredSeconds: number;
  readonly recorded: RecorderSnapshot;
}

/** From a worker thread. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "log"; readonly message: string }
  | { readonly type: "report"; readonly report: MemberReport }
  | { readonly type: "done"; readonly report: MemberReport };

/** To a worker thread. `at` is wall-clock time in milliseconds since 1970, which all threads share. */
export type ToWorker = { readonly type: "start"; readonly at: number } | { readonly type: "stop" };

export interface GroupEvents {
  /** All generators have sent their jobs, and these have ended. */
  done(): void;
  failed(error: unknown): void;
  log(message: string): void;
}

/** Time from when all threads are ready to the start, so that none receives the message too late. */
const START_MILLISECONDS = 50;

/** Milliseconds since 1970, with the resolution of the monotonic clock. */
export function epochMilliseconds(): number {
  return performance.timeOrigin + performance.now();
}

export function reportOf(generator: LoadGenerator): MemberReport {
  return {
    totals: { ...generator.totals },
    underWay: generator.jobsUnderWay,
    running: generator.running,
    measuredSeconds: generator.measuredSeconds,
    recorded: generator.recorder.snapshot(),
  };
}

/**
 * One generator in this thread, or several in threads of their own that divide a job sequence among them, from the same start
 * time.
 */
export interface GeneratorGroup {
  /** The combined results of all generators, from their latest reports. */
  report(): GroupReport;
  stop(): void;
}

export interface GroupReport {
  readonly totals: GeneratorTotals;
  readonly underWay: number;
  readonly running: boolean;
  readonly measuredSeconds: number;
  readonly recorder: Recorder;
}

export function generatorGroup(
  plan: Plan,
  workload: Workload,
  workers: number,
  events: GroupEvents,
  rawRecords?: RawRecords,
): GeneratorGroup {
  return workers === 1 ? single(plan, workload, events, rawRecords) : threads(plan, workers, events);
}

function single(plan: Plan, workload: Workload, events: GroupEvents, rawRecords?: RawRecords): GeneratorGroup {
  const share = { worker: 0, workers: 1 };
  const ready = (): void => generator.start(0);
  const generator: LoadGenerator = generatorOf(plan, workload, share, { ...events, ready }, rawRecords);
  return {
    report: () => ({
      totals: generator.totals,
      underWay: generator.jobsUnderWay,
      running: generator.running,
      measuredSeconds: generator.measuredSeconds,
      recorder: generator.recorder,
    }),
    stop: () => generator.stop(),
  };
}

function threads(plan: Plan, count: number, events: GroupEvents): GeneratorGroup {
  const reports = new Map<number, MemberReport>();
  let ready = 0;
  let done = 0;
  const members = Array.from({ length: count }, (_, worker) => {
    const member = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: { plan, share: { worker, workers: count } },
    });
    member.on("error", (error) => events.failed(error));
    member.on("message", (message: FromWorker) => {
      if (message.type === "log") events.log(message.message);
      else if (message.type !== "ready") reports.set(worker, message.report);
      if (message.type === "ready" && ++ready === count)
        send({ type: "start", at: epochMilliseconds() + START_MILLISECONDS });
      if (message.type === "done" && ++done === count) events.done();
    });
    return member;
  });
  const send = (message: ToWorker): void => {
    for (const member of members) member.postMessage(message);
  };
  return { report: () => together([...reports.values()]), stop: () => send({ type: "stop" }) };
}

/** Combines the reports of several generators. */
export function together(reports: readonly MemberReport[]): GroupReport {
  const recorder = new Recorder();
  for (const { recorded } of reports) recorder.add(recorded);
  const sum = (read: (report: MemberReport) => number): number =>
    reports.reduce((total, report) => total + read(report), 0);
  const greatest = (read: (report: MemberReport) => number): number => Math.max(0, ...reports.map(read));
  return {
    totals: {
      sent: sum(({ totals }) => totals.sent),
      resent: sum(({ totals }) => totals.resent),
      unsent: sum(({ totals }) => totals.unsent),
      completed: sum(({ totals }) => totals.completed),
      blocked: sum(({ totals }) => totals.blocked),
      lost: sum(({ totals }) => totals.lost),
      timedOut: sum(({ totals }) => totals.timedOut),
      lagTotal: sum(({ totals }) => totals.lagTotal),
      lagMax: greatest(({ totals }) => totals.lagMax),
      heldUp: sum(({ totals }) => totals.heldUp),
      sojournTotal: sum(({ totals }) => totals.sojournTotal),
      pauses: sum(({ totals }) => totals.pauses),
    },
    underWay: sum(({ underWay }) => underWay),
    running: reports.length > 0 && reports.every(({ running }) => running),
    measuredSeconds: greatest(({ measuredSeconds }) => measuredSeconds),
    recorder,
  };
}

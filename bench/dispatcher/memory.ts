import { PerformanceObserver } from "node:perf_hooks";
import { Dispatcher } from "../../dispatcher/dispatcher.js";
import { policyNamed } from "../../dispatcher/policies/index.js";
import { type RecordHandlers, readFrame } from "../../live/frame-reader.js";
import { FrameWriter } from "../../live/frame-writer.js";
import { randomStream } from "../../model/random.js";
import { markdownTable } from "../measure.js";

/**
 * Memory over many jobs on everything that the dispatcher does per job but sockets: records in, policy, books, records out.
 * `node --expose-gc dist/bench/dispatcher/memory.js [JOBS]`
 */

const SERVERS = 100;
const JOBS_PER_FRAME = 50;
const ROWS = 10;

const jobs = Number(process.argv[2] ?? 1e8);
const dispatcher = new Dispatcher(policyNamed("jsq"), randomStream("1", "policy"));
for (let server = 0; server < SERVERS; server++) dispatcher.join(Number.POSITIVE_INFINITY);

const fromGenerator = new FrameWriter();
const toNode = new FrameWriter();
const fromNode = new FrameWriter();
const toGenerator = new FrameWriter();
let now = 0;

const dispatcherHears: RecordHandlers = {
  submit(job, taskType, work) {
    const server = dispatcher.submit(now, 0, job, taskType, work);
    toNode.assign(server, dispatcher.assignments(server), 0, job, work);
  },
  complete(server, assignment, timeAtServer) {
    dispatcher.complete(now, server, assignment, timeAtServer);
    toGenerator.outcome(dispatcher.lastJob.job, "completed");
  },
};
const nodeHears: RecordHandlers = {
  assign: (server, assignment) => fromNode.complete(server, assignment, 0),
};

let collections = 0;
let pauses = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    collections++;
    pauses += entry.duration;
  }
}).observe({ entryTypes: ["gc"] });

/** A frame of jobs, all the way there and back. */
function round(number: number, firstJob: number): void {
  now += 0.001;
  for (let i = 0; i < JOBS_PER_FRAME; i++) fromGenerator.submit((firstJob + i) % 2 ** 32, 0, 1);
  readFrame(fromGenerator.take(number), dispatcherHears);
  readFrame(toNode.take(number), nodeHears);
  readFrame(fromNode.take(number), dispatcherHears);
  toGenerator.take(number);
}

const rows: string[][] = [];
/** CPU time of this process in microseconds. */
const cpu = (): number => process.cpuUsage().user + process.cpuUsage().system;
const startedAt = performance.now();
for (let part = 1, done = 0; part <= ROWS; part++) {
  const cpuBefore = cpu();
  const doneBefore = done;
  for (; done < (part * jobs) / ROWS; done += JOBS_PER_FRAME) round((done / JOBS_PER_FRAME + 1) % 2 ** 32, done);
  const nanoseconds = (1000 * (cpu() - cpuBefore)) / (done - doneBefore);
  // Observers hear of collections only between turns.
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  rows.push([
    (done / 1e6).toFixed(0),
    (heapUsed / 1e6).toFixed(1),
    (rss / 1e6).toFixed(0),
    String(collections),
    nanoseconds.toFixed(0),
  ]);
  process.stderr.write(`${rows.at(-1)?.join(" ")}\n`);
}
process.stdout.write(
  `${markdownTable(["M jobs", "heap, MB", "resident, MB", "collections", "CPU ns per job"], rows)}\n`,
);
process.stdout.write(
  `collections took ${((100 * pauses) / (performance.now() - startedAt)).toFixed(2)} % of the time\n`,
);

import { PerformanceObserver } from "node:perf_hooks";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { type RecordHandlers, readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { markdownTable } from "../measure.js";

/**
 * Memory over many jobs of everything that the dispatcher does per job except sockets: decoding, policy, accounting, encoding.
 * `node --expose-gc dist/bench/dispatcher/memory.js [JOBS]`
 */

const SERVERS = 100;
const JOBS_PER_FRAME = 50;
const ROWS = 10;

const jobs = Number(process.argv[2] ?? 1e8);
const dispatcher = new Dispatcher(policyNamed("jsq"), randomStream("1", "policy"));
for (let server = 0; server < SERVERS; server++) dispatcher.join({ buffer: Number.POSITIVE_INFINITY });

dispatcher.onSend = (server, _origin, job, work) => toNode.assign(server, dispatcher.assignments(server), 0, job, work);
const fromGenerator = new FrameWriter();
const toNode = new FrameWriter();
const fromNode = new FrameWriter();
const toGenerator = new FrameWriter();
let now = 0;

const dispatcherHears: RecordHandlers = {
  submit(job, taskType, work) {
    dispatcher.submit(now, 0, job, taskType, work);
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

/** The round trip of a frame of jobs. */
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
  // Garbage collections are reported to observers only between turns of the event loop.
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

import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { readFrame } from "../../live/wire/frame-reader.js";
import { FrameWriter } from "../../live/wire/frame-writer.js";
import { PROTOCOL_VERSION } from "../../live/wire/messages.js";
import { eventually } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
let node: LazyNode | undefined;
afterEach(async () => {
  node?.stop();
  await live.end();
});

/** More than the systems' socket buffers hold, on all the way from the generator to the node. */
const JOBS = 1_200_000;
const UNIT = ["--time-unit", "10ms"];
const JOBS_PER_UNIT = 3000;
/** What the dispatcher may grow by while it holds jobs back, other than by the jobs that it remembers. */
const MOST_GROWTH_MEGABYTES = 100;
/** And by the end of all jobs: garbage not yet collected, 100 to 220 MB whether there were 1.2 or 4.8 million jobs. */
const MOST_GARBAGE_MEGABYTES = 400;

/** A server node with one server that completes every job at once, when it reads: it lives all the time. */
class LazyNode {
  private readonly socket: WebSocket;
  private readonly beating: NodeJS.Timeout;
  private received = 0;
  private sent = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url.replace("http", "ws"), { perMessageDeflate: false });
    this.socket.on("error", () => undefined);
    const server = { number: 0, buffer: null, discipline: "fifo", initialRate: 1, holds: [] };
    const session = { process: "lazy", number: 1, dispatcher: null, received: 0 };
    const hello = { type: "hello", role: "server-node", protocol: PROTOCOL_VERSION, name: "lazy", finished: [] };
    this.socket.on("open", () => this.socket.send(JSON.stringify({ ...hello, servers: [server], session })));
    this.socket.once("message", () => this.socket.pause());
    this.socket.on("message", (data, isBinary) => {
      if (isBinary) this.serve(data as Buffer);
    });
    this.beating = setInterval(() => this.beat(), 1000);
  }

  read(): void {
    this.socket.resume();
  }

  stop(): void {
    clearInterval(this.beating);
    this.socket.terminate();
  }

  private serve(frame: Buffer): void {
    this.received++;
    const writer = new FrameWriter();
    readFrame(frame, { assign: (server, assignment) => writer.complete(server, assignment, 0) });
    this.socket.send(writer.take(++this.sent));
    if (this.received % 100 === 0) this.beat();
  }

  private beat(): void {
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: "received", frames: this.received }));
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: "beat", received: this.received }));
  }
}

function megabytes(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

describe("jobs that come faster than their server node reads", () => {
  it("are held back on their way: nothing is lost, memory is bounded, and all say that the run is void", async () => {
    const settings = ["servers=1", "rateControl=fixed", "initialRates=constant:1", "buffer=infinite"];
    // All jobs may be in flight at once: which of dispatcher and node reads faster in the end is left to the machine.
    const run = ["--set", ...settings, "--warmup", "1u", ...UNIT, "--port", "0", "--max-in-flight", String(JOBS)];
    const dispatcher = live.start("dispatcher/main.js", run);
    const port = /port (\d+)/.exec(await dispatcher.says(/listening on port \d+/))?.[1];
    const url = `http://127.0.0.1:${port}`;
    const state = async (): Promise<DispatcherState> =>
      (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
    node = new LazyNode(url);
    const before = megabytes(dispatcher.process.pid);
    const flags = ["--arrival-rate", String(JOBS_PER_UNIT), "--jobs", String(JOBS), "--arrivals", "constant"];
    const loads = [...UNIT, ...flags, "--max-in-flight", String(JOBS), "--output", "json"];
    const generator = live.loadGenerator(url, ...loads);
    const held = await eventually(async () => {
      const now = await state();
      return now.heldBackTime > 0 ? now : undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { totals, heldBackTime } = await state();
    expect(totals.inFlight).toBe(held.totals.inFlight);
    expect(totals.inFlight).toBeLessThan(JOBS / 2);
    expect(heldBackTime).toBeGreaterThan(held.heldBackTime);
    expect(megabytes(dispatcher.process.pid) - before).toBeLessThan(MOST_GROWTH_MEGABYTES);
    node.read();
    const { stdout, stderr } = await generator.ended;
    const { jobs, whyVoid } = JSON.parse(stdout || JSON.stringify({ jobs: { stderr } }));
    expect(jobs).toEqual({ sent: JOBS, unsent: 0, completed: JOBS, blocked: 0, timedOut: 0, lost: 0, underWay: 0 });
    expect(whyVoid).toContain("the generator was held back");
    const after = await state();
    expect(after.totals).toMatchObject({ offered: JOBS, completed: JOBS, blocked: 0, lost: 0, inFlight: 0 });
    expect(after.whyVoid).toContain("did not read as fast");
    expect(megabytes(dispatcher.process.pid) - before).toBeLessThan(MOST_GARBAGE_MEGABYTES);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { DispatcherState } from "../../live/dispatcher-state.js";
import { PROTOCOL_VERSION } from "../../live/messages.js";
import { FrameWriter, readFrame } from "../../live/wire.js";
import { eventually, freePort, type Running } from "../support/equipoise.js";
import { FaultProxy } from "../support/fault-proxy.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
const proxies: FaultProxy[] = [];

afterEach(async () => {
  for (const proxy of proxies.splice(0)) proxy.close();
  await live.end();
});

const UNIT = ["--time-unit", "20ms"];
const SETTINGS = ["servers=4", "rateControl=fixed", "initialRates=constant:1", "buffer=infinite", "arrivalRate=0.6"];
const SERVERS = ["--servers", "2", "--rate-control", "fixed", "--initial-rates", "constant:1", "--buffer", "infinite"];
/** Lost after 0.9 s: long enough for a busy machine, short enough for a test. */
const HEARTBEAT = ["--heartbeat", "300ms"];

const startDispatcher = (...flags: string[]): Promise<string> =>
  live.dispatcher("--set", ...SETTINGS, ...UNIT, ...HEARTBEAT, ...flags);
const startNode = (url: string, firstServer: number): Running =>
  live.serverNode(url, ...SERVERS, "--first-server", String(firstServer), "--name", `node-${firstServer}`, ...UNIT);

/** Sends 300 jobs in about 2.5 s, and waits for their end. */
const startGenerator = (url: string, ...flags: string[]): Running =>
  live.loadGenerator(url, ...UNIT, "--arrival-rate", "2.4", "--jobs", "300", "--output", "json", ...flags);

async function stateAt(url: string): Promise<DispatcherState> {
  return (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
}

const untilConnected = (url: string, servers: number): Promise<true> =>
  eventually(async () => (await stateAt(url)).servers.connected === servers || undefined);
const untilCompleted = (url: string, jobs: number): Promise<true> =>
  eventually(async () => (await stateAt(url)).totals.completed >= jobs || undefined);

interface Jobs {
  readonly sent: number;
  readonly unsent: number;
  readonly completed: number;
  readonly blocked: number;
  readonly lost: number;
  readonly underWay: number;
}

/** The generator's books when it has ended. */
async function jobsOf(generator: Running): Promise<Jobs> {
  return JSON.parse((await generator.ended).stdout).jobs;
}

/** The books of the dispatcher, which balance. */
async function booksAt(url: string): Promise<DispatcherState["totals"]> {
  const { totals, whyVoid } = await stateAt(url);
  expect(totals.offered).toBe(totals.completed + totals.blocked + totals.lost + totals.inFlight);
  expect(whyVoid ?? "").not.toContain("books");
  return totals;
}

/** All jobs were served, none twice, as both ends have it. */
async function expectAllServed(url: string, generator: Running): Promise<void> {
  const jobs = await jobsOf(generator);
  expect(jobs).toEqual({ ...jobs, completed: jobs.sent, blocked: 0, lost: 0, underWay: 0 });
  expect(jobs.sent + jobs.unsent).toBe(300);
  expect(await booksAt(url)).toMatchObject({ offered: jobs.sent, completed: jobs.sent, lost: 0, inFlight: 0 });
}

/** A dispatcher with two nodes of two servers each, behind a proxy each, and a generator that has begun. */
async function startSystem(...flags: string[]) {
  const url = await startDispatcher(...flags);
  const proxy = await FaultProxy.before(url);
  proxies.push(proxy);
  const first = startNode(url, 0);
  const second = startNode(proxy.url, 2);
  await untilConnected(url, 4);
  const generator = startGenerator(url);
  await untilCompleted(url, 50);
  return { url, proxy, first, second, generator };
}

describe("a server node", () => {
  it("that is killed is gone at once; its jobs are served by others; its successor takes its place", async () => {
    const { url, second, generator } = await startSystem();
    second.process.kill("SIGKILL");
    await untilConnected(url, 2);
    startNode(url, 2);
    await untilConnected(url, 4);
    await expectAllServed(url, generator);
  });

  it("that is stopped loses its jobs to others within three beats, drops them when it goes on, and is back", async () => {
    const { url, second, generator } = await startSystem();
    second.process.kill("SIGSTOP");
    try {
      await untilConnected(url, 2);
      expect((await booksAt(url)).retried).toBeGreaterThan(0);
    } finally {
      second.process.kill("SIGCONT");
    }
    await untilConnected(url, 4);
    await expectAllServed(url, generator);
  });

  it("whose jobs are not to be sent again loses them, and both ends count the same", async () => {
    const { url, second, generator } = await startSystem("--on-loss", "lose");
    second.process.kill("SIGSTOP");
    try {
      await untilConnected(url, 2);
    } finally {
      second.process.kill("SIGCONT");
    }
    const jobs = await jobsOf(generator);
    expect(jobs.lost).toBeGreaterThan(0);
    expect(jobs.sent).toBe(jobs.completed + jobs.lost);
    expect(await booksAt(url)).toMatchObject({ completed: jobs.completed, lost: jobs.lost, retried: 0 });
  });

  it("that refuses all its jobs at once does not attract them", async () => {
    const url = await startDispatcher();
    startNode(url, 0);
    const refused = await refuseEverything(url, [2, 3]);
    await untilConnected(url, 4);
    await expectAllServed(url, startGenerator(url));
    // Each of the two is asked again after one lease, two, four: 0.9 s and more, in a run of 2.5 s and a little.
    expect(refused()).toBeGreaterThan(0);
    expect(refused()).toBeLessThan(12);
  });
});

/** Plays a node whose servers refuse every job. Returns how many they refused. */
async function refuseEverything(url: string, numbers: readonly number[]): Promise<() => number> {
  const socket = new WebSocket(url.replace("http", "ws"));
  let refused = 0;
  let frames = 0;
  await once(socket, "open");
  const servers = numbers.map((number) => ({
    ...{ number, buffer: null, discipline: "fifo", initialRate: 1, completed: 0, holds: [] },
  }));
  const session = { process: "refuser", number: 1, dispatcher: null, received: 0 };
  const hello = { type: "hello", role: "server-node", protocol: PROTOCOL_VERSION, name: "refuser", finished: [] };
  socket.send(JSON.stringify({ ...hello, servers, session }));
  const beating = setInterval(() => socket.send(JSON.stringify({ type: "beat", received: 0 })), 200);
  socket.on("close", () => clearInterval(beating));
  socket.on("message", (data, isBinary) => {
    if (!isBinary) return;
    const writer = new FrameWriter();
    readFrame(data as Buffer, {
      assign: (server, assignment) => {
        refused++;
        writer.refuse(server, assignment);
      },
    });
    socket.send(writer.take(++frames));
  });
  return () => refused;
}

describe("a connection", () => {
  it.each<[string, (proxy: FaultProxy) => void]>([
    ["that is cut again and again goes on where it ended", (proxy) => proxy.cut()],
    ["that is half open is given up, and made again", (proxy) => proxy.stall()],
    ["that is slow to deliver only delays", (proxy) => Object.assign(proxy, { delayMilliseconds: 100 })],
    ["that is narrow only delays", (proxy) => Object.assign(proxy, { bytesPerSecond: 3000 })],
  ])("%s", async (_what, harm) => {
    const { url, proxy, generator } = await startSystem();
    for (let i = 0; i < 3; i++) {
      harm(proxy);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    proxy.recover();
    proxy.delayMilliseconds = 0;
    proxy.bytesPerSecond = Number.POSITIVE_INFINITY;
    await untilConnected(url, 4);
    await expectAllServed(url, generator);
  });
});

describe("a dispatcher", () => {
  it("that is killed leaves no job lost or doubled: its successor learns what nodes hold and what is under way", async () => {
    const port = String(await freePort());
    const begin = (): Running =>
      live.start("dispatcher/main.js", ["--set", ...SETTINGS, ...UNIT, ...HEARTBEAT, "--port", port]);
    const url = `http://127.0.0.1:${port}`;
    const first = begin();
    await first.says("listening");
    startNode(url, 0);
    startNode(url, 2);
    await untilConnected(url, 4);
    const generator = startGenerator(url);
    await untilCompleted(url, 50);
    first.process.kill("SIGKILL");
    await first.ended;
    await begin().says("listening");
    await untilConnected(url, 4);
    const jobs = await jobsOf(generator);
    expect(jobs).toEqual({ ...jobs, completed: jobs.sent, blocked: 0, lost: 0, underWay: 0 });
    expect(jobs.sent + jobs.unsent).toBe(300);
    expect((await booksAt(url)).inFlight).toBe(0);
  });

  it("goes on when it has no file descriptors left, and takes connections again when it has", async () => {
    const port = await freePort();
    const main = new URL("../../dist/dispatcher/main.js", import.meta.url).pathname;
    const flags = ["--set", "servers=4", "--port", String(port)];
    const dispatcher = spawn("sh", ["-c", 'ulimit -n 128 && exec "$0" "$@"', process.execPath, main, ...flags]);
    const url = `http://127.0.0.1:${port}`;
    try {
      await eventually(() =>
        fetch(`${url}/healthz`).then(
          () => true as const,
          () => undefined,
        ),
      );
      const sockets = Array.from({ length: 200 }, () => new WebSocket(`ws://127.0.0.1:${port}`));
      for (const socket of sockets) socket.on("error", () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (const socket of sockets) socket.terminate();
      await eventually(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok || undefined);
      expect(dispatcher.exitCode).toBeNull();
    } finally {
      dispatcher.kill("SIGTERM");
      await once(dispatcher, "exit");
    }
  });
});

describe("a load generator", () => {
  it("that is killed leaves its jobs to be served, and the books in balance", async () => {
    const { url, generator } = await startSystem();
    generator.process.kill("SIGKILL");
    await eventually(async () => (await stateAt(url)).totals.inFlight === 0 || undefined);
    const totals = await booksAt(url);
    expect(totals.completed).toBe(totals.offered);
    expect((await stateAt(url)).phase).not.toBe("finished");
  });

  it("ends with one line when there is no room left for its records", async () => {
    const url = await startDispatcher();
    startNode(url, 0);
    startNode(url, 2);
    const { exitCode, stderr } = await startGenerator(url, "--records", "/dev/full").ended;
    expect(stderr).toMatch(/load-generator: cannot write \/dev\/full: ENOSPC/);
    expect(stderr).not.toContain("    at ");
    expect(exitCode).toBe(2);
  });
});

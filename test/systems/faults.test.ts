import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { equipoise, eventually, freePort } from "../support/equipoise.js";
import { FailingNode } from "../support/failing-node.js";
import type { FaultProxy } from "../support/fault-proxy.js";
import { needs } from "../support/programs.js";
import { metric, scrape } from "../support/scrape.js";
import {
  booksAt,
  eventsAt,
  expectAllServed,
  HEARTBEAT_SECONDS,
  JOBS,
  jobsOf,
  SmallSystem,
  stateAt,
  TIME_UNIT_SECONDS,
  untilCompleted,
  untilConnected,
} from "../support/small-system.js";

const system = new SmallSystem();
afterEach(() => system.end());

const LEASE_SECONDS = 3 * HEARTBEAT_SECONDS;
/** The dispatcher looks for silent nodes so often. */
const LOOK_SECONDS = HEARTBEAT_SECONDS / 4;

/**
 * Waits until a node is gone. Returns for how many seconds, at most, the dispatcher did nothing meanwhile, since that time
 * of its run: it answered again and again.
 */
async function longestPauseUntilGone(url: string, node: string, since: number): Promise<number> {
  let longest = 0;
  for (let last = since; ; await sleep(10)) {
    const { elapsedTime, nodes } = await stateAt(url);
    longest = Math.max(longest, elapsedTime - last);
    last = elapsedTime;
    if (nodes.every(({ name }) => name !== node)) return longest * TIME_UNIT_SECONDS;
  }
}

describe("a server node", () => {
  it("that is killed is gone at once; its jobs are served by others; its successor takes its place", async () => {
    const { url, second, generator } = await system.start();
    second.process.kill("SIGKILL");
    await untilConnected(url, 2);
    system.startNode(url, 2);
    await untilConnected(url, 4);
    await expectAllServed(url, generator);
    const page = await scrape(`${url}/metrics`);
    expect(metric(page, "equipoise_run_events_total", { kind: "fault" })).toBeGreaterThan(0);
    expect(metric(page, "equipoise_jobs_lost_total")).toBe(0);
  });

  it("that is stopped loses its jobs to others within three beats, drops them when it goes on, and is back", async () => {
    const { url, second, generator } = await system.start();
    const { elapsedTime: before } = await stateAt(url);
    second.process.kill("SIGSTOP");
    let pause: number;
    try {
      pause = await longestPauseUntilGone(url, "node-2", before);
      expect((await booksAt(url)).retried).toBeGreaterThan(0);
    } finally {
      second.process.kill("SIGCONT");
    }
    const silence = /^server node node-2 is gone \(no sign of life for ([\d.]+) s\)/;
    const gone = (await eventsAt(url)).find(({ text, time }) => time > before && silence.test(text));
    expect(Number(silence.exec(gone?.text ?? "")?.[1])).toBeGreaterThan(LEASE_SECONDS);
    const noticedAfter = ((gone?.time ?? Number.NaN) - before) * TIME_UNIT_SECONDS;
    expect(noticedAfter).toBeLessThan(LEASE_SECONDS + LOOK_SECONDS + pause);
    await untilConnected(url, 4);
    const { retried } = await expectAllServed(url, generator);
    expect(metric(await scrape(`${url}/metrics`), "equipoise_jobs_retried_total")).toBe(retried);
  });

  it("whose jobs are not to be sent again loses them, and both ends count the same", async () => {
    const { url, second, generator } = await system.start("--on-loss", "lose");
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

  it("that is slow loses nothing, tells by how much it is late, and gets fewer jobs", async () => {
    const { url } = await system.startDispatcher();
    system.startNode(url, 0, "--metrics-port", "0");
    const slow = system.startNode(url, 2, "--metrics-port", "0");
    await untilConnected(url, 4);
    const generator = system.startGenerator(url);
    let ended = false;
    void generator.ended.then(() => {
      ended = true;
    });
    // Most of the time it does not run, but never for as long as a beat.
    while (!ended) {
      slow.process.kill("SIGSTOP");
      await sleep(220);
      slow.process.kill("SIGCONT");
      await sleep(30);
    }
    expect((await expectAllServed(url, generator)).retried).toBe(0);
    const { nodes } = await stateAt(url);
    const page = await scrape(nodes.find(({ name }) => name === "node-2")?.metricsUrl ?? "");
    const served = page.filter(({ name }) => name === "equipoise_server_jobs_completed_total");
    // Were both as likely to get a job, so few would come to the slow one once in ten thousand times.
    expect(served.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(JOBS / 2 - 3.72 * (Math.sqrt(JOBS) / 2));
    expect(metric(page, "equipoise_delivery_lateness_max_seconds")).toBeGreaterThan(0.1);
    expect(metric(await scrape(`${url}/metrics`), "equipoise_jobs_held_up_total")).toBeGreaterThan(0);
  });

  it.each(["refuses", "dies"] as const)("that %s whenever it is sent a job does not attract them", async (how) => {
    const { url } = await system.startDispatcher();
    system.startNode(url, 0);
    const node = await FailingNode.start(url, [2, 3], how);
    await untilConnected(url, 4);
    const generator = system.startGenerator(url);
    if (how === "refuses") await expectAllServed(url, generator);
    else {
      // A job of which two servers died in a row, these two, is given up for the sake of the others.
      const { sent, completed, lost } = await jobsOf(generator);
      expect(sent).toBe(completed + lost);
      expect(lost).toBeLessThanOrEqual(node.failed / 2);
    }
    // Each of the two is asked again after one lease, two, four: 0.9 s and more, in a run of 2.5 s and a little.
    expect(node.failed).toBeGreaterThan(0);
    expect(node.failed).toBeLessThan(12);
  });
});

describe("a connection", () => {
  it.each<[string, (proxy: FaultProxy) => void]>([
    ["that is cut again and again goes on where it ended", (proxy) => proxy.cut()],
    ["that is half open is given up, and made again", (proxy) => proxy.stall()],
    ["that is slow to deliver only delays", (proxy) => Object.assign(proxy, { delayMilliseconds: 100 })],
    ["that is narrow only delays", (proxy) => Object.assign(proxy, { bytesPerSecond: 3000 })],
  ])("%s", async (_what, harm) => {
    const { url, proxy, generator } = await system.start();
    for (let i = 0; i < 3; i++) {
      harm(proxy);
      await sleep(500);
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
    const { url, dispatcher } = await system.startDispatcher("--port", port);
    system.startNode(url, 0);
    system.startNode(url, 2);
    await untilConnected(url, 4);
    const generator = system.startGenerator(url);
    await untilCompleted(url, 50);
    dispatcher.process.kill("SIGKILL");
    await dispatcher.ended;
    await system.startDispatcher("--port", port);
    await untilConnected(url, 4);
    const jobs = await jobsOf(generator);
    expect(jobs).toEqual({ ...jobs, completed: jobs.sent, blocked: 0, lost: 0, underWay: 0 });
    expect(jobs.sent + jobs.unsent).toBe(JOBS);
    expect((await booksAt(url)).inFlight).toBe(0);
  });

  it("that is stopped for less than a lease delays jobs, for longer has them served anew; none is lost", async () => {
    const { url, dispatcher, generator } = await system.start();
    const stopFor = async (seconds: number): Promise<void> => {
      dispatcher.process.kill("SIGSTOP");
      await sleep(1000 * seconds);
      dispatcher.process.kill("SIGCONT");
      await untilConnected(url, 4);
    };
    await stopFor(LEASE_SECONDS / 3);
    expect((await booksAt(url)).retried).toBe(0);
    expect((await stateAt(url)).totals.lost).toBe(0);
    await stopFor(2 * LEASE_SECONDS);
    const jobs = await jobsOf(generator);
    // Those that it is sent before a server is back are blocked.
    expect(jobs).toEqual({ ...jobs, completed: jobs.sent - jobs.blocked, lost: 0, underWay: 0 });
    const { completed, blocked } = jobs;
    expect(await booksAt(url)).toMatchObject({ offered: jobs.sent, completed, blocked, lost: 0, inFlight: 0 });
  });

  it(
    "goes on when it can neither record nor accept any more; what was recorded can be replayed",
    needs("prlimit"),
    async () => {
      const file = join(mkdtempSync(join(tmpdir(), "equipoise-")), "events.jsonl");
      const { url, dispatcher, proxy, generator } = await system.start("--record", file);
      const { pid } = dispatcher.process;
      // 64 file descriptors, and files of 20 kB: like a disk that is full, but for the name of the error.
      execFileSync("prlimit", ["--pid", String(pid), "--nofile=64:", "--fsize=20000:"]);
      const sockets = Array.from({ length: 100 }, () => new WebSocket(url.replace("http", "ws")));
      for (const socket of sockets) socket.on("error", () => undefined);
      await sleep(300);
      proxy.cut();
      await sleep(300);
      for (const socket of sockets) socket.terminate();
      await eventually(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok || undefined);
      await expectAllServed(url, generator);
      const why = /--record .*events\.jsonl: can no longer be written \(EFBIG.*\); free some space and start again/;
      expect((await stateAt(url)).whyVoid).toMatch(why);
      expect((await eventsAt(url)).filter(({ text }) => why.test(text)).length).toBe(1);
      const { exitCode, stdout, stderr } = await equipoise(["replay", file]);
      expect(stdout).toMatch(/^identical: /);
      expect(stderr).toMatch(/was not closed: any events after the first \d+ are lost/);
      expect(exitCode).toBe(0);
    },
  );
});

describe("the clock of the machine", () => {
  it("may be set to anything at any time: nobody looks at it", async () => {
    // Every process of the system thinks it is tomorrow, then yesterday, twenty times a second.
    const steps = `
      const Real = Date;
      let step = 864e5;
      setInterval(() => { step = -step; }, 50).unref();
      globalThis.Date = class extends Real {
        constructor(...given) { if (given.length === 0) super(Real.now() + step); else super(...given); }
        static now() { return Real.now() + step; }
      };`;
    process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(steps)}`;
    try {
      const { url, generator } = await system.start();
      expect((await expectAllServed(url, generator)).retried).toBe(0);
      const faults = (await eventsAt(url)).filter(({ kind }) => kind === "fault").map(({ text }) => text);
      // But for the end of the generator, nothing happened.
      expect(faults.filter((text) => !text.startsWith("load generator"))).toEqual([]);
      const { elapsedTime, totals } = await stateAt(url);
      expect(totals.sojournTime / totals.completed).toBeLessThan(elapsedTime);
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });
});

describe("a load generator", () => {
  it("that is killed leaves its jobs to be served, and the books in balance", async () => {
    const { url, generator } = await system.start();
    generator.process.kill("SIGKILL");
    await eventually(async () => (await stateAt(url)).totals.inFlight === 0 || undefined);
    const totals = await booksAt(url);
    expect(totals.completed).toBe(totals.offered);
    expect((await stateAt(url)).phase).not.toBe("finished");
  });

  it("that is stopped sends late, hears of all its jobs when it goes on, and says how late it was", async () => {
    const { url, generator } = await system.start();
    generator.process.kill("SIGSTOP");
    await sleep(500);
    generator.process.kill("SIGCONT");
    await expectAllServed(url, generator);
    const { lag } = (await stateAt(url)).schedule;
    // Jobs due over half a second, 2.4 in each 0.02 s, were sent up to half a second late: 60 of them, 12.5 time units each.
    expect(lag).toBeGreaterThan(60 * 12.5 * 0.5);
  });

  it("ends with one line when there is no room left for its records", async () => {
    const { url } = await system.startDispatcher();
    system.startNode(url, 0);
    system.startNode(url, 2);
    const { exitCode, stderr } = await system.startGenerator(url, "--records", "/dev/full").ended;
    expect(stderr).toMatch(/load-generator: --records \/dev\/full: cannot be written \(ENOSPC/);
    expect(stderr).not.toContain("    at ");
    expect(exitCode).toBe(74);
  });
});

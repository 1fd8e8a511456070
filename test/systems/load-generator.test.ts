import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { type Ended, start } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";

const live = new LiveProcesses();
const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
const UNIT = ["--time-unit", "10ms"];

afterEach(() => live.end());
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this trace. */
function traceOf(text: string): string {
  const name = join(folder, `${text.length}-${text.replace(/\W/g, "-")}.csv`);
  writeFileSync(name, text);
  return name;
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** Something that answers HTTP. Returns its URL. */
async function listening(handler: (request: IncomingMessage, answer: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs`;
}

/** Runs the load generator to its end. */
function generate(...flags: string[]): Promise<Ended> {
  return start("load-generator/main.js", [...UNIT, ...flags]).ended;
}

describe("the load generator before a dispatcher", () => {
  let dispatcher: string[];
  beforeEach(async () => {
    const settings = [
      "servers=8",
      "rateControl=fixed",
      "initialRates=constant:1",
      "arrivalRate=0.5",
      "buffer=infinite",
    ];
    const url = await live.dispatcher("--set", ...settings, ...UNIT);
    live.serverNode(
      url,
      "--servers",
      "8",
      "--rate-control",
      "fixed",
      "--initial-rates",
      "constant:1",
      "--buffer",
      "infinite",
      ...UNIT,
    );
    dispatcher = ["--dispatcher", url.replace("http", "ws")];
  });

  it("sends a trace to its end from several threads, each job once, and ends by its thresholds", async (context) => {
    const trace = join(folder, "trace.csv");
    writeFileSync(trace, Array.from({ length: 500 }, (_, i) => `${(0.2 * i).toFixed(1)},0.25\n`).join(""));
    const thresholds = ["--threshold", "sojourn_max<60s", "--threshold", "lost_fraction<0.1%"];
    const run = ["--arrivals", `trace:${trace}`, "--workers", "2", "--output", "json", ...dispatcher];
    const { exitCode, stdout, stderr } = await generate(...run, ...thresholds);
    const summary = JSON.parse(stdout);
    expect(summary.jobs, stderr).toEqual({
      sent: 500,
      unsent: 0,
      completed: 500,
      blocked: 0,
      lost: 0,
      timedOut: 0,
      underWay: 0,
    });
    // A job takes 0.25 time units of 10 ms at the least.
    expect(summary.seconds.sojourn.p50).toBeGreaterThan(0.0025);
    expect(summary.measuredSeconds).toBeCloseTo(0.998, 6);
    expect(summary.thresholds.map(({ holds }: { holds: boolean }) => holds)).toEqual([true, true]);
    if (summary.whyVoid !== null) expect(exitCode, stderr).toBe(3);
    skipIfTooBusy(context, summary);
    expect(exitCode, stderr).toBe(0);
  });

  it("is one of several that join, each with its part of the load", async () => {
    const parts = await Promise.all(
      ["1/2", "2/2"].map((part) =>
        generate(...dispatcher, "--join", "--part", part, "--duration", "300u", "--output", "json"),
      ),
    );
    const results = parts.map(({ stdout }) => JSON.parse(stdout));
    // Four jobs a unit of time in all: six standard deviations.
    for (const { jobs } of results) expect(Math.abs(jobs.sent - 600)).toBeLessThan(150);
    const url = dispatcher[1].replace("ws", "http");
    const { totals } = (await (await fetch(`${url}/api/state`)).json()) as { totals: { offered: number } };
    expect(totals.offered).toBe(results[0].jobs.sent + results[1].jobs.sent);
  });

  it("records every job, in a closed loop never more at a time than there are clients", async () => {
    const records = join(folder, "records.csv");
    await generate(...dispatcher, "--clients", "3", "--think-time", "0", "--jobs", "200", "--records", records);
    const [header, ...lines] = readFileSync(records, "utf8").trim().split("\n");
    expect(header).toBe("job,intended,sent,ended,work,outcome");
    const jobs = lines.map((line) => line.split(","));
    expect(new Set(jobs.map(([job]) => job)).size).toBe(200);
    for (const [, , sent] of jobs) {
      const underWay = jobs.filter(
        ([, , other, ended]) => Number(other) <= Number(sent) && Number(sent) < Number(ended),
      );
      expect(underWay.length).toBeLessThanOrEqual(3);
    }
    expect(
      jobs.every(([, intended, sent, ended, work]) => Number(work) > 0 && intended <= sent && +sent + 0 <= +ended),
    ).toBe(true);
  });

  it("is void where jobs could not be sent, and fails where a threshold does", async (context) => {
    const capped = await generate(
      ...dispatcher,
      "--arrival-rate",
      "30",
      "--jobs",
      "300",
      "--max-in-flight",
      "1",
      "--output",
      "json",
    );
    expect(capped.exitCode, capped.stderr).toBe(3);
    const { jobs, whyVoid: why } = JSON.parse(capped.stdout);
    expect(jobs.unsent).toBeGreaterThan(0);
    expect(jobs.sent + jobs.unsent).toBe(300);
    expect(why).toContain("jobs were not sent when they were due");
    const failing = ["--arrival-rate", "1", "--jobs", "100000", "--threshold", "sojourn_mean<1us", "--abort-on-fail"];
    const aborted = await generate(...dispatcher, ...failing);
    expect(aborted.stderr).toContain("aborted: threshold sojourn_mean<1us failed");
    const whyVoid = /^void: (.*)$/m.exec(aborted.stdout)?.[1] ?? null;
    expect(aborted.exitCode, aborted.stdout).toBe(whyVoid === null ? 1 : 3);
    skipIfTooBusy(context, { whyVoid });
  });
});

describe("the load generator without a target", () => {
  it("tests its own draws", async () => {
    const { exitCode, stdout } = await generate(
      "--self-test",
      "--arrivals",
      "gamma:2",
      "--schedule",
      "ramp:1,5,100",
      "--sizes",
      "weibull:2",
    );
    expect(stdout).toMatch(/squared variation .* 2\.0000 +agrees/);
    expect(stdout).not.toContain("differs");
    expect(exitCode).toBe(0);
  });

  it.each([
    [["--threshold", "sojourn<1s"], "threshold"],
    [["--sizes", "zipf"], "unknown job sizes"],
    [["--arrivals", "trace:/nowhere.csv"], "cannot read /nowhere.csv"],
    [["--self-test", "--arrivals", "trace:/nowhere.csv"], "cannot read /nowhere.csv"],
    [["--arrivals", `trace:${traceOf("0,1\n")}`, "--arrival-rate", "3"], "--arrival-rate has no effect with a trace"],
    [["--arrivals", `trace:${traceOf("0,1\n")}`, "--sizes=constant"], "--sizes has no effect with a trace"],
    [["--clients", "2", "--arrivals", "constant"], "--arrivals has no effect with --clients"],
    [["--abort-on-fail"], "--abort-on-fail has no effect with no --threshold"],
    [["--via", "ws://x"], "is not an http:// URL"],
    [["--jobs", "0"], "--jobs"],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await generate(...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBe(1);
  });

  it("opens the trace that it tests, and names the sizes that it would send", async () => {
    const { exitCode, stdout } = await generate("--self-test", "--arrivals", `trace:${traceOf("5,2\n7,1\n")}`);
    expect(stdout).toMatch(/gaps between arrivals: of trace:.*, 2 jobs from 5 to 7/);
    expect(stdout).toMatch(/job sizes: of trace:.*, no law to test/);
    expect(exitCode).toBe(0);
  });

  it.each([
    ["403 for every job", (_: IncomingMessage, answer: ServerResponse) => void answer.writeHead(403).end("no\n")],
    ["a page for every job", (_: IncomingMessage, answer: ServerResponse) => void answer.end("<html></html>")],
    ["JSON of its own for every job", (_: IncomingMessage, answer: ServerResponse) => void answer.end("{}")],
  ])("is void where a balancer has %s", async (_what, handler) => {
    const via = await listening(handler);
    const flags = ["--via", via, "--arrivals", "constant", "--arrival-rate", "5", "--duration", "20u"];
    const { exitCode, stdout } = await generate(...flags, "--output", "json");
    const { jobs, whyVoid } = JSON.parse(stdout);
    // A constant rate for a time: exactly rate times duration.
    expect(jobs).toMatchObject({ sent: 100, completed: 0, lost: 100 });
    expect(whyVoid).toContain("none of the 100 jobs sent was completed");
    expect(exitCode).toBe(3);
  });

  it("stops early where every job is lost and a threshold says so", async () => {
    const via = await listening((_, answer) => void answer.writeHead(403).end());
    const flags = ["--via", via, "--arrival-rate", "5", "--duration", "60s", "--threshold", "lost_fraction<1%"];
    const { stderr } = await generate(...flags, "--abort-on-fail");
    expect(stderr).toContain("aborted: threshold lost_fraction<1% failed");
  });

  it("does not wait for ever for a balancer that is not there", async () => {
    const { exitCode, stdout, stderr } = await generate("--via", "http://127.0.0.1:1/jobs", "--patience", "1s");
    expect(stderr).toContain("nothing has listened at http://127.0.0.1:1/jobs for 1 s");
    expect(stdout).toContain("void: no job was sent");
    expect(exitCode).toBe(3);
  });

  it("says so when it is interrupted", async () => {
    const running = start("load-generator/main.js", ["--dispatcher", "ws://127.0.0.1:1", "--output", "json"]);
    await running.says("no dispatcher");
    running.process.kill("SIGINT");
    const { exitCode, stdout } = await running.ended;
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout).whyVoid).toContain("no job was sent");
  });
});

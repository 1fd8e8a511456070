import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ComparisonResult, comparisonSchema } from "../../cli/compare-result.js";
import { equipoise } from "../support/equipoise.js";
import { loggedJobs, logLines } from "../support/logged-fleet.js";

const folder = mkdtempSync(join(tmpdir(), "compare-recorded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobs = loggedJobs({
  ...{ speeds: [2, 2, 1, 1], load: 0.6, sizes: "exponential", meanSeconds: 0.05, jobs: 2000, seed: "3" },
});
writeFileSync(join(folder, "access.log"), logLines("nginx", jobs).join("\n"));
const trace = jobs.map(({ arrival, size, server }) => `${arrival},${size * [2, 2, 1, 1][server]}`);
writeFileSync(join(folder, "trace.csv"), `time,size\n${trace.join("\n")}\n`);
writeFileSync(
  join(folder, "fleet.yaml"),
  ["timeUnit: 25ms", "servers: 9", "load: 0.5", "sizes: constant", "slo: 500ms", "policy: random"].join("\n"),
);

const COMPARE = ["compare", "--metric", "mean", "--within", "50%", "--no-changes", "--json", "result.json"];
const LOG = ["--log", "access.log", "--format", "nginx"];

async function compared(...flags: string[]): Promise<{ result: ComparisonResult; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await equipoise([...COMPARE, ...flags], folder);
  expect(exitCode, stderr).toBe(0);
  const text = readFileSync(join(folder, "result.json"), "utf8");
  return { result: comparisonSchema.parse(JSON.parse(text)) as ComparisonResult, stdout, stderr };
}

describe("compare --log", () => {
  it("learns the fleet, says first what the log does not bear, and compares on it", async () => {
    const { result, stdout, stderr } = await compared(
      ...LOG,
      "--policies",
      "sed",
      "--current",
      "sed",
      "--html",
      "page.html",
    );
    expect(stderr).toMatch(/^warning: short: 2000 jobs/m);
    expect(stdout.indexOf("service times are identified")).toBeGreaterThan(0);
    expect(stdout.indexOf("service times are identified")).toBeLessThan(stdout.indexOf("mean sojourn time"));
    expect(result.settings).toMatchObject({
      sizes: "exponential",
      classes: expect.stringMatching(/^2x1,2x0\.[45]\d*$/),
    });
    expect(Number(result.settings.load)).toBeCloseTo(0.6, 1);
    expect(result.timeUnitSeconds).toBeCloseTo(0.025, 2);
    expect(result.learned?.warnings[0]).toMatch(/^short/);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toMatch(/<h1>[^<]*<\/h1>\s*<p>Of access\.log: short: 2000 jobs/);
    expect(page).toContain("What was learned from access.log");
  });

  it("takes from the fleet file what no log tells", async () => {
    const { result } = await compared(...LOG, "--fleet", "fleet.yaml", "--policies", "sed");
    expect(result.current).toBe("random");
    expect(result.settings.servers).toBeUndefined();
    expect(result.settings.sizes).toBe("exponential");
    // 500 ms in units of what was learned, not of what the file says.
    expect(Number(result.settings.slo)).toBeCloseTo(0.5 / (result.timeUnitSeconds ?? 0), 3);
  });

  it("needs the servers said where service times are not identified", async () => {
    const lines = logLines("nginx", jobs).map((line) => line.replace(/ [\d.]+ [\d.:]+ [\d.]+ [\d.]+$/, ""));
    writeFileSync(join(folder, "poor.log"), lines.join("\n"));
    const poor = [...COMPARE, "--policies", "jsq", "--log", "poor.log"];
    const alone = await equipoise([...poor, "--format", "nginx"], folder);
    expect(alone.stderr).toMatch(/--log poor\.log: tells no fleet, for its service times are not identified/);
    expect(alone.stdout).toContain("service times are not identified: the log does not name the server");
    expect(alone.exitCode).toBe(2);
    writeFileSync(join(folder, "servers.yaml"), "servers: 4\n");
    const withoutLoad = await equipoise([...poor, "--format", "nginx", "--fleet", "servers.yaml"], folder);
    expect(withoutLoad.stderr).toContain("say at which load, with --loads");
    expect(withoutLoad.exitCode).toBe(2);
    const { result } = await compared(
      ...["--log", "poor.log", "--format", "nginx", "--fleet", "servers.yaml", "--loads", "0.5"],
      ...["--policies", "jsq,random"],
    );
    expect(result.settings.arrivals).toMatch(/^trace:.*trace\.csv$/);
    expect(result.loads[0].best).toEqual(["jsq"]);
  });
});

describe("compare --trace", () => {
  it("takes arrivals, sizes and load from the trace, each replication from another of its jobs on", async () => {
    const { result } = await compared("--trace", "trace.csv", "--fleet", "fleet.yaml", "--policies", "jsq,random");
    expect(result.settings).toMatchObject({ servers: "9", arrivals: expect.stringMatching(/^trace:.*trace\.csv$/) });
    expect(result.settings.sizes).toBeUndefined();
    // The work of 0.6 times 6 speeds, on nine servers.
    const [{ load, cells }] = result.loads;
    expect(load).toBeCloseTo((0.6 * 6) / 9, 1);
    const { value, low, high } = cells[1].metrics.mean ?? { value: 0, low: 0, high: 0 };
    expect((high ?? 0) - (low ?? 0)).toBeGreaterThan(0.001 * value);
  });

  it.each([
    [["--trace", "none.csv"], /none\.csv: cannot be read/],
    [["--trace", "trace.csv", ...LOG], /option '--log <file>' cannot be used with option '--trace <file>'/],
    [["--log", "access.log"], /--format: say how access\.log is written: /],
    [["--from", "10m"], /--from: is for a log; name one with --log FILE/],
  ])("refuses %j in one line", async (flags, message) => {
    const { exitCode, stderr } = await equipoise([...COMPARE, "--policies", "jsq", ...flags], folder);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

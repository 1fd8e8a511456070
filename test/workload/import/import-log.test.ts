import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseSeconds } from "../../../live/units.js";
import { checkTrace, Trace } from "../../../model/arrivals/trace.js";
import { UserError } from "../../../model/errors.js";
import { randomStream } from "../../../model/random.js";
import { linesOf } from "../../../model/records.js";
import { Moments } from "../../../model/statistics/moments.js";
import { readFleetFile } from "../../../workload/fleet-file.js";
import { writeFleetFile } from "../../../workload/fleet-text.js";
import { warningsOf } from "../../../workload/import/findings.js";
import { type Imported, importLog } from "../../../workload/import/import-log.js";
import { learnedFleet, learnedTitle } from "../../../workload/import/learned-fleet.js";
import { writeTrace } from "../../../workload/import/trace-file.js";
import type { LogForm } from "../../../workload/logs/log-entry.js";
import { type LoggedFleet, loggedJobs, logLines } from "../../support/logged-fleet.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly form?: LogForm;
  readonly from?: number;
  readonly to?: number;
}

/** Imports a log of this content, and lets go of it. */
async function imported(
  format: string,
  content: string | Buffer,
  { form = {}, from, to }: Given = {},
): Promise<Imported> {
  const file = join(folder, `${format}.log`);
  writeFileSync(file, content);
  const found = await importLog({ file, format, form, from, to, folder, seed: "1", progress: () => undefined });
  found.jobs.remove();
  return found;
}

const TWO_GENERATIONS = [1, 1, 1, 1.6, 1.6];

const fleetOf = (jobs: number, load: number, sizes: string, arrivals = "poisson", seed = "7"): LoggedFleet => ({
  ...{ speeds: TWO_GENERATIONS, load, sizes, arrivals, policy: "jsq", meanSeconds: 0.05, jobs, seed },
});

describe("a log of a simulated fleet", () => {
  it.each([
    ["nginx", 0.6, "exponential", "poisson"],
    ["haproxy", 0.8, "lognormal:1.5", "markov-modulated:5,0.2,100"],
    ["json", 0.8, "gamma:0.5", "gamma:2"],
    ["envoy", 0.75, "hyperexponential:3", "poisson"],
  ] as const)(
    "in format %s at load %s of %s sizes and %s arrivals tells all of it",
    async (format, load, sizes, arrivals) => {
      const jobs = loggedJobs(fleetOf(50_000, load, sizes, arrivals));
      const found = await imported(format, logLines(format, jobs).join("\n"));
      expect(found.identification).toMatchObject({ kind: "identified" });
      const [fast, slow] = found.classes.classes;
      expect([fast, slow].map(({ servers }) => servers.length)).toEqual([2, 3]);
      // The class that served most jobs is of speed 1.
      const unit = slow.speed === 1 ? 1 : 1.6;
      // Against the jobs of this log, so that chance is none of it.
      const works = new Moments();
      for (const { server, size } of jobs) works.add((size * TWO_GENERATIONS[server]) / unit);
      const off = (value: number, truth: number): number => Math.abs(value / truth - 1);
      const { summary } = found;
      expect(
        off(summary.rate().value, (jobs.length - 1) / (jobs[jobs.length - 1].arrival - jobs[0].arrival)),
      ).toBeLessThan(0.01);
      expect(off(summary.meanWork().value, works.mean)).toBeLessThan(0.02);
      expect(off(summary.workVariation().value, works.variance / works.mean ** 2)).toBeLessThan(0.1);
      // What chance does to these is in the log.
      expect(off(found.load, load)).toBeLessThan(0.06);
      expect(off(fast.speed / slow.speed, 1.6)).toBeLessThan(0.06);
      const fleet = learnedFleet(found) ?? {};
      expect(fleet.sizes.split(":")[0]).toBe(sizes.split(":")[0]);
      expect(fleet.arrivals.split(":")[0]).toBe(arrivals.split(":")[0]);
      // The file is read as it was written.
      const { settings, run } = readFleetFile(writeFleetFile(fleet, learnedTitle("log")), "fleet.yaml");
      const { timeUnit, ...written } = fleet;
      expect(settings).toEqual(written);
      expect(run.timeUnit).toBe(parseSeconds(timeUnit));
    },
  );
});

describe("a log", () => {
  const jobs = loggedJobs(fleetOf(20_000, 0.7, "exponential"));

  it("is cut, rescaled and drawn anew as a trace that begins with its first job", async () => {
    const file = join(folder, "log");
    writeFileSync(file, logLines("json", jobs).join("\n"));
    const found = await importLog({
      ...{ file, format: "json", form: {}, from: 10, to: 100, folder, seed: "1" },
      progress: () => undefined,
    });
    const inTime = jobs.filter(({ arrival }) => arrival - jobs[0].arrival >= 10 && arrival - jobs[0].arrival < 100);
    expect(Math.abs(found.jobs.count - inTime.length)).toBeLessThanOrEqual(1);
    const written = (fresh?: number) => {
      const trace = join(folder, "trace.csv");
      const count = writeTrace(trace, found.jobs, {
        ...{ unitSeconds: found.summary.works.mean, stretch: found.load / 0.35, hasSizes: true, title: ["a trace"] },
        fresh: fresh === undefined ? undefined : { jobs: fresh, random: randomStream("1", "blocks") },
      });
      const summary = checkTrace(new Trace(trace, linesOf(readFileSync(trace, "utf8"))));
      expect(summary).toMatchObject({ jobs: count, first: 0, hasSizes: true });
      return summary;
    };
    const trace = written();
    const capacity = TWO_GENERATIONS.reduce((sum, speed) => sum + speed, 0);
    // Jobs of mean work 1 at load 0.35.
    expect(trace.jobs / trace.last / (0.35 * capacity)).toBeCloseTo(1, 1);
    const fresh = written(50_000);
    expect(fresh.jobs).toBe(50_000);
    expect(fresh.jobs / fresh.last / (0.35 * capacity)).toBeCloseTo(1, 1);
    found.jobs.remove();
  });

  it("with stamps of whole seconds tells the rate, and says that it tells no service times", async () => {
    const lines = logLines("nginx", jobs).map((line) => line.replace(/ [\d.]+ [\d.:]+ [\d.]+ [\d.]+$/, ""));
    const found = await imported("nginx", lines.join("\n"));
    expect(found.identification).toMatchObject({
      kind: "not identified",
      why: "the log does not name the server of a job",
    });
    expect(found.intake.contents.tickSeconds).toBe(1);
    expect(warningsOf(found).join("\n")).toMatch(/ticks of 1 s.*spread evenly/);
    expect(warningsOf(found).join("\n")).toContain("does not say how long a request took");
    const span = jobs[jobs.length - 1].arrival - jobs[0].arrival;
    expect(found.summary.rate().value / (jobs.length / span)).toBeCloseTo(1, 1);
    expect(found.arrivals?.chosen?.name).toBe("poisson");
    expect(found.sizes).toBeUndefined();
  });

  it("says first that its system is overloaded, then that its rate changes, then that it is short", async () => {
    const overloaded = loggedJobs(fleetOf(20_000, 1.3, "exponential"));
    expect(warningsOf(await imported("json", logLines("json", overloaded).join("\n")))[0]).toMatch(
      /^overload: the busiest server/,
    );
    const day = jobs.map((job) => {
      const shift = 20 * Math.sin(job.arrival / 40);
      return { ...job, arrival: job.arrival + shift, returned: job.returned + shift };
    });
    const changing = warningsOf(await imported("json", logLines("json", day).join("\n")));
    expect(changing[0]).toMatch(/^the arrival rate changes over the log/);
    expect(warningsOf(await imported("json", logLines("json", jobs.slice(0, 2000)).join("\n")))[0]).toMatch(
      /^short: 2000 jobs/,
    );
  });

  it.each([
    ["nginx", "", "is empty"],
    ["nginx", "what is this\nand this\n", "none of the first 2 lines is a request in format nginx"],
    ["json", '{"arrival": 1}\n', "holds 1 requests"],
    ["json", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]), "cannot read"],
  ])("of format %s that holds %j is refused", async (format, content, message) => {
    await expect(imported(format, content)).rejects.toThrow(UserError);
    await expect(imported(format, content)).rejects.toThrow(message);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processNamed } from "../../../model/arrivals/index.js";
import { readTracedJobs, repeatedArrivals } from "../../../model/arrivals/repeated-trace.js";
import { jobSizeLawNamed } from "../../../model/job-sizes/index.js";
import { randomStream } from "../../../model/random.js";
import { fleet } from "../../../scenarios/fleet/index.js";
import { jobsOf } from "../../../simulator/jobs-of.js";
import { simulate } from "../../../simulator/simulation.js";

const TEXT = "burst.csv\ntime,size\n1000,2\n1000.5,1\n1004,3\n";

/** The first arrival times from a start on. */
function timesOf(text: string, rate: number, count: number, start = 0, first = 0): number[] {
  const arrivals = repeatedArrivals("trace", readTracedJobs(text), rate, first);
  let time = start;
  return Array.from({ length: count }, () => {
    time = arrivals.next(time);
    return time;
  });
}

describe("a repeated trace", () => {
  it("starts at its first job, keeps its gaps, and begins anew after a gap like the mean of the others", () => {
    // Three jobs in 4 units of time: a rate of 1/2, and a period of 6.
    expect(timesOf(TEXT, 0.5, 7, 10)).toEqual([10, 10.5, 14, 16, 16.5, 20, 22]);
  });

  it("begins with any of its jobs, and goes on as it would have", () => {
    expect(timesOf(TEXT, 0.5, 5, 10, 2)).toEqual([10, 12, 12.5, 16, 18]);
    const works = jobSizeLawNamed(`trace:${TEXT}`).sequence(randomStream("1", "works"), 2);
    expect(Array.from({ length: 4 }, () => works.next())).toEqual([1.5, 1, 0.5, 1.5]);
  });

  it("gives every replication other jobs, and every policy the same ones", () => {
    const settings = { servers: "2", arrivals: `trace:${TEXT}`, load: "0.5" };
    const { system } = fleet.configure(settings, "1");
    const worksOf = (seed: string): number[] => {
      const jobs = jobsOf(system, seed);
      return Array.from({ length: 3 }, () => jobs.take());
    };
    const starts = new Set(Array.from({ length: 20 }, (_, i) => worksOf(`seed ${i}`).join()));
    expect(starts).toEqual(new Set(["1,0.5,1.5", "0.5,1.5,1", "1.5,1,0.5"]));
    expect(worksOf("seed 1")).toEqual(worksOf("seed 1"));
  });

  it("is faster or slower as a whole at another rate", () => {
    const own = timesOf(TEXT, 0.5, 9);
    expect(timesOf(TEXT, 2, 9)).toEqual(own.map((time) => time / 4));
  });

  it("has the rate asked for over whole periods, whatever its gaps", () => {
    const gaps = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.double({ min: 0.01, max: 100, noNaN: true }), (given, rate) => {
        fc.pre(given.some((gap) => gap > 1e-6));
        let time = 5;
        const lines = [5, ...given.map((gap) => (time += gap))];
        const jobs = lines.length;
        const times = timesOf(`t.csv\n${lines.join("\n")}\n`, rate, 2 * jobs + 1);
        expect(times[2 * jobs] / ((2 * jobs) / rate)).toBeCloseTo(1, 9);
        for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1] - 1e-9 * times[i]);
      }),
    );
  });

  it("has its sizes in their order, of mean 1", () => {
    const law = jobSizeLawNamed(`trace:${TEXT}`);
    const sizes = law.sequence(randomStream("1", "works"));
    expect(Array.from({ length: 5 }, () => sizes.next())).toEqual([1, 0.5, 1.5, 1, 0.5]);
    expect(law).toMatchObject({ name: "trace:burst.csv", mean: 1, isInOrder: true });
    expect(law.squaredVariation).toBeCloseTo(1 / 6, 12);
  });

  it.each([
    ["t.csv\n1\n1\n", "trace t.csv: its jobs need to arrive at two times or more"],
    ["t.csv\n", "trace t.csv: its jobs need to arrive"],
    ["t.csv\n2\n1\n", 'line 2: "1" goes back in time'],
    ["t.csv\n1\nNaN\n", "line 2"],
  ])("refuses %j", (text, message) => {
    expect(() => processNamed(`trace:${text}`)).toThrow(message);
  });

  it("refuses to give sizes that it does not have", () => {
    expect(() => jobSizeLawNamed("trace:t.csv\n1\n2\n")).toThrow("trace t.csv has no sizes");
  });
});

describe("a fleet under a trace", () => {
  const configure = (settings: Record<string, string>) =>
    fleet.configure({ policy: "random", servers: "1", ...settings }, "1");

  it("has the load of the trace, with its mean size as the unit of time", () => {
    // Mean size 2, rate 1/2 in the unit of the trace: one job a unit of time.
    const { system, parameters } = configure({ arrivals: `trace:${TEXT}`, buffer: "4" });
    expect(system.totalArrivalRate).toBeCloseTo(1, 12);
    expect(parameters).toMatchObject({ arrivals: "trace:burst.csv", sizes: "trace:burst.csv" });
  });

  it("is rescaled to a load or rate that is set, and has other sizes if these are", () => {
    expect(configure({ arrivals: `trace:${TEXT}`, load: "0.25" }).system.totalArrivalRate).toBe(0.25);
    expect(configure({ arrivals: `trace:${TEXT}`, arrivalRate: "0.3" }).system.totalArrivalRate).toBe(0.3);
    expect(configure({ arrivals: `trace:${TEXT}`, load: "0.5", sizes: "constant" }).parameters.sizes).toBe("constant");
    expect(() => configure({ arrivals: `trace:${TEXT}`, load: "sine:0.5,0.1,9" })).toThrow("a trace varies as it does");
  });

  it("serves the jobs of the trace: one server, first in first out, as Lindley's recursion says", () => {
    const settings = { arrivals: `trace:${TEXT}`, load: "0.75", policy: "random", servers: "1" };
    const { quantities } = simulate({
      scenario: "fleet",
      settings,
      seed: "1",
      familyConfidence: 0.99,
      measuringTime: 4000,
    });
    const waits: number[] = [];
    let free = 0;
    for (const [i, arrival] of timesOf(TEXT, 0.75, 3000).entries()) {
      const start = Math.max(free, arrival);
      waits.push(start - arrival);
      free = start + [1, 0.5, 1.5][i % 3];
    }
    const mean = waits.slice(300).reduce((sum, wait) => sum + wait, 0) / (waits.length - 300);
    const found = quantities.find(({ name }) => name === "mean_waiting_time");
    expect(found?.measured).toBeCloseTo(mean, 3);
    expect(found?.predictions.every(({ status }) => status === "outside assumptions")).toBe(true);
  });
});

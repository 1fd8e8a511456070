import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { fileLines } from "../../load-generator/file-lines.js";
import { parsePart, WHOLE } from "../../load-generator/part.js";
import { type Plan, workloadOf } from "../../load-generator/plan.js";
import { jobSequence } from "../../load-generator/workload.js";
import { arrivalsNamed, rateScheduleNamed } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";

const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const PLAN: Plan = {
  dispatchers: ["ws://127.0.0.1:1"],
  via: undefined,
  tokenFile: undefined,
  name: "g",
  part: WHOLE,
  seed: "1",
  arrivals: "poisson",
  arrivalRate: 2,
  schedule: undefined,
  traceOrigin: undefined,
  repeatTrace: false,
  clients: undefined,
  thinkTime: 1,
  sizes: "exponential",
  backlog: 0,
  taskTypes: 1,
  keys: 1,
  timeUnitSeconds: 0.05,
  warmUpTime: 0,
  measuringTime: Number.POSITIVE_INFINITY,
  jobs: Number.POSITIVE_INFINITY,
  maxInFlight: 100,
  patienceSeconds: 1,
};
const ALONE = { worker: 0, workers: 1 };

function times(plan: Plan, count: number): number[] {
  const sequence = jobSequence(workloadOf(plan, ALONE), 0);
  return Array.from({ length: count }, () => {
    const time = sequence.nextArrivalTime;
    sequence.take();
    return time;
  });
}

describe("a workload", () => {
  it("has the same arrivals whatever the sizes, and is scheduled in the same order", () => {
    expect(times({ ...PLAN, sizes: "lognormal:4" }, 20)).toEqual(times(PLAN, 20));
    // A schedule of constant rate 2 is the process of rate 2.
    for (const [i, time] of times({ ...PLAN, schedule: "steps:2" }, 20).entries()) {
      expect(time).toBeCloseTo(times(PLAN, 20)[i], 12);
    }
  });

  it("of slots has a batch in each unit of time, and jobs that are of the type of their slot", () => {
    const slots = jobSequence(workloadOf({ ...PLAN, arrivals: "slots:binomial:8", arrivalRate: 3 }, ALONE), 10);
    const jobs = Array.from({ length: 60_000 }, () => {
      const time = slots.nextArrivalTime;
      slots.take();
      return { time, slot: slots.taskType };
    });
    expect(jobs.every(({ time, slot }) => time === 10 + slot)).toBe(true);
    const sizes = new Array<number>(jobs[jobs.length - 1].slot).fill(0);
    for (const { slot } of jobs) if (slot < sizes.length) sizes[slot]++;
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
    // Binomial(8, 3/8): mean 3 and variance 15/8; six standard errors.
    expect(Math.abs(mean - 3)).toBeLessThan(6 * Math.sqrt(1.875 / sizes.length));
    expect(Math.abs(variance - 1.875)).toBeLessThan(6 * 1.875 * Math.sqrt(2 / sizes.length));
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(0);
  });

  it("of a trace has its times, sizes and types, and ends with it", () => {
    const name = file("trace.csv", "time,size,type\n0.5,2,0\r\n1,3,4\n");
    const sequence = jobSequence(workloadOf({ ...PLAN, arrivals: `trace:${name}` }, ALONE), 10);
    const jobs = [1, 2].map(() => [sequence.nextArrivalTime, sequence.take(), sequence.taskType]);
    expect(jobs).toEqual([
      [10, 2, 0],
      [10.5, 3, 4],
    ]);
    expect(sequence.exhausted).toBe(true);
  });

  it("of a trace starts at its first job, or where it is told to", () => {
    const arrivals = `trace:${file("late.csv", "1700000000.5\n1700000002\n")}`;
    expect(times({ ...PLAN, arrivals }, 2)).toEqual([0, 1.5]);
    expect(times({ ...PLAN, arrivals, traceOrigin: 1700000000 }, 2)).toEqual([0.5, 2]);
    const late = { ...PLAN, arrivals, traceOrigin: 1700000001 };
    expect(() => workloadOf(late, ALONE)).toThrow("its first job is at 1700000000.5, before --trace-origin 1700000001");
  });

  it("of a trace is refused if jobs are due after the end, with the span", () => {
    const plan = { ...PLAN, arrivals: `trace:${file("long.csv", "5\n6\n30\n")}`, warmUpTime: 4, measuringTime: 20 };
    const message = "its jobs span 25 time units, the last due 25 after the start, but the run ends after 24";
    expect(() => workloadOf(plan, ALONE)).toThrow(message);
    for (const fits of [{ warmUpTime: 6 }, { jobs: 2 }]) expect(times({ ...plan, ...fits }, 1)).toEqual([0]);
  });

  it("does not start on a trace that is broken anywhere", () => {
    const name = file("broken.csv", `${"1\n".repeat(100_000)}0.5\n`);
    expect(() => workloadOf({ ...PLAN, arrivals: `trace:${name}` }, ALONE)).toThrow("line 100001");
    expect(() => workloadOf({ ...PLAN, arrivals: "trace:/nowhere.csv" }, ALONE)).toThrow(UserError);
  });

  it("of a closed loop divides its clients among the workers", () => {
    const clients = [0, 1, 2].map((worker) => {
      const { arrivals } = workloadOf({ ...PLAN, clients: 8 }, { worker, workers: 3 });
      return arrivals.loop === "closed" ? arrivals.clients : 0;
    });
    expect(clients).toEqual([2, 3, 3]);
    expect(() => workloadOf({ ...PLAN, clients: 2 }, { worker: 0, workers: 3 })).toThrow("each of 3 workers needs one");
  });

  it.each(["poisson", "constant", "gamma:0.5", "gamma:4", "batch:3", "markov-modulated:5,0.2,10"])(
    "has the rate asked for with %s arrivals",
    (arrivals) => {
      const count = 30_000;
      const time = times({ ...PLAN, arrivals }, count).at(-1) ?? Number.NaN;
      // Six standard errors of a mean gap whose variance over many gaps is at most that of bursts: an index of dispersion of 10.
      expect(Math.abs(time / count - 0.5)).toBeLessThan(6 * 0.5 * Math.sqrt(10 / count));
    },
  );

  it("of a closed loop sends no more than its clients until one is served", () => {
    const loop = jobSequence(workloadOf({ ...PLAN, clients: 2 }, ALONE), 3);
    for (let client = 0; client < 2; client++) {
      expect(loop.nextArrivalTime).toBeGreaterThan(3);
      loop.take();
    }
    expect(loop.nextArrivalTime).toBe(Number.POSITIVE_INFINITY);
  });

  it("draws its sizes from a file", () => {
    // In any unit: scaled to a mean of 1.
    const { sizes } = workloadOf({ ...PLAN, sizes: `empirical:${file("sizes.csv", "1\n3\n")}` }, ALONE);
    const works = sizes.sequence(randomStream("1", "works"));
    expect(new Set(Array.from({ length: 100 }, () => works.next()))).toEqual(new Set([0.5, 1.5]));
    const bad = { ...PLAN, sizes: `empirical:${file("bad.csv", "1\n\nx\n")}` };
    expect(() => workloadOf(bad, ALONE)).toThrow('line 3: "x" needs a size that is a number >= 0');
  });

  it.each([1, 10, 0.3, 7])("of a constant rate %d sends exactly rate times duration", (arrivalRate) => {
    for (const start of [0, 1e6 / 3]) {
      const sequence = jobSequence(workloadOf({ ...PLAN, arrivals: "constant", arrivalRate }, ALONE), start);
      for (let duration = 10; duration <= 2000; duration += 10) {
        while (sequence.nextArrivalTime < start + duration) sequence.take();
        expect(sequence.count).toBe(Math.round(arrivalRate * duration));
      }
    }
  });

  it.each([
    ["gamma", "write gamma:SQUARED_VARIATION with SQUARED_VARIATION > 0"],
    ["batch:1.5", "SIZE a whole number >= 1"],
    ["markov-modulated:5,1,10", "share = 1: must be a number > 0 and < 1"],
    ["weird", 'unknown arrivals "weird": use one of poisson | constant'],
  ])("is refused with arrivals written %s", (text, message) => {
    expect(() => arrivalsNamed(text)).toThrow(UserError);
    expect(() => arrivalsNamed(text)).toThrow(message);
  });

  it.each(["steps:", "steps:1,2", "steps:1,2@5,3@4", "steps:0", "steps:1@2", "sine:1,2,3", "ramp:1,0,5", "step:1"])(
    "is refused with a schedule written %s",
    (text) => {
      expect(() => rateScheduleNamed(text)).toThrow(UserError);
    },
  );

  it.each(["steps:2", "steps:2,0@3,5@4.5", "ramp:0,2,10", "sine:3,2,10"])("has the schedule %s", (text) => {
    expect(rateScheduleNamed(text).name).toBe(text);
  });
});

describe("parts of a load", () => {
  const part = (number: number, of: number): Partial<Plan> => ({ part: { number, of } });

  it("are Poisson arrivals of their own that add up to the whole: counts vary as much as their mean", () => {
    const [of, units] = [3, 4000];
    for (const schedule of [undefined, "sine:2,1,10"]) {
      const counts = new Float64Array(units);
      const workloads = Array.from({ length: of }, (_, i) =>
        workloadOf({ ...PLAN, schedule, ...part(i + 1, of) }, ALONE),
      );
      expect(new Set(workloads.map(({ seed }) => seed)).size).toBe(of);
      for (const [i, workload] of workloads.entries()) {
        // None begins when another does.
        const sequence = jobSequence(workload, 10 * i);
        for (let time = sequence.nextArrivalTime; time < units; time = sequence.nextArrivalTime) {
          if (time >= 50) counts[Math.floor(time)]++;
          sequence.take();
        }
      }
      const tens = Array.from({ length: (units - 50) / 10 }, (_, i) =>
        counts.subarray(50 + 10 * i, 60 + 10 * i).reduce((sum, count) => sum + count),
      );
      const mean = tens.reduce((sum, count) => sum + count) / tens.length;
      const variance = tens.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (tens.length - 1);
      expect(mean / 20).toBeCloseTo(1, 1);
      // The ratio of the variance of 395 counts to their mean has a standard error of 0.07.
      expect(Math.abs(variance / mean - 1)).toBeLessThan(0.3);
    }
  });

  it("share out the jobs of a backlog, and clients", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 9, max: 200 }), (of, count) => {
        const all = Array.from({ length: of }, (_, i) => ({ ...PLAN, ...part(i + 1, of) }));
        const backlogs = all.map((plan) => workloadOf({ ...plan, backlog: count }, ALONE).backlog);
        const clients = all.map((plan) => {
          const { arrivals } = workloadOf({ ...plan, clients: count }, ALONE);
          return arrivals.loop === "closed" ? arrivals.clients : Number.NaN;
        });
        for (const shares of [backlogs, clients]) {
          expect(shares.reduce((sum, share) => sum + share)).toBe(count);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("are refused where they would have to begin at one moment, but not the whole", () => {
    const trace = file("parts.csv", "0,1\n1,2\n");
    for (const refused of [{ arrivals: "constant" }, { arrivals: "slots:rounded" }, { sizes: `trace:${trace}` }]) {
      expect(() => workloadOf({ ...PLAN, ...refused, ...part(1, 2) }, ALONE)).toThrow(/^--part: .* omit --part$/);
      expect(() => workloadOf({ ...PLAN, ...refused }, ALONE)).not.toThrow();
    }
  });

  it("are written K/N", () => {
    expect(parsePart("2/3")).toEqual({ number: 2, of: 3 });
    for (const text of ["0/3", "4/3", "1", "1/0", "-1/2", "1.5/2", "a/b", ""])
      expect(() => parsePart(text)).toThrow(UserError);
  });
});

describe("the lines of a file", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\n\nb\r\n", ["a", "", "b\r"]],
    [`${"x".repeat(65_535)}\u00fc\ny`, [`${"x".repeat(65_535)}\u00fc`, "y"]],
    [`${"x".repeat(70_000)}\ny`, ["x".repeat(70_000), "y"]],
  ])("%# are its lines", (text, expected) => {
    const lines = fileLines(file("lines.txt", text));
    const read: string[] = [];
    for (let line = lines.next(); line !== undefined; line = lines.next()) read.push(line);
    expect(read).toEqual(expected);
    expect(lines.next()).toBeUndefined();
  });
});

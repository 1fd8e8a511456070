import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClosedLoop } from "../../load-generator/closed-loop.js";
import { checkDraws } from "../../load-generator/self-test.js";
import type { ArrivalProcess } from "../../model/arrivals/arrival-process.js";
import { batchArrivals } from "../../model/arrivals/batch.js";
import { constantArrivals } from "../../model/arrivals/constant.js";
import { gammaArrivals } from "../../model/arrivals/gamma.js";
import { markovModulatedArrivals } from "../../model/arrivals/markov-modulated.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { rampSchedule, sineSchedule, stepSchedule } from "../../model/arrivals/rate-schedule.js";
import { scheduledArrivals } from "../../model/arrivals/scheduled.js";
import { constantJobSizes } from "../../model/job-sizes/constant.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

const GAPS = 200_000;
/** Probability that a check of a true law fails: there are a handful, each time with the same seed. */
const CONFIDENCE = 1 - 1e-4;

function gapsOf(process: ArrivalProcess, start: number, count: number): Float64Array {
  const gaps = new Float64Array(count);
  let previous = start;
  for (let i = 0; i < count; i++) {
    const time = process.next(previous);
    gaps[i] = time - previous;
    previous = time;
  }
  return gaps;
}

const processes: Record<string, (random: RandomStream) => ArrivalProcess> = {
  poisson: (random) => poissonArrivals(3, random),
  constant: () => constantArrivals(3),
  "gamma, regular": (random) => gammaArrivals(0.25, 3, random),
  "gamma, bursty": (random) => gammaArrivals(4, 3, random),
  batch: (random) => batchArrivals(5, 3, random),
  "Markov-modulated": (random) => markovModulatedArrivals({ intensity: 10, share: 0.1, cycle: 40 }, 3, random),
  "Markov-modulated without bursts": (random) =>
    markovModulatedArrivals({ intensity: 1, share: 0.5, cycle: 40 }, 3, random),
};

describe("arrival processes", () => {
  it.each(Object.entries(processes))("that are %s have the gaps that they claim", (_name, make) => {
    const process = make(randomStream("1", "arrivals"));
    expect(process.gaps?.mean).toBeCloseTo(1 / 3, 12);
    if (process.gaps === undefined) throw new Error("no law is claimed");
    const checks = checkDraws(gapsOf(process, 100, GAPS), process.gaps, CONFIDENCE);
    expect(
      checks.filter(({ verdict }) => verdict === "differs"),
      "seed 1",
    ).toEqual([]);
    expect(checks.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThan(6);
  });

  it("that are gamma have gamma gaps, independent of each other", () => {
    const process = gammaArrivals(0.5, 2, randomStream("1", "arrivals"));
    const gaps = [...gapsOf(process, 0, 20_000)];
    // Of shape 2: the sum of two exponential times, with mean 1/4 each.
    expect(kolmogorovSmirnov(gaps, (x) => 1 - (1 + 4 * x) * Math.exp(-4 * x), 1e-5)).toBeLessThan(1);
    const products = gaps.slice(1).map((gap, i) => (gap - 0.5) * (gaps[i] - 0.5));
    // Five standard errors; the variance of a gap is 1/8.
    expect(Math.abs(products.reduce((sum, x) => sum + x, 0))).toBeLessThan((5 * Math.sqrt(products.length)) / 8);
  });

  it("that come in batches come so many at a time", () => {
    const gaps = gapsOf(batchArrivals(3, 1, randomStream("1", "arrivals")), 0, 9);
    expect([...gaps].map((gap) => gap > 0)).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0].map(Boolean));
  });

  it("that are Markov-modulated have the counts of their bursts: index of dispersion by Fischer and Meier-Hellstern (1993)", () => {
    const [intensity, share, cycle, rate] = [10, 0.1, 40, 3];
    const process = markovModulatedArrivals({ intensity, share, cycle }, rate, randomStream("1", "arrivals"));
    const calm = rate / (1 - share + share * intensity);
    const [r0, r1] = [calm, intensity * calm];
    const [e0, e1] = [rate / ((1 - share) * cycle), rate / (share * cycle)];
    const dispersion = 1 + (2 * e0 * e1 * (r0 - r1) ** 2) / ((e0 + e1) ** 2 * (r0 * e1 + r1 * e0));
    // Windows of 100 cycles: the correction for their ends is below a hundredth of the excess over 1.
    const window = (100 * cycle) / rate;
    const counts: number[] = [];
    for (let time = process.next(0), end = window; counts.length < 1000; end += window) {
      let count = 0;
      for (; time < end; time = process.next(time)) count++;
      counts.push(count);
    }
    const mean = counts.reduce((sum, x) => sum + x, 0) / counts.length;
    const variance = counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (counts.length - 1);
    // Five standard errors of the variance of 1000 nearly normal counts, and the correction.
    expect(Math.abs(variance / mean / dispersion - 1)).toBeLessThan(5 * Math.sqrt(2 / 1000) + 0.01);
  });

  it("that are Markov-modulated without bursts are Poisson, however long the phases are", () => {
    for (const cycle of [1e-3, 40, 1e10, 1e20]) {
      const { gaps } = markovModulatedArrivals({ intensity: 1, share: 0.5, cycle }, 3, randomStream("1", "arrivals"));
      expect(gaps?.squaredVariation).toBeCloseTo(1, 9);
      for (const x of [0.01, 0.3, 2]) expect(gaps?.distribution(x)).toBeCloseTo(1 - Math.exp(-3 * x), 9);
    }
  });

  it("at constant distances do not drift by rounding", () => {
    const process = constantArrivals(10);
    let time = 1000;
    for (let i = 0; i < 1_000_000; i++) time = process.next(time);
    expect(time).toBe(1000 + 999_999.5 * 0.1);
  });
});

const schedules = [
  stepSchedule([
    { rate: 2, from: 0 },
    { rate: 0, from: 10 },
    { rate: 5, from: 30 },
  ]),
  rampSchedule(1, 9, 50),
  rampSchedule(9, 1, 50),
  rampSchedule(0, 4, 20),
  sineSchedule(3, 2, 10),
  sineSchedule(3, 3, 7),
];

describe("schedules of the rate", () => {
  it.each(schedules)("$name invert the jobs expected", (schedule) => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1000, noNaN: true }), (expected) => {
        const time = schedule.timeOf(expected);
        expect(Math.abs(schedule.expectedBy(time) - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }),
    );
  });

  it("integrate the rate", () => {
    const steps = schedules[0];
    expect([0, 5, 10, 20, 30, 31].map(steps.expectedBy)).toEqual([0, 10, 20, 20, 20, 25]);
    expect(rampSchedule(1, 9, 50).expectedBy(60)).toBeCloseTo(50 * 5 + 90, 9);
    expect(sineSchedule(3, 2, 10).expectedBy(5)).toBeCloseTo(15 + (2 * 2 * 10) / (2 * Math.PI), 9);
  });

  it("expect no job at the start itself, and the first of a late start when it comes", () => {
    for (const schedule of schedules) expect([schedule.expectedBy(0), schedule.timeOf(0)]).toEqual([0, 0]);
    const late = stepSchedule([
      { rate: 0, from: 0 },
      { rate: 4, from: 10 },
    ]);
    expect([late.expectedBy(9), late.timeOf(1)]).toEqual([0, 10.25]);
  });

  it("that end at rate 0 send no further job", () => {
    const schedule = stepSchedule([
      { rate: 2, from: 0 },
      { rate: 0, from: 10 },
    ]);
    expect(schedule.timeOf(19)).toBe(9.5);
    expect(schedule.timeOf(21)).toBe(Number.POSITIVE_INFINITY);
  });

  it("make Poisson arrivals of the rate: unit exponential gaps in the jobs expected", () => {
    const schedule = sineSchedule(3, 2.5, 10);
    const process = scheduledArrivals(poissonArrivals(1, randomStream("1", "arrivals")), schedule);
    const gaps: number[] = [];
    for (let i = 0, time = 100, before = 0; i < 20_000; i++) {
      time = process.next(time);
      gaps.push(schedule.expectedBy(time - 100) - before);
      before += gaps[i];
    }
    expect(kolmogorovSmirnov(gaps, (x) => 1 - Math.exp(-x), 1e-5)).toBeLessThan(1);
  });
});

describe("a closed loop", () => {
  it("never has more jobs under way than clients, and sends again only after one has ended", () => {
    const loop = new ClosedLoop(
      3,
      1,
      constantJobSizes.sequence(randomStream("1", "works")),
      randomStream("1", "think"),
      5,
    );
    let now = 5;
    for (let i = 0; i < 3; i++) {
      expect(loop.nextArrivalTime).toBeGreaterThanOrEqual(now);
      now = loop.nextArrivalTime;
      loop.take();
    }
    expect(loop.nextArrivalTime).toBe(Number.POSITIVE_INFINITY);
    loop.ended(now + 10);
    expect(loop.nextArrivalTime).toBeGreaterThan(now + 10);
    expect(loop.nextArrivalTime).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(loop.count).toBe(3);
    // Nobody waits for a job that ended before: it starts no client twice.
    loop.ended(now + 11);
    loop.ended(now + 12);
    const times = [0, 1, 2, 3].map(() => {
      const time = loop.nextArrivalTime;
      if (time < Number.POSITIVE_INFINITY) loop.take();
      return time;
    });
    expect(times.filter((time) => time < Number.POSITIVE_INFINITY).length).toBe(3);
    for (let more = 0; more < 5; more++) loop.ended(now + 20);
    for (let sent = 0; sent < 3; sent++) loop.take();
    expect(loop.nextArrivalTime).toBe(Number.POSITIVE_INFINITY);
  });

  it("of one client whose jobs take a constant time sends every think time and service: mean cycle 1 + 2", () => {
    const loop = new ClosedLoop(
      1,
      2,
      constantJobSizes.sequence(randomStream("1", "works")),
      randomStream("1", "think"),
      0,
    );
    const cycles = 20_000;
    let now = 0;
    const thinkTimes: number[] = [];
    for (let i = 0; i < cycles; i++) {
      thinkTimes.push(loop.nextArrivalTime - now);
      now = loop.nextArrivalTime + loop.take();
      loop.ended(now);
    }
    expect(kolmogorovSmirnov(thinkTimes, (x) => 1 - Math.exp(-x / 2), 1e-5)).toBeLessThan(1);
  });
});

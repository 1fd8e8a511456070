import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { describe, expect, it } from "vitest";
import { exponential, quickRandomStream, type RandomStream } from "../../../model/random.js";
import { sequenceHalfWidth } from "../../../model/statistics/confidence-sequence.js";
import { clopperPearson, rareMeanInterval } from "../../../model/statistics/rare-events.js";
import { gaussian } from "../../support/gaussian.js";

/** Of so many runs with probability p each, the most that happen but once in a thousand studies. */
const most = (runs: number, p: number): number => runs * p + 3.1 * Math.sqrt(runs * p * (1 - p));
const least = (runs: number, p: number): number => runs * p - 3.1 * Math.sqrt(runs * p * (1 - p));

/** How many of `runs` series leave their bounds at any look; the mean of the series is 0. */
function missed(
  runs: number,
  values: (random: RandomStream) => Iterable<number>,
  isOutside: (mean: number, n: number) => boolean,
): number {
  let misses = 0;
  for (let run = 0; run < runs; run++) {
    let [sum, n] = [0, 0];
    for (const value of values(quickRandomStream("sequential", `${run}`))) {
      sum += value;
      if (isOutside(sum / ++n, n)) {
        misses++;
        break;
      }
    }
  }
  return misses;
}

function* series(random: RandomStream, length: number, correlation: number): Generator<number> {
  let value = gaussian(random);
  for (let i = 0; i < length; i++) {
    yield value;
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * gaussian(random);
  }
}

describe("a confidence sequence", () => {
  it("is as wide as known elsewhere: 1.39 times a single look at its best time", () => {
    const single = -normalQuantile(0.005, 0, 1) / Math.sqrt(1000);
    const ratio = sequenceHalfWidth({ bestAt: 1000, missing: 0.01 }, 1000, 1) / single;
    expect(ratio).toBeCloseTo(1.39, 2);
    // Written as in the paper.
    const [t, alpha] = [300, 0.01];
    const r2 = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / 1000;
    const paper = 2 * Math.sqrt(((2 * (t * r2 + 1)) / (t * t * r2)) * Math.log(Math.sqrt(t * r2 + 1) / alpha));
    expect(sequenceHalfWidth({ bestAt: 1000, missing: alpha }, t, 4)).toBeCloseTo(paper, 12);
  });

  it.each([[0], [0.8]])("holds at every time from the start on of a series of correlation %d", (correlation) => {
    const [length, runs, missing] = [5000, 400, 0.05];
    const variance = (1 + correlation) / (1 - correlation);
    const misses = missed(
      runs,
      (random) => series(random, length, correlation),
      (mean, n) => n > 200 && Math.abs(mean) > sequenceHalfWidth({ bestAt: 1000, missing }, n, variance),
    );
    expect(misses).toBeLessThan(most(runs, missing));
    // Another mean is found: the interval is one, and not everything.
    const found = missed(
      50,
      (random) => series(random, length, correlation),
      (mean, n) =>
        Math.abs(mean + 0.15 * Math.sqrt(variance)) > sequenceHalfWidth({ bestAt: 1000, missing }, n, variance),
    );
    expect(found).toBe(50);
  });

  it("is finite at the ends of the range", () => {
    for (const missing of [1e-300, 1e-10, 0.999]) {
      for (const time of [1e-300, 1, 1e300]) {
        const width = sequenceHalfWidth({ bestAt: 1, missing }, time, 1);
        expect(width).toBeGreaterThan(0);
        expect(Number.isFinite(width)).toBe(true);
      }
    }
    expect(() => sequenceHalfWidth({ bestAt: 1, missing: 0 }, 1, 1)).toThrow(/missing/);
  });
});

describe("intervals for what is rare", () => {
  it("are the exact ones of the binomial law", () => {
    for (const [events, trials, low, high] of [
      [0, 10, 0, 0.3085],
      [1, 10, 0.0025, 0.445],
      [5, 10, 0.1871, 0.8129],
      [10, 10, 0.6915, 1],
    ] as const) {
      const found = clopperPearson(events, trials, 0.95);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
    expect(clopperPearson(0, 1e6, 0.95).high * 1e6).toBeCloseTo(Math.log(40), 2);
    expect(clopperPearson(0, 0, 0.95)).toEqual({ low: 0, high: 1 });
    expect(clopperPearson(0.4, 12.5, 0.95).high).toBeGreaterThan(clopperPearson(0, 12.5, 0.95).high);
  });

  it("cover the part of the time of visits of random length, at least as often as they say", () => {
    const [runs, observed] = [4000, 1000];
    for (const mean of [0.2, 1, 3, 20]) {
      const random = quickRandomStream("rare", `${mean}`);
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        let [time, squares, longest] = [0, 0, 3];
        for (let now = exponential(random, 1); now < mean; now += exponential(random, 1)) {
          const visit = exponential(random, 1);
          time += visit;
          squares += visit * visit;
          longest = Math.max(longest, visit);
        }
        const { low, high } = rareMeanInterval({ time, squares, longest }, observed, 0.95);
        if (low <= mean / observed && mean / observed <= high) covered++;
      }
      expect(covered).toBeGreaterThan(least(runs, 0.95));
    }
  });

  it("are those of means too, of what has other values than 1 while it lasts", () => {
    // Visits of values 2, of one unit of time each: twice the part of the time.
    const { low, high } = rareMeanInterval({ time: 6, squares: 12, longest: 2 }, 100, 0.95);
    const time = rareMeanInterval({ time: 3, squares: 3, longest: 1 }, 100, 0.95);
    expect(low).toBeCloseTo(2 * time.low, 9);
    expect(high).toBeCloseTo(2 * time.high, 9);
  });

  it("are Garwood's where all visits are of one length, and the rule of three where there are none", () => {
    const { low, high } = rareMeanInterval({ time: 3, squares: 3, longest: 1 }, 100, 0.95);
    expect(low * 100).toBeCloseTo(0.6187, 4);
    expect(high * 100).toBeCloseTo(8.7673, 4);
    const none = rareMeanInterval({ time: 0, squares: 0, longest: 2 }, 100, 0.9);
    expect(none.low).toBe(0);
    expect(none.high * 100).toBeCloseTo(2 * Math.log(20), 6);
  });
});

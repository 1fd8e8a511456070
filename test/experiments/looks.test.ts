import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LookSchedule, type LooksOptions } from "../../experiments/looks.js";
import { exponential, quickRandomStream } from "../../model/random.js";
import { confidenceInterval, studentQuantile } from "../../model/statistics/interval.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import { gaussian } from "../support/gaussian.js";

const OPTIONS: LooksOptions = {
  ...{ looks: "planned", measuringTime: 6400, relaxationTime: 1, warmUpTime: 0, epochTime: 1, bestAt: 1000 },
};
const scheduleOf = (options: Partial<LooksOptions>): LookSchedule => new LookSchedule({ ...OPTIONS, ...options });

describe("planned looks", () => {
  it("are at times that double, the last at the end, and none before averages have a known error", () => {
    expect(scheduleOf({}).times).toEqual([100, 200, 400, 800, 1600, 3200, 6400]);
    expect(scheduleOf({ relaxationTime: 60 }).times).toEqual([1600, 3200, 6400]);
    expect(scheduleOf({ epochTime: 30 }).times).toEqual([1600, 3200, 6400]);
    expect(scheduleOf({ warmUpTime: 170 }).times).toEqual([1600, 3200, 6400]);
    expect(scheduleOf({ looks: "once" }).times).toEqual([6400]);
    expect(scheduleOf({ looks: "always" }).times).toEqual([]);
    expect(scheduleOf({ looks: "once", measuringTime: Number.POSITIVE_INFINITY }).times).toEqual([]);
  });

  it("spend together the probability of missing of a single look, whatever the times", () => {
    const times = fc.record({
      measuringTime: fc.double({ min: 1, max: 1e9, noNaN: true }),
      relaxationTime: fc.double({ min: 0, max: 1e3, noNaN: true }),
      epochTime: fc.double({ min: 0.1, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(times, fc.double({ min: 0.5, max: 0.9999, noNaN: true }), (options, overall) => {
        const schedule = scheduleOf(options);
        const missing = schedule.times.map((time, look) => 1 - schedule.confidence(overall, time, look));
        expect(missing.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1 - overall, 9);
        for (const one of missing) expect(one).toBeGreaterThan(0);
      }),
    );
  });

  it("miss the mean of exponential values at any look less often than that; another mean is found", () => {
    const schedule = scheduleOf({});
    const confidence = schedule.times.map((time, look) => schedule.confidence(0.95, time, look));
    const [runs, found] = [600, { right: 0, wrong: 0 }];
    for (let run = 0; run < runs; run++) {
      const random = quickRandomStream("looks", `${run}`);
      let [n, sum, squares] = [0, 0, 0];
      const misses = { right: false, wrong: false };
      for (const [look, time] of schedule.times.entries()) {
        for (; n < time; n++) {
          const x = exponential(random, 1);
          sum += x;
          squares += x * x;
        }
        const mean = sum / n;
        const error = Math.sqrt((squares / n - mean ** 2) / n) * studentQuantile((1 + confidence[look]) / 2, n - 1);
        misses.right ||= Math.abs(mean - 1) > error;
        misses.wrong ||= Math.abs(mean - 1.06) > error;
      }
      if (misses.right) found.right++;
      if (misses.wrong) found.wrong++;
    }
    // Of 600 runs with probability 0.05, more than 46 miss but once in a thousand studies.
    expect(found.right).toBeLessThanOrEqual(46);
    expect(found.wrong).toBeGreaterThan(0.95 * runs);
  });
});

describe("looks at any time", () => {
  it("need intervals 1.39 times as wide at the time they are best at, and wider at others", () => {
    const schedule = scheduleOf({ looks: "always" });
    const widthAt = (time: number): number =>
      studentQuantile((1 + schedule.confidence(0.99, time, 0)) / 2, Number.POSITIVE_INFINITY) / 2.5758;
    expect(widthAt(1000)).toBeCloseTo(1.39, 2);
    expect(widthAt(100)).toBeGreaterThan(widthAt(1000));
    expect(widthAt(1e6)).toBeGreaterThan(widthAt(1000));
    expect(schedule.confidence(0.99, 1e-3, 0)).toBeLessThan(1);
  });
});

describe("intervals by batch means", () => {
  it.each([
    ["planned", 0, 400],
    ["planned", 0.8, 400],
    ["always", 0, 80],
    ["always", 0.8, 80],
  ] as const)(
    "hold at all looks together, where these are %s, at a series of correlation %d",
    (looks, correlation, runs) => {
      const relaxationTime = correlation === 0 ? 0 : -1 / Math.log(correlation);
      const schedule = scheduleOf({ looks, relaxationTime, measuringTime: 2000 });
      let missed = 0;
      for (let run = 0; run < runs; run++) {
        const random = quickRandomStream("looks/batches", `${looks}/${correlation}/${run}`);
        const series = new RatioSeries();
        let value = gaussian(random);
        let isMissed = false;
        let look = 0;
        for (let epoch = 1; epoch <= 2000; epoch++) {
          series.add(value, 1);
          value = correlation * value + Math.sqrt(1 - correlation ** 2) * gaussian(random);
          const isDue =
            looks === "always" ? epoch >= schedule.earliest && epoch % 10 === 0 : epoch >= schedule.times[look];
          if (!isDue) continue;
          const { low, high } = confidenceInterval(series.estimate(), schedule.confidence(0.9, epoch, look++));
          isMissed ||= low > 0 || high < 0;
        }
        if (isMissed) missed++;
      }
      // More than that but once in a thousand studies.
      expect(missed).toBeLessThanOrEqual(0.1 * runs + 3.1 * Math.sqrt(0.09 * runs));
    },
  );
});

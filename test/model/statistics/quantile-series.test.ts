import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, randomStream } from "../../../model/random.js";
import { JobTimes } from "../../../model/statistics/job-times.js";
import { QuantileSeries } from "../../../model/statistics/quantile-series.js";
import { BIN_WIDTH, TimeCounts } from "../../../model/statistics/time-counts.js";

function seriesOf(times: readonly number[], perLook: number): QuantileSeries {
  const counts = new TimeCounts();
  const series = new QuantileSeries();
  series.observe(counts);
  for (const [i, time] of times.entries()) {
    counts.add(time);
    if ((i + 1) % perLook === 0) series.observe(counts);
  }
  return series;
}

describe("counts of times", () => {
  it("give back every quantile to the width of a bin, over the whole range of times", () => {
    const times = fc.array(
      fc.double({ min: -5, max: 11, noNaN: true }).map((x) => 10 ** x),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, p) => {
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(p * list.length - 1e-9) - 1];
        const found = seriesOf(list, 1).quantile(p).value;
        expect(Math.abs(found / exact - 1)).toBeLessThan(BIN_WIDTH + 1e-9);
      }),
    );
  });

  it("take no time for another: beyond all bins it is infinite, and no wait is 0", () => {
    expect(seriesOf([1, 1e30], 1).quantile(1).value).toBe(Number.POSITIVE_INFINITY);
    const times = new JobTimes();
    const series = new QuantileSeries();
    series.observe(times.waiting);
    times.add(0.1 + 0.2, 0.3);
    times.add(2, 1);
    series.observe(times.waiting);
    expect(series.quantile(0.5).value).toBe(0);
    expect(series.over(0).value).toBe(0.5);
    expect(series.over(0.5).value).toBe(0.5);
    expect(series.over(3).value).toBe(0);
  });
});

describe("quantiles of a series", () => {
  it("are within their intervals as often as these claim, for jobs that depend on one another", () => {
    // Runs of equal times, 20 on average: a twentieth as many independent times as jobs.
    let covered = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const random = randomStream(`${trial}`, "times");
      let time = 0;
      const times = Array.from({ length: 20_000 }, () => {
        if (random() < 0.05 || time === 0) time = exponential(random, 1);
        return time;
      });
      const { low, high } = seriesOf(times, 50).quantile(0.9).interval(0.95);
      const truth = Math.log(10);
      if (low <= truth && truth <= high) covered++;
    }
    // Six standard errors below 95 %: fails wrongly once in a billion; seeds 0 to 199.
    expect(covered / trials).toBeGreaterThan(0.95 - 6 * Math.sqrt((0.95 * 0.05) / trials));
  });

  it("have no upper limit that the data do not show, and merge batches without losing any", () => {
    const few = seriesOf(
      Array.from({ length: 300 }, (_, i) => 1 + i / 300),
      10,
    );
    expect(few.quantile(0.999).interval(0.95).high).toBe(Number.POSITIVE_INFINITY);
    const long = seriesOf(
      Array.from({ length: 50_000 }, (_, i) => 1 + (i % 100) / 100),
      10,
    );
    expect(long.count).toBe(50_000);
    expect(long.quantile(0.5).value).toBeCloseTo(1.5, 1);
    expect(long.over(1.75).value).toBeCloseTo(0.25, 1);
  });

  it("are unknown before there are any", () => {
    const none = new QuantileSeries().quantile(0.5);
    expect(none.value).toBeNaN();
    expect(none.interval(0.9)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});

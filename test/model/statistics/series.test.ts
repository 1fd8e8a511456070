import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { BetweenServers } from "../../../model/statistics/between-servers.js";
import { EpochSeries } from "../../../model/statistics/epoch-series.js";
import { confidenceInterval } from "../../../model/statistics/interval.js";
import { RateDistribution } from "../../../model/statistics/rate-distribution.js";
import { RatioSeries } from "../../../model/statistics/ratio-series.js";
import { gaussian } from "../../support/gaussian.js";

describe("a series of epochs", () => {
  it("keeps the sums of all whole epochs in bounded memory, however long it gets", () => {
    const series = new EpochSeries();
    let numerators = 0;
    for (let i = 1; i <= 40_000; i++) {
      series.add(i, 1);
      numerators += i;
      expect(series.length).toBeLessThanOrEqual(4096);
    }
    const kept = (sums: Float64Array): number => sums.subarray(0, series.length).reduce((sum, x) => sum + x, 0);
    // 40,000 epochs in pieces of 16: none is left over.
    expect(kept(series.numerators)).toBe(numerators);
    expect(kept(series.denominators)).toBe(40_000);
  });
});

describe("a ratio of two series", () => {
  it("is the ratio of the sums", () => {
    const pair = fc.tuple(fc.double({ min: -10, max: 10, noNaN: true }), fc.double({ min: 0.1, max: 10, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 200 }), (pairs) => {
        const series = new RatioSeries();
        for (const [numerator, denominator] of pairs) series.add(numerator, denominator);
        const sum = (index: 0 | 1): number => pairs.reduce((total, one) => total + one[index], 0);
        expect(series.estimate().value).toBeCloseTo(sum(0) / sum(1), 9);
      }),
    );
  });

  it("has no error if every epoch has the same ratio, whatever its size", () => {
    const series = new RatioSeries();
    const random = randomStream("sizes", "");
    for (let i = 0; i < 100; i++) {
      const size = random();
      series.add(3 * size, size);
    }
    expect(series.estimate().standardError).toBeLessThan(1e-12);
  });
});

describe("the distribution of rates", () => {
  const rates = (seed: string): RateDistribution => {
    const distribution = new RateDistribution();
    const random = randomStream(seed, "rates");
    for (let epoch = 0; epoch < 1000; epoch++) {
      for (let server = 0; server < 20; server++) distribution.add(1.5 + 0.1 * gaussian(random));
      distribution.closeEpoch();
    }
    return distribution;
  };

  it("has the mean, standard deviation and percentiles of the law it was drawn from, within intervals", () => {
    const distribution = rates("1");
    for (const [estimate, truth] of [
      [distribution.mean(), 1.5],
      [distribution.standardDeviation(), 0.1],
      [distribution.quantile(0.05), 1.5 - 0.1644854],
      [distribution.quantile(0.95), 1.5 + 0.1644854],
    ] as const) {
      const { low, high } = confidenceInterval(estimate, 1 - 1e-4);
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
      // 20,000 independent values: the standard errors are known too.
      expect(high - low).toBeLessThan(0.06);
    }
  });

  it("has no percentiles before the first look", () => {
    expect(new RateDistribution().quantile(0.5).value).toBeNaN();
  });

  it("has the exact mean and deviation of its values, and percentiles within the width of a bin", () => {
    const value = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 200 }), (values) => {
        const distribution = new RateDistribution();
        for (const x of values) {
          distribution.add(x);
          distribution.closeEpoch();
        }
        const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
        const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
        expect(distribution.mean().value).toBeCloseTo(mean, 8);
        expect(distribution.standardDeviation().value).toBeCloseTo(sd, 5);
        const sorted = values.toSorted((a, b) => a - b);
        const [below, above] = [sorted[Math.ceil(0.4 * sorted.length) - 1], sorted[Math.floor(0.4 * sorted.length)]];
        expect(distribution.quantile(0.4).value).toBeGreaterThanOrEqual(below * (1 - 0.003));
        expect(distribution.quantile(0.4).value).toBeLessThanOrEqual(above * (1 + 0.003));
      }),
    );
  });
});

describe("the spread between servers", () => {
  /** Servers with true means 1 + sd * normal, seen through noise, with the whole fleet moving from batch to batch. */
  const layout = (seed: string, servers: number, sd: number): BetweenServers => {
    const random = randomStream(seed, "layout");
    const means = Array.from({ length: servers }, () => 1 + sd * gaussian(random));
    const between = new BetweenServers(servers);
    for (let batch = 0; batch < 40; batch++) {
      const fleet = 0.5 * gaussian(random);
      for (const [server, mean] of means.entries()) between.add(server, 2 * (mean + fleet + 0.2 * gaussian(random)), 2);
      between.closeBatch();
    }
    return between;
  };

  it("is found where there is one, and is 0 within the interval where there is none", () => {
    let zeros = 0;
    for (let run = 0; run < 50; run++) {
      const { interval } = layout(`spread-${run}`, 20, 0.3).estimate(1 - 1e-4);
      expect(interval.low).toBeGreaterThan(0);
      expect(interval.low).toBeLessThan(0.3);
      expect(interval.high).toBeGreaterThan(0.3);
      const none = layout(`none-${run}`, 20, 0).estimate(1 - 1e-4);
      expect(none.interval.low).toBe(0);
      expect(none.interval.high).toBeLessThan(0.15);
      // Not even one of little confidence is without width.
      expect(layout(`none-${run}`, 20, 0).estimate(0.6).interval.high).toBeGreaterThan(0);
      if (none.value === 0) zeros++;
    }
    // Chance makes the estimate positive in about half of the cases.
    expect(zeros).toBeGreaterThan(10);
    expect(zeros).toBeLessThan(40);
  });

  it("is unknown for one server, and for too few batches", () => {
    expect(layout("one", 1, 0).estimate(0.95).interval).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
    expect(new BetweenServers(5).estimate(0.95).interval).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
  });
});

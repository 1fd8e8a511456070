import { describe, expect, it } from "vitest";
import { exponential, quickRandomStream } from "../../../model/random.js";
import { confidenceInterval } from "../../../model/statistics/interval.js";
import { ScvSeries } from "../../../model/statistics/scv-series.js";

describe("mean and squared coefficient of variation from sums per epoch", () => {
  it("are those of all values together, by the definitions", () => {
    const random = quickRandomStream("scv", "definition");
    const series = new ScvSeries();
    const all: number[] = [];
    for (let epoch = 0; epoch < 50; epoch++) {
      const values = Array.from({ length: 1 + Math.floor(9 * random()) }, () => exponential(random, 1));
      const sumOf = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0);
      series.add(values.length, sumOf(1), sumOf(2));
      all.push(...values);
    }
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
    expect(series.mean().value).toBeCloseTo(mean, 12);
    expect(series.scv().value).toBeCloseTo(variance / mean ** 2, 12);
    expect(series.epochs).toBe(50);
  });

  it("have intervals that cover 1 and 1 of the exponential law as often as they say", () => {
    const [runs, missed] = [1000, { mean: 0, scv: 0 }];
    for (let run = 0; run < runs; run++) {
      const random = quickRandomStream("scv", `${run}`);
      const series = new ScvSeries();
      for (let epoch = 0; epoch < 100; epoch++) {
        let [sum, squares] = [0, 0];
        for (let i = 0; i < 20; i++) {
          const x = exponential(random, 1);
          sum += x;
          squares += x * x;
        }
        series.add(20, sum, squares);
      }
      for (const name of ["mean", "scv"] as const) {
        const { low, high } = confidenceInterval(series[name](), 0.95);
        if (low > 1 || high < 1) missed[name]++;
      }
    }
    // 50 are expected; the estimate of a coefficient of variation from 2000 values is still a little skew.
    expect(missed.mean).toBeLessThan(72);
    expect(missed.scv).toBeLessThan(90);
  });

  it("say nothing of a single epoch", () => {
    const series = new ScvSeries();
    series.add(3, 3, 5);
    expect(series.mean().standardError).toBe(Number.POSITIVE_INFINITY);
  });
});

import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { decayExponent, exponentBetween } from "../../../model/statistics/decay-exponent.js";
import { confidenceInterval, studentQuantile } from "../../../model/statistics/interval.js";
import { gaussian } from "../../support/gaussian.js";

const SIZES = [10, 30, 100, 300, 1000];

describe("a decay exponent", () => {
  it("is the exponent of an exact power", () => {
    const points = SIZES.map((size) => ({ size, value: 3 * size ** -0.7, halfWidth: 1e-6 }));
    expect(decayExponent(points, 0.95).value).toBeCloseTo(0.7, 10);
  });

  it("is, between two sizes, the mean of the local ones: 1 - 1/log for a power times a logarithm", () => {
    expect(exponentBetween((size) => 3 * size ** -0.7, 10, 1e4)).toBeCloseTo(0.7, 12);
    // d log(log(n)/n) / d log n = 1/log n - 1.
    expect(exponentBetween((size) => Math.log(size) / size, 1e5, 1e5 + 1)).toBeCloseTo(1 - 1 / Math.log(1e5), 5);
  });

  // 400 runs; a true coverage of 95 % gives fewer than 360 with probability below 1e-4.
  it("has intervals that cover", () => {
    const random = randomStream("decay", "noise");
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const points = SIZES.map((size, i) => {
        const value = size ** -0.5;
        const error = value * (i % 2 === 0 ? 0.02 : 0.05);
        return { size, value: value + error * gaussian(random), halfWidth: studentQuantile(0.975, Infinity) * error };
      });
      const { low, high } = confidenceInterval(decayExponent(points, 0.95), 0.95);
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(360);
  });

  it("is unknown from fewer than three points that are known at all", () => {
    const points = [
      { size: 10, value: 1, halfWidth: 0.1 },
      { size: 20, value: 0.5, halfWidth: 0.1 },
      { size: 40, value: 0.2, halfWidth: 0.3 },
    ];
    expect(decayExponent(points, 0.95).standardError).toBe(Number.POSITIVE_INFINITY);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confidenceInterval, studentQuantile } from "../../model/statistics/interval.js";
import { jointConfidence, perQuantityConfidence } from "../../model/statistics/multiplicity.js";
import { proportionInterval } from "../../model/statistics/proportion.js";

describe("a confidence interval", () => {
  it("is Student's: 2.262 standard errors for 95 % and 9 degrees of freedom, 1.960 for infinitely many", () => {
    const estimate = { value: 10, standardError: 2, degreesOfFreedom: 9 };
    const { low, high } = confidenceInterval(estimate, 0.95);
    expect(low).toBeCloseTo(10 - 2 * 2.262157, 5);
    expect(high).toBeCloseTo(10 + 2 * 2.262157, 5);
    expect(studentQuantile(0.975, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959964, 6);
  });

  it.each([
    ["there are too few data", Number.POSITIVE_INFINITY],
    ["nothing has varied, so that nothing is known of what is rare", 0],
  ])("has no ends where %s", (_what, standardError) => {
    const none = { value: 1, standardError, degreesOfFreedom: 1 };
    expect(confidenceInterval(none, 0.95)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});

describe("Bonferroni's correction", () => {
  it("shares the error among the quantities", () => {
    expect(perQuantityConfidence(0.99, 10)).toBeCloseTo(0.999, 12);
    expect(perQuantityConfidence(0.95, 1)).toBe(0.95);
    expect(jointConfidence(0.999, 10)).toBeCloseTo(0.99, 12);
  });
});

describe("the interval of a proportion", () => {
  const infinite = Number.POSITIVE_INFINITY;

  it("is Wilson's for independent trials: 10 of 100 lie in [0.0552, 0.1744] at 95 %", () => {
    const estimate = { value: 0.1, standardError: Math.sqrt((0.1 * 0.9) / 100), degreesOfFreedom: infinite };
    const { low, high } = proportionInterval(estimate, 100, 0.95);
    expect(low).toBeCloseTo(0.05523, 5);
    expect(high).toBeCloseTo(0.17437, 5);
  });

  it("still has an upper end when nothing happened: z^2/(n + z^2)", () => {
    const { low, high } = proportionInterval({ value: 0, standardError: 0, degreesOfFreedom: infinite }, 1000, 0.95);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1.959964 ** 2 / (1000 + 1.959964 ** 2), 8);
  });

  it("says nothing without trials, or where too few batches tell how much the fraction varies", () => {
    const estimate = { value: 0.1, standardError: infinite, degreesOfFreedom: 1 };
    expect(proportionInterval({ value: 0, standardError: 0, degreesOfFreedom: 9 }, Infinity, 0.95)).toEqual({
      low: 0,
      high: 1,
    });
    expect(proportionInterval(estimate, 1000, 0.95)).toEqual({ low: 0, high: 1 });
    expect(proportionInterval({ ...estimate, standardError: 0.01 }, 0, 0.95)).toEqual({ low: 0, high: 1 });
  });

  it("keeps the ends that are certain: 1 where all of them were", () => {
    const { low, high } = proportionInterval({ value: 1, standardError: 0, degreesOfFreedom: infinite }, 1000, 0.95);
    expect(high).toBe(1);
    expect(low).toBeCloseTo(1000 / (1000 + 1.959964 ** 2), 8);
  });

  it("holds the estimate, lies in [0, 1], and grows with the standard error", () => {
    const inputs = fc.record({
      p: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      relative: fc.double({ min: 1, max: 50, noNaN: true }),
      trials: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(inputs, ({ p, relative, trials }) => {
        const independent = Math.sqrt((p * (1 - p)) / trials);
        const width = (standardError: number): number => {
          const { low, high } = proportionInterval({ value: p, standardError, degreesOfFreedom: 8 }, trials, 0.99);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(p);
          expect(high).toBeGreaterThanOrEqual(p);
          return high - low;
        };
        expect(width(relative * independent)).toBeGreaterThanOrEqual(width(independent) - 1e-12);
      }),
    );
  });
});

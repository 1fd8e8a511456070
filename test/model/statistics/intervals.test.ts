import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confidenceInterval, studentQuantile, within } from "../../../model/statistics/interval.js";
import { jointConfidence, perQuantityConfidence } from "../../../model/statistics/multiplicity.js";
import { independentTrials, nestedTrials, proportionInterval } from "../../../model/statistics/proportion.js";

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

  it("is that of Clopper and Pearson (1934) for independent trials: 10 of 100 lie in [0.0490, 0.1762] at 95 %", () => {
    const estimate = { value: 0.1, standardError: Math.sqrt((0.1 * 0.9) / 100), degreesOfFreedom: infinite };
    const { low, high } = proportionInterval(estimate, 100, 0.95);
    expect(low).toBeCloseTo(0.0490047, 6);
    expect(high).toBeCloseTo(0.1762226, 6);
  });

  it("still has an upper end when nothing happened: by the rule of three, and likewise below 1 when all did", () => {
    const none = proportionInterval({ value: 0, standardError: 0, degreesOfFreedom: 8 }, 1000, 0.9);
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(1 - 0.05 ** (1 / 1000), 12);
    const all = proportionInterval({ value: 1, standardError: 0, degreesOfFreedom: 8 }, 1000, 0.9);
    expect(all.low).toBeCloseTo(0.05 ** (1 / 1000), 12);
    expect(all.high).toBe(1);
  });

  it("says nothing without trials, or where too few batches tell how much the fraction varies", () => {
    const estimate = { value: 0.1, standardError: infinite, degreesOfFreedom: 1 };
    const nothing = { low: 0, high: 1 };
    expect(proportionInterval({ value: 0, standardError: 0, degreesOfFreedom: 9 }, Infinity, 0.95)).toEqual(nothing);
    expect(proportionInterval(estimate, 1000, 0.95)).toEqual(nothing);
    expect(proportionInterval({ ...estimate, standardError: 0.01 }, 0, 0.95)).toEqual(nothing);
  });

  it("holds the estimate, lies in [0, 1], is never without width, and grows with the standard error", () => {
    const inputs = fc.record({
      p: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
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
        expect(width(independent)).toBeGreaterThan(0);
        expect(width(relative * independent)).toBeGreaterThanOrEqual(width(independent) - 1e-9);
      }),
    );
  });

  it("takes a rarer event for as persistent as the one that it implies, where it was hardly seen", () => {
    const at = (value: number, standardError: number) => ({ value, standardError, degreesOfFreedom: 8 });
    // 250, 475 and no trials by themselves.
    const often = at(0.5, Math.sqrt(0.001));
    const rarely = at(0.05, 0.01);
    const never = at(0, 0);
    expect(independentTrials(often)).toBeCloseTo(250, 9);
    const [first, second, third, beyond] = nestedTrials([often, rarely, never], 40);
    expect(first).toBe(infinite);
    expect(second).toBeCloseTo(250, 9);
    expect(third).toBeCloseTo(250, 9);
    expect(beyond).toBeCloseTo(250, 9);
    // And for what is known beforehand where nothing varied at all.
    expect(nestedTrials([at(1, 0), never], 40)).toEqual([40, 40, 40]);
  });
});

describe("what is possible of an interval", () => {
  it("is its part in the range of the quantity, and nothing where nothing is known", () => {
    const fraction = { low: 0, high: 1 };
    expect(within(fraction, { low: -0.1, high: 0.2 })).toEqual({ low: 0, high: 0.2 });
    expect(within(fraction, { low: 0.9, high: 1.2 })).toEqual({ low: 0.9, high: 1 });
    const notNegative = { low: 0, high: Number.POSITIVE_INFINITY };
    expect(within(notNegative, { low: -1, high: Number.POSITIVE_INFINITY })).toEqual({ low: 0, high: Infinity });
    const nothing = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    expect(within(fraction, nothing)).toEqual(nothing);
  });
});

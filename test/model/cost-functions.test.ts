import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost, powerCost, sojournCosts } from "../../model/cost-functions.js";
import { UserError } from "../../model/errors.js";

const rate = fc.double({ min: 0.05, max: 20, noNaN: true });
const power = fc.record({
  coefficient: fc.double({ min: 0.01, max: 10, noNaN: true }),
  exponent: fc.oneof(fc.constantFrom(2, 3, 4), fc.double({ min: 2, max: 6, noNaN: true })),
});

/** The derivative by central differences, whose error is of the order of the third derivative times step squared. */
const slope = (f: (x: number) => number, x: number): number => (f(x * 1.0001) - f(x * 0.9999)) / (0.0002 * x);
const expectClose = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected) + 1e-12);

describe("the cost of sojourn times, g", () => {
  it.each([...sojournCosts.values()])("$name has the derivatives that it claims", (g) => {
    fc.assert(
      fc.property(rate, (x) => {
        expectClose(slope(g.value, x), g.derivative(x));
        expectClose(slope(g.derivative, x), g.secondDerivative(x));
        expectClose(1 / g.derivative(x), g.reciprocalDerivative(x));
        expect(g.derivative(x)).toBeLessThan(0);
        // Decreasing curvature: its least value up to x is the one at x.
        expectClose(g.leastCurvature(x), g.secondDerivative(x));
      }),
    );
    expect(Number.isFinite(g.reciprocalDerivative(0))).toBe(true);
  });
});

describe("a cost of sojourn times that is not convex", () => {
  it("has the derivatives that it claims, and the least curvature, below 0", () => {
    const g = parseSojournCost("logistic:2,0.4");
    expect(g.name).toBe("logistic:2,0.4");
    const near = fc.double({ min: 0.05, max: 5, noNaN: true });
    fc.assert(
      fc.property(near, near, (x, y) => {
        expectClose(slope(g.value, x), g.derivative(x));
        expect(Math.abs(slope(g.derivative, x) - g.secondDerivative(x))).toBeLessThan(1e-5);
        expectClose(1 / g.derivative(x), g.reciprocalDerivative(x));
        expect(g.leastCurvature(x)).toBeLessThanOrEqual(g.secondDerivative(Math.min(x, y)) + 1e-12);
      }),
    );
    expect(g.secondDerivative(1.9)).toBeLessThan(0);
    expect(g.leastCurvature(Number.POSITIVE_INFINITY)).toBeCloseTo(g.secondDerivative(2 - 0.4 * 1.316958), 6);
  });
});

describe("the cost of rates, h", () => {
  it("has the derivatives that it claims, at rate 0 too", () => {
    fc.assert(
      fc.property(power, rate, ({ coefficient, exponent }, x) => {
        const h = powerCost(coefficient, exponent);
        expectClose(slope(h.value, x), h.derivative(x));
        expectClose(slope(h.derivative, x), h.secondDerivative(x));
        expectClose(h.derivative(x) / x, h.derivativePerRate(x));
        expect(h.derivative(0)).toBe(0);
        expect(h.leastCurvature(x)).toBeLessThanOrEqual(h.secondDerivative(x) + 1e-12);
      }),
    );
    expect(powerCost(0.1, 2).derivativePerRate(0)).toBeCloseTo(0.2, 12);
    expect(powerCost(0.1, 3).derivativePerRate(0)).toBe(0);
  });

  it("is read from its name and named so that it can be read again", () => {
    expect(parseRateCost("power:0.1,2").name).toBe("power:0.1,2");
    expect(parseRateCost("power:1e-3,2.5").value(2)).toBeCloseTo(1e-3 * 2 ** 2.5, 12);
    expect(parseSojournCost("shifted-reciprocal").value(1)).toBe(0.5);
  });

  it.each(["kinked:0.1,2,1.5", "saturating:0.6", "sloped:0.3,0.1,2", "sloped:0.3,0.1,3.5"])(
    "%s has the derivatives that it claims, and its name",
    (text) => {
      const h = parseRateCost(text);
      expect(h.name).toBe(text);
      fc.assert(
        fc.property(
          rate.filter((x) => Math.abs(x - (h.kink ?? 0)) > 0.001),
          (x) => {
            expectClose(slope(h.value, x), h.derivative(x));
            expectClose(slope(h.derivative, x), h.secondDerivative(x));
            expectClose(h.derivative(x) / x, h.derivativePerRate(x));
            expect(h.leastCurvature(x)).toBeLessThanOrEqual(h.secondDerivative(x) + 1e-12);
          },
        ),
      );
      expect(h.value(0)).toBe(0);
      expect(0 * h.derivativePerRate(0)).toBe(0);
    },
  );

  it.each(["power:0,2", "power:-1,2", "power:0.1,1.9", "power:0.1", "power:x,2", "cubic", "power:Infinity,2"])(
    "%s is refused as the user's error",
    (text) => expect(() => parseRateCost(text)).toThrow(UserError),
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { busyFractionFixedPoint, limitIdleTime } from "../../../theory/rate-scaling/idle-fixed-point.js";

const manyRates = fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 });
const arrivalRates = fc.double({ min: 0.01, max: 3, noNaN: true });

describe("busyFractionFixedPoint (the constant c of Theorem 2.9, from (4.4))", () => {
  it("solves (1/n) sum lambda/(lambda + mu_v (1 - c)) = c, between lambda/max and lambda/min; 1 in overload", () => {
    fc.assert(
      fc.property(manyRates, arrivalRates, (rates, lambda) => {
        const c = busyFractionFixedPoint(rates, lambda);
        const share = rates.reduce((sum, mu) => sum + lambda / (lambda + mu * (1 - c)), 0) / rates.length;
        expect(share).toBeCloseTo(c, 12);
        const mean = rates.reduce((a, b) => a + b, 0) / rates.length;
        if (mean <= lambda) {
          expect(c).toBe(1);
        } else {
          expect(c).toBeLessThan(1);
          expect(c).toBeGreaterThanOrEqual(lambda / Math.max(...rates) - 1e-12);
          expect(c).toBeLessThanOrEqual(lambda / Math.min(...rates) + 1e-12);
        }
      }),
    );
  });

  it("is lambda/mu for equal rates, so that E[I] = 1/lambda - 1/mu", () => {
    expect(busyFractionFixedPoint([2, 2, 2], 0.8)).toBeCloseTo(0.4, 14);
    expect(limitIdleTime([2, 2, 2], 0.8)).toBeCloseTo(1 / 0.8 - 1 / 2, 14);
    expect(limitIdleTime([0.5, 0.9], 0.8)).toBe(0);
  });

  it("has the rest of the fluid equation, integrated: dx_v/dt = lambda (1 - x_v)/(1 - c) - mu_v x_v", () => {
    const rates = [0, 0.4, 1.1, 3];
    const x = rates.map(() => 0.5);
    for (let step = 0; step < 400_000; step++) {
      const idle = 1 - x.reduce((a, b) => a + b, 0) / x.length;
      rates.forEach((mu, v) => {
        x[v] += 1e-3 * ((0.6 * (1 - x[v])) / idle - mu * x[v]);
      });
    }
    expect(busyFractionFixedPoint(rates, 0.6)).toBeCloseTo(x.reduce((a, b) => a + b, 0) / x.length, 9);
  });

  it("counts a server of rate 0 as always busy", () => {
    const c = busyFractionFixedPoint([0, 4], 0.5);
    expect(c).toBeCloseTo(0.5 + 0.5 * (0.5 / (0.5 + 4 * (1 - c))), 13);
  });

  it("refuses no servers, and no arrivals", () => {
    expect(() => busyFractionFixedPoint([], 0.5)).toThrow(UserError);
    expect(() => busyFractionFixedPoint([1], 0)).toThrow(UserError);
  });
});

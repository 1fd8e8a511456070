import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost } from "../../../model/cost-functions.js";
import { UserError } from "../../../model/errors.js";
import { limitIdleTime } from "../../../theory/rate-scaling/idle-fixed-point.js";
import { optimalRate, relaxationTime } from "../../../theory/rate-scaling/rate-scaling.js";
import { rateTrajectory, timeToReach } from "../../../theory/rate-scaling/rate-trajectory.js";

const g = parseSojournCost("reciprocal");
const h = parseRateCost("power:0.1,2");
const shifted = parseSojournCost("shifted-reciprocal");
const cubic = parseRateCost("power:0.05,3");
const initialRates = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 10 });
const uniformOn02 = Array.from({ length: 50 }, (_, i) => (2 * (i + 0.5)) / 50);

describe("rateTrajectory (2.3)", () => {
  it("leaves 0 like (mu0^3 + 3t/m)^(1/3) for g = 1/x", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        fc.double({ min: -9, max: -5, noNaN: true }),
        (mu0, e) => {
          const time = 500 * 10 ** e;
          const [[rate]] = rateTrajectory({ initialRates: [mu0], arrivalRate: 0.8, g, h, inverseStep: 500 }, [time]);
          expect(rate / Math.cbrt(mu0 ** 3 + (3 * time) / 500)).toBeCloseTo(1, 4);
        },
      ),
    );
  });

  it("agrees with small steps of Heun's method", () => {
    const start = { initialRates: [0.3, 0.9, 2, 3], arrivalRate: 0.8, g, h, inverseStep: 100 };
    const drift = (rates: readonly number[]) => {
      const idleTime = limitIdleTime(rates, 0.8);
      return rates.map((x) => (1 / x ** 2 - 0.2 * x * idleTime - 0.2) / 100);
    };
    let rates: number[] = [...start.initialRates];
    for (let i = 0; i < 20_000; i++) {
      const k1 = drift(rates);
      const k2 = drift(rates.map((x, v) => x + 0.01 * k1[v]));
      rates = rates.map((x, v) => x + 0.005 * (k1[v] + k2[v]));
    }
    const [found] = rateTrajectory(start, [200]);
    rates.forEach((x, v) => {
      expect(found[v]).toBeCloseTo(x, 6);
    });
  });

  it("depends on time over m only, gives back the start at 0, and keeps the order of the rates (Lemma 2.10's proof)", () => {
    const start = { initialRates: [0, 0.2, 1.9], arrivalRate: 0.5, g: shifted, h: cubic };
    const slow = rateTrajectory({ ...start, inverseStep: 500 }, [0, 50, 5000]);
    const fast = rateTrajectory({ ...start, inverseStep: 50 }, [0, 5, 500]);
    expect([...slow[0]]).toEqual([0, 0.2, 1.9]);
    slow.forEach((rates, i) => {
      rates.forEach((x, v) => {
        expect(x).toBeCloseTo(fast[i][v], 8);
      });
      expect([...rates]).toEqual([...rates].sort((a, b) => a - b));
    });
  });

  it("converges to mu* from anywhere (Theorem 2.11)", () => {
    fc.assert(
      fc.property(initialRates, fc.double({ min: 0.1, max: 1.5, noNaN: true }), (rates, arrivalRate) => {
        const start = { initialRates: rates, arrivalRate, g, h, inverseStep: 10 };
        const [last] = rateTrajectory(start, [40 * relaxationTime(start)]);
        const target = optimalRate(arrivalRate, g, h);
        last.forEach((x) => {
          expect(x / target).toBeCloseTo(1, 5);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("refuses negative rates and times that go back", () => {
    const start = { initialRates: [1], arrivalRate: 0.8, g, h, inverseStep: 100 };
    expect(() => rateTrajectory({ ...start, initialRates: [-1] }, [1])).toThrow(UserError);
    expect(() => rateTrajectory(start, [2, 1])).toThrow(UserError);
  });
});

describe("timeToReach", () => {
  it("is the first time at which all rates are near", () => {
    const start = { initialRates: uniformOn02, arrivalRate: 0.8, g, h, inverseStep: 500 };
    const time = timeToReach(start, 0.01);
    const target = optimalRate(0.8, g, h);
    const [before, after] = rateTrajectory(start, [time * 0.998, time * 1.0001]);
    const worst = (rates: Float64Array) => Math.max(...rates.map((x) => Math.abs(x / target - 1)));
    expect(worst(before)).toBeGreaterThan(0.01);
    expect(worst(after)).toBeLessThanOrEqual(0.01);
  });

  it("is 0 at the optimum and grows by a relaxation time for each factor e", () => {
    const limit = { arrivalRate: 0.8, g, h, inverseStep: 500 };
    const target = optimalRate(0.8, g, h);
    expect(timeToReach({ ...limit, initialRates: [target] }, 0.01)).toBe(0);
    // Two servers apart, so that their common rate is at rest and only the difference is left.
    const start = { ...limit, initialRates: [target - 1e-3, target + 1e-3] };
    const difference = timeToReach(start, 1e-5) - timeToReach(start, Math.E * 1e-5);
    expect(difference / relaxationTime(limit)).toBeCloseTo(1, 1);
  });

  it("gives up after a thousand relaxation times where rates fall to 0", () => {
    const costs = { g: parseSojournCost("shifted-reciprocal"), h: parseRateCost("power:3,2") };
    const start = { initialRates: [0.9], arrivalRate: 3, ...costs, inverseStep: 1 };
    expect(timeToReach(start, 1e-3)).toBeCloseTo(1000 * relaxationTime(start), 6);
  });

  it("is finite in overload, where rates converge to 0.5 for 1/x and 2 x^2", () => {
    const start = { initialRates: [0.9], arrivalRate: 0.8, g, h: parseRateCost("power:2,2"), inverseStep: 1 };
    const time = timeToReach(start, 1e-3);
    const [rates] = rateTrajectory(start, [time]);
    expect(Math.abs(rates[0] / 0.5 - 1)).toBeLessThan(1.01e-3);
  });
});

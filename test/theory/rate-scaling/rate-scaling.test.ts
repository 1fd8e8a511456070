import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost, powerCost, type SojournCost } from "../../../model/cost-functions.js";
import { UserError } from "../../../model/errors.js";
import { meanIdleTime } from "../../../theory/rate-scaling/idle-period.js";
import {
  finiteSizeRate,
  homogeneousCost,
  limitRateStandardDeviation,
  optimalRate,
  rateStandardDeviation,
  relaxationTime,
} from "../../../theory/rate-scaling/rate-scaling.js";

const g = parseSojournCost("reciprocal");
const h = parseRateCost("power:0.1,2");
const shifted = parseSojournCost("shifted-reciprocal");
const cubic = parseRateCost("power:0.05,3");
const rates = fc.double({ min: 0.05, max: 2, noNaN: true });

describe("optimalRate (Theorem 2.3)", () => {
  it("is the cube root of 5 lambda for g = 1/x, h = 0.1 x^2 (section 3)", () => {
    fc.assert(
      fc.property(rates, (lambda) => {
        expect(optimalRate(lambda, g, h)).toBeCloseTo(Math.cbrt(5 * lambda), 12);
      }),
    );
    expect(optimalRate(0.8, g, h)).toBeCloseTo(1.5874, 5);
  });

  it("is 0.9407 for g = 1/(1+x), h = 0.05 x^3, lambda 0.5", () => {
    expect(optimalRate(0.5, shifted, cubic)).toBeCloseTo(0.9407, 4);
  });

  it("has the least cost", () => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0.1, max: 10, noNaN: true }), (lambda, rate) => {
        const best = homogeneousCost(lambda, shifted, cubic, optimalRate(lambda, shifted, cubic));
        expect(homogeneousCost(lambda, shifted, cubic, rate)).toBeGreaterThanOrEqual(best - 1e-14);
      }),
    );
  });

  it("tells a user whose costs have no minimum", () => {
    const linear: SojournCost = { ...g, name: "flat", derivative: () => 0 };
    expect(() => optimalRate(0.8, linear, h)).toThrow(UserError);
  });
});

describe("finiteSizeRate (the rest point of (2.3) with the exact idle time of n servers: Figure 1)", () => {
  it.each([
    [2, 1.45249],
    [10, 1.56615],
    [25, 1.58141],
    [100, 1.58603],
  ])("is right for n = %i", (servers, expected) => {
    expect(finiteSizeRate({ servers, arrivalRate: 0.8, g, h })).toBeCloseTo(expected, 5);
  });

  it("rests there, and rises to the optimum with the number of servers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), rates, (servers, arrivalRate) => {
        const rate = finiteSizeRate({ servers, arrivalRate, g, h });
        const idleTime = meanIdleTime({ servers, arrivalRate, serviceRate: rate });
        expect(g.derivative(rate) + h.derivative(rate) * (idleTime + 1 / rate)).toBeCloseTo(0, 8);
        const larger = finiteSizeRate({ servers: servers + 1, arrivalRate, g, h });
        expect(larger).toBeGreaterThan(rate * (1 - 1e-10));
        expect(optimalRate(arrivalRate, g, h)).toBeGreaterThan(larger * (1 - 1e-10));
      }),
    );
  });

  it("is within 1e-5 of the optimum at a million servers, at once", () => {
    expect(finiteSizeRate({ servers: 1_000_000, arrivalRate: 0.8, g, h })).toBeCloseTo(optimalRate(0.8, g, h), 5);
  });

  it("rises with the message delay, by which idle time is lost", () => {
    const system = { servers: 25, arrivalRate: 0.8, g, h };
    expect(finiteSizeRate({ ...system, messageDelay: 0.05 })).toBeGreaterThan(finiteSizeRate(system));
  });
});

describe("rateStandardDeviation", () => {
  it.each([
    [2, 0.01543],
    [10, 0.01232],
    [100, 0.01097],
  ])("is right for n = %i at m 500", (servers, expected) => {
    expect(rateStandardDeviation({ servers, arrivalRate: 0.8, g, h, inverseStep: 500 })).toBeCloseTo(expected, 5);
  });

  it("tends to its closed form", () => {
    for (const [sojournCost, rateCost, arrivalRate] of [[g, h, 0.8] as const, [shifted, cubic, 0.5] as const]) {
      const limit = { arrivalRate, g: sojournCost, h: rateCost, inverseStep: 200 };
      const finite = rateStandardDeviation({ ...limit, servers: 100_000 });
      expect(finite / limitRateStandardDeviation(limit)).toBeCloseTo(1, 4);
    }
  });

  it("has m Var = 0.0338 for g = 1/(1+x), h = 0.05 x^3, lambda 0.5", () => {
    const deviation = limitRateStandardDeviation({ arrivalRate: 0.5, g: shifted, h: cubic, inverseStep: 1 });
    expect(deviation ** 2).toBeCloseTo(0.0338, 4);
  });

  it("goes as the root of the step, and refuses a step that is none", () => {
    const system = { servers: 10, arrivalRate: 0.8, g, h };
    const ratio =
      rateStandardDeviation({ ...system, inverseStep: 100 }) / rateStandardDeviation({ ...system, inverseStep: 400 });
    expect(ratio).toBeCloseTo(2, 12);
    expect(() => rateStandardDeviation({ ...system, inverseStep: 0 })).toThrow(UserError);
  });
});

describe("relaxationTime", () => {
  it("is m / (g'' + h''/lambda - h'/mu*^2)", () => {
    const rate = Math.cbrt(4);
    const pull = 2 / rate ** 3 + 0.2 / 0.8 - 0.2 / rate;
    expect(relaxationTime({ arrivalRate: 0.8, g, h: powerCost(0.1, 2), inverseStep: 500 })).toBeCloseTo(500 / pull, 8);
  });
});

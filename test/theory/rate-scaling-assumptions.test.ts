import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost, powerCost, type RateCost } from "../../model/cost-functions.js";
import { optimalRate } from "../../theory/rate-scaling.js";
import { checkAssumptions } from "../../theory/rate-scaling-assumptions.js";

const g = parseSojournCost("reciprocal");
const h = parseRateCost("power:0.1,2");
const shifted = parseSojournCost("shifted-reciprocal");
const failing = (check: ReturnType<typeof checkAssumptions>) =>
  check.conditions.filter(({ holds }) => !holds).map(({ condition }) => condition);

describe("checkAssumptions (Assumption 2.1)", () => {
  it("passes the paper's own examples (section 3 and Remark 2.2)", () => {
    const numerics = checkAssumptions(0.8, g, h);
    expect(failing(numerics)).toEqual([]);
    expect(numerics.conditions.map(({ condition }) => condition)).toEqual([
      "(i)",
      "(ii)",
      "(iii)",
      "(iv)",
      "(v)",
      "(vi)",
    ]);
    expect(failing(checkAssumptions(0.5, shifted, powerCost(0.05, 3)))).toEqual([]);
  });

  it("says of (ii) that it is meant where rates live, and of g that it is infinite at 0", () => {
    const [first, second] = checkAssumptions(0.8, g, h).conditions;
    expect(first.meaning).toMatch(/infinite at rate 0/);
    expect(second.meaning).toMatch(/on \[1.361, 2.236\], where rates live; read strictly/);
  });

  it("has no such reservations for costs that are finite at 0 and strictly convex everywhere", () => {
    // Such as 1/(1 + x) + x^2/4 less its slope would be, where rates do not go beyond 1.
    const convex = { ...shifted, name: "convex", leastCurvature: () => 0.5 };
    const [first, second] = checkAssumptions(0.8, convex, h).conditions;
    expect(first.meaning).not.toMatch(/infinite/);
    expect(second.meaning).toMatch(/where rates live$/);
  });

  it("finds mu- and mu+ with mu- < mu* < mu+, at the roots of (vi)", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1.5, noNaN: true }), (lambda) => {
        const { lowestRate, highestRate } = checkAssumptions(lambda, g, h);
        const best = optimalRate(lambda, g, h);
        expect(lowestRate!).toBeLessThan(best);
        expect(highestRate!).toBeGreaterThan(best);
        expect(highestRate!).toBeCloseTo(Math.sqrt(5), 10);
        expect(-1 / lowestRate! ** 2 + 0.2 * lowestRate! * (1 / lambda + 1 / lowestRate!)).toBeCloseTo(0, 10);
      }),
    );
  });

  it("fails (v) when speed is too dear, and then mu+ <= lambda", () => {
    const check = checkAssumptions(3, g, powerCost(1, 3));
    expect(failing(check)).toEqual(["(v)"]);
    expect(check.highestRate!).toBeLessThan(3);
    expect(check.conditions[4].meaning).toMatch(/= 26.67 at lambda = 3/);
  });

  it("fails (iii) and (ii) for a cost whose h'(x)/x decreases, and (iv) for one that starts steep", () => {
    const concave: RateCost = {
      ...h,
      name: "concave",
      derivative: (x) => Math.sqrt(x) / 5,
      secondDerivative: (x) => (x > 1.5 ? -0.1 : 0.1),
      derivativePerRate: (x) => 1 / (5 * Math.sqrt(x)),
    };
    expect(failing(checkAssumptions(0.8, g, concave))).toEqual(["(ii)", "(iii)"]);
    const steep: RateCost = { ...h, derivative: (x) => 0.01 + 0.2 * x };
    expect(failing(checkAssumptions(0.8, g, steep))).toContain("(iv)");
  });

  it("fails (vi) when no rate is high enough", () => {
    const free: RateCost = { ...h, derivative: () => 0, derivativePerRate: () => 0 };
    const check = checkAssumptions(0.8, g, free);
    expect(check.highestRate).toBeUndefined();
    expect(failing(check)).toContain("(vi)");
  });
});

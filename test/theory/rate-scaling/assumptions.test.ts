import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost, powerCost, type RateCost } from "../../../model/cost-functions.js";
import { checkAssumptions } from "../../../theory/rate-scaling/assumptions.js";
import { optimalRate } from "../../../theory/rate-scaling/rate-scaling.js";

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
    expect(second.meaning).toMatch(/on \[1.361, 2.236\], where rates stay; on all rates >= 0/);
  });

  it("has no such reservations for costs that are finite at 0 and strictly convex everywhere", () => {
    // Such as 1/(1 + x) + x^2/4 less its slope would be, where rates do not go beyond 1.
    const convex = { ...shifted, name: "convex", leastCurvature: () => 0.5 };
    const [first, second] = checkAssumptions(0.8, convex, h).conditions;
    expect(first.meaning).not.toMatch(/infinite/);
    expect(second.meaning).toMatch(/where rates stay$/);
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

  it.each([
    [["(i)"], "reciprocal", "kinked:0.1,2,1.6", 0.8],
    [["(ii)", "(vi)"], "logistic:2,0.5", "power:0.06,2", 0.8],
    [["(iii)"], "reciprocal", "saturating:0.6", 0.8],
    [["(iv)"], "reciprocal", "sloped:0.01,0.1,3", 0.8],
    [["(v)"], "reciprocal", "power:1,3", 3],
  ])(
    "%j fails with costs that a user may set, and nothing else: g %s, h %s, lambda %f",
    (conditions, costG, costH, lambda) => {
      expect(failing(checkAssumptions(lambda, parseSojournCost(costG), parseRateCost(costH)))).toEqual(conditions);
    },
  );

  it("fails (vi) together with (v), if costs are those of Assumption 2.1 otherwise", () => {
    const check = checkAssumptions(0.8, shifted, parseRateCost("power:0.6,2"));
    expect(failing(check)).toEqual(["(v)", "(vi)"]);
    expect(check.lowestRate).toBeUndefined();
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

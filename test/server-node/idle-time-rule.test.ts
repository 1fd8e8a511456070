import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { powerCost, type SojournCost, sojournCosts } from "../../model/cost-functions.js";
import { idleTimeRule } from "../../server-node/rate-control/idle-time-rule.js";
import type { RateControl } from "../../server-node/rate-control/rate-control.js";
import { referenceStretch } from "../support/rate-rule-reference.js";
import { busyStretchBetween, idleTimeUpTo, type Rule, restingRate } from "./rate-quadrature.js";

const reciprocal = sojournCosts.get("reciprocal") as SojournCost;
const shiftedReciprocal = sojournCosts.get("shifted-reciprocal") as SojournCost;

const rules: fc.Arbitrary<Rule> = fc
  .record({
    g: fc.constantFrom(...sojournCosts.values()),
    h: fc
      .record({ coefficient: fc.double({ min: 0.01, max: 2, noNaN: true }), exponent: fc.constantFrom(2, 2.5, 3, 4) })
      .map(({ coefficient, exponent }) => powerCost(coefficient, exponent)),
    inverseStep: fc.constantFrom(1, 10, 50, 500),
  })
  // Else rates run into 0, which Assumption 2.1 excludes: a case of its own below.
  .filter(({ g, h }) => h.derivativePerRate(0) < 0.99 / Math.abs(g.reciprocalDerivative(0)));
const rates = fc.oneof(fc.constantFrom(1e-6, 1e-3, 0.05, 100), fc.double({ min: 0.1, max: 10, noNaN: true }));
const idleTimes = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20, noNaN: true }));
const durations = fc.double({ min: 1e-3, max: 30, noNaN: true });
const parts = fc.double({ min: 0.05, max: 0.95, noNaN: true });

/** The rule under test; it throws when a stretch takes so many evaluations that it might never end. */
function boundedRule({ g, h, inverseStep }: Rule): RateControl {
  let evaluations = 0;
  const counted: SojournCost = {
    ...g,
    reciprocalDerivative(rate) {
      if (++evaluations > 1e5) throw new Error("a stretch takes more than 100,000 evaluations of the rule");
      return g.reciprocalDerivative(rate);
    },
  };
  return idleTimeRule(counted, h, inverseStep);
}

const expectClose = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected));

describe("the rule (2.2) of Rutten, Zubeldia and Mukherjee (2023)", () => {
  it("is followed to a relative error of 1e-6 through any stretch, idle or busy, against small steps in time", () => {
    fc.assert(
      fc.property(rules, rates, idleTimes, durations, fc.boolean(), (rule, rate, idleTime, duration, idle) => {
        const { rate: after, work } = boundedRule(rule).evolve(rate, idleTime, idle, duration);
        const reference = referenceStretch(rule, rate, idleTime, idle, duration);
        expectClose(after, reference.rate);
        if (!idle) expectClose(work, reference.work);
      }),
      { numRuns: 150 },
    );
  });

  it("is followed to that relative error also where it takes a rate down by three orders", () => {
    const rule = { g: shiftedReciprocal, h: powerCost(1.0018, 2.0589), inverseStep: 0.11652 };
    const [rate, duration] = [0.0055625, 0.0017996];
    const reference = referenceStretch(rule, rate, 0, true, duration);
    expect(reference.rate).toBeLessThan(rate / 100);
    expectClose(boundedRule(rule).evolve(rate, 0, true, duration).rate, reference.rate);
  });

  it("serves a job for the time in which the integral of the rate is its work", () => {
    fc.assert(
      fc.property(rules, rates, idleTimes, durations, (rule, rate, idleTime, duration) => {
        const { work } = referenceStretch(rule, rate, idleTime, false, duration);
        const served = { ...boundedRule(rule).serve(rate, idleTime, work) };
        // Held to the work, since the time in which a rate that has fallen from 100 does the last millionth of it may be more than
        // a millionth of all time.
        const reference = referenceStretch(rule, rate, idleTime, false, served.duration);
        expectClose(reference.work, work);
        expectClose(served.rate, reference.rate);
      }),
      { numRuns: 150 },
    );
  });

  it("goes from rate 0, from near it and from large rates toward rest, busy, as integrals over the rate say", () => {
    const starts = fc.constantFrom(0, 1e-6, 1e-3, 0.1, 10, 1000);
    fc.assert(
      fc.property(rules, starts, idleTimes, parts, (rule, start, idleTime, part) => {
        const end = start + part * (restingRate(rule, idleTime) - start);
        const { duration, work } = busyStretchBetween(rule, start, end, idleTime);
        const evolved = { ...boundedRule(rule).evolve(start, idleTime, false, duration) };
        const served = { ...boundedRule(rule).serve(start, idleTime, work) };
        expectClose(evolved.rate, end);
        expectClose(evolved.work, work);
        expectClose(served.rate, end);
        expectClose(served.duration, duration);
      }),
      { numRuns: 150 },
    );
  });

  it("leaves rate 0 and rates near it, idle, as it does in small steps of the rate", () => {
    fc.assert(
      fc.property(rules, fc.constantFrom(0, 1e-6, 1e-3), idleTimes, parts, (rule, start, idleTime, part) => {
        const end = start + 0.2 * part * (restingRate(rule, idleTime) - start);
        // By then the idle time must not have grown so much that the rate turns around: twice the time is enough for a busy
        // server that starts with the idle time that this one would end with, and so for this one.
        const atMost = 2 * busyStretchBetween(rule, start, end, idleTime).duration;
        fc.pre(restingRate(rule, idleTime + atMost) > end);
        fc.pre(busyStretchBetween(rule, start, end, idleTime + atMost).duration < atMost);
        const duration = idleTimeUpTo(rule, start, end, idleTime);
        expectClose(boundedRule(rule).evolve(start, idleTime, true, duration).rate, end);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    // With h = c/2 x^2 and I = 0: dt = m x^2/(1 - c x^2) dx, or the same with y = 1 + x for g = 1/(1 + x).
    ["1/x", reciprocal, 0, [0, 1e-6, 1e-3, 0.5], [0.1, 1, 2]],
    ["1/x", reciprocal, 0, [3, 20, 1000], [2.3, 2.5]],
    ["1/(1 + x)", shiftedReciprocal, 1, [0, 1e-6, 1e-3, 0.5], [0.1, 0.9, 1.2]],
    ["1/(1 + x)", shiftedReciprocal, 1, [3, 20, 1000], [1.3, 2.5]],
  ] as const)("meets the closed form for g = %s and quadratic h after no idle time", (_, g, shift, starts, ends) => {
    const rule = { g, h: powerCost(0.1, 2), inverseStep: 50 };
    const c = 0.2;
    const time = (x: number): number => {
      const y = shift + x;
      const root = Math.sqrt(c) * y;
      return 50 * (Math.log(Math.abs((1 + root) / (1 - root))) / (2 * c ** 1.5) - y / c);
    };
    // The integral of x dt = (y - shift) dt.
    const work = (x: number): number => {
      const y = shift + x;
      return 50 * (-(y ** 2) / (2 * c) - Math.log(Math.abs(1 - c * y ** 2)) / (2 * c ** 2)) - shift * time(x);
    };
    for (const start of starts) {
      for (const end of ends) {
        if (time(end) <= time(start)) continue;
        const evolved = { ...boundedRule(rule).evolve(start, 0, false, time(end) - time(start)) };
        expectClose(evolved.rate, end);
        expectClose(evolved.work, work(end) - work(start));
        expectClose(boundedRule(rule).serve(start, 0, work(end) - work(start)).duration, time(end) - time(start));
      }
    }
  });

  it("does not depend on where a stretch is cut in two", () => {
    fc.assert(
      fc.property(rules, rates, idleTimes, parts, fc.boolean(), (rule, rate, idleTime, part, idle) => {
        const whole = { ...boundedRule(rule).evolve(rate, idleTime, idle, 4) };
        const first = { ...boundedRule(rule).evolve(rate, idleTime, idle, 4 * part) };
        const second = boundedRule(rule).evolve(first.rate, idleTime + (idle ? 4 * part : 0), idle, 4 * (1 - part));
        expectClose(second.rate, whole.rate);
        if (!idle) expectClose(first.work + second.work, whole.work);
      }),
    );
  });

  it("leaves a rate as it is where no time passes, and where there is no work to do", () => {
    const rule = boundedRule({ g: reciprocal, h: powerCost(0.1, 2), inverseStep: 50 });
    for (const idle of [true, false]) expect(rule.evolve(1.2, 3, idle, 0)).toEqual({ duration: 0, work: 0, rate: 1.2 });
    expect(rule.serve(1.2, 3, 0)).toEqual({ duration: 0, work: 0, rate: 1.2 });
  });

  it("takes no longer for more work, however much it is, and as long as at the rate where it settles", () => {
    for (const inverseStep of [1, 50, 1000]) {
      const rule = idleTimeRule(reciprocal, powerCost(0.1, 2), inverseStep);
      const settled = rule.serve(2, 1, 1e5).rate;
      const started = process.cpuUsage();
      for (const work of [1e6, 1e9, 1e12]) {
        const { duration, rate } = rule.serve(2, 1, work);
        expect(Math.abs(rate / settled - 1)).toBeLessThan(1e-6);
        expect(Math.abs((duration * settled) / work - 1)).toBeLessThan(1e-3);
      }
      // 1e12 once took for ever.
      expect(process.cpuUsage(started).user).toBeLessThan(2e6);
    }
  });

  it("rests where g' + h' (I + 1/mu) = 0", () => {
    // g = 1/x, h = 0.1 x^2: 1/mu^2 = 0.2 (mu I + 1); at mu = 1.5 that is I = (1/(0.2 * 2.25) - 1)/1.5.
    const idleTime = (1 / (0.2 * 2.25) - 1) / 1.5;
    const rule = boundedRule({ g: reciprocal, h: powerCost(0.1, 2), inverseStep: 50 });
    expectClose(rule.evolve(1.5, idleTime, false, 1000).rate, 1.5);
    expectClose(rule.evolve(0.3, idleTime, false, 1e5).rate, 1.5);
  });
});

describe("a cost of speed that is hardly more than quadratic", () => {
  it.each([2.0001, 2.0058, 2.03])("lets a server leave rate 0 as from just above it: h = 0.012 x^%s", (exponent) => {
    const rule = { g: shiftedReciprocal, h: powerCost(0.012, exponent), inverseStep: 1.5 };
    const [fromZero, fromAbove] = [0, 1e-12].map((start) => ({ ...boundedRule(rule).serve(start, 0.016, 0.0034) }));
    expect(fromZero.rate).toBeGreaterThan(0.06);
    expectClose(fromZero.rate, fromAbove.rate);
    expectClose(fromZero.duration, fromAbove.duration);
    expectClose({ ...boundedRule(rule).evolve(0, 0, true, 1) }.rate, boundedRule(rule).evolve(1e-12, 0, true, 1).rate);
  });
});

describe("outside Assumption 2.1, where a rate runs into 0", () => {
  it.each([0.6, 1, 1.9999999999999976])("it stays there, and a job is never done: h = %s x^2", (coefficient) => {
    const rule = { g: shiftedReciprocal, h: powerCost(coefficient, 2), inverseStep: 10 };
    for (const start of [1e-6, 0.5, 3]) {
      const { duration, work } = busyStretchBetween(rule, start, 0, 0);
      const evolved = { ...boundedRule(rule).evolve(start, 0, false, 2 * duration) };
      expect(evolved.rate).toBe(0);
      expect(evolved.duration).toBe(2 * duration);
      expectClose(evolved.work, work);
      expect(boundedRule(rule).serve(start, 0, 1.01 * work).duration).toBe(Number.POSITIVE_INFINITY);
      expect(boundedRule(rule).serve(start, 0, 0.9 * work).duration).toBeLessThan(duration);
    }
    expect(boundedRule(rule).evolve(0, 0, true, 5).rate).toBe(0);
    expect(boundedRule(rule).serve(0, 0, 1).duration).toBe(Number.POSITIVE_INFINITY);
  });
});

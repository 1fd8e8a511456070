import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost } from "../../../model/cost-functions.js";
import { adaptiveClearingTime, fixedClearingTime } from "../../../theory/rate-scaling/backlog-clearing.js";
import { backloggedTrajectory } from "../../../theory/rate-scaling/backlogged-trajectory.js";

const costs = { g: parseSojournCost("reciprocal"), h: parseRateCost("power:0.1,2") };
const fluidPart = (time: number, jobs: number, slowest: number): number => time - (4 * Math.sqrt(jobs)) / slowest;

describe("the time until the jobs of the start are served", () => {
  it("is B / (mu - lambda) at equal rates, and four standard deviations of that work", () => {
    // The queue falls by 0.4 a unit of time: 50; by then 30 more jobs have come.
    expect(fixedClearingTime([1, 1, 1], 0.6, 20)).toBeCloseTo(50 + 4 * Math.sqrt(50), 9);
  });

  it("is that of stages at unequal rates: the slow ones are spared as soon as the fast ones have no queue", () => {
    // Rates 1.5 and 0.5, lambda 0.6, B 20: 20 / 0.9 = 22.2 for the fast ones, by when the slow ones have 22.2 jobs: 44.4 more.
    expect(fluidPart(fixedClearingTime([0.5, 1.5], 0.6, 20), 20 + 40 / 3, 0.5)).toBeCloseTo(200 / 3, 9);
    expect(fixedClearingTime([1.5, 0.1], 0.9, 20)).toBe(Number.POSITIVE_INFINITY);
    expect(fixedClearingTime([1, 2], 0.6, 0)).toBe(0);
  });

  it("covers the fluid trajectory of servers whose rates hardly change", () => {
    const rates = fc.array(fc.double({ min: 0.5, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rates, fc.double({ min: 1, max: 50, noNaN: true }), (initialRates, backlog) => {
        const arrivalRate = 0.4;
        const time = fixedClearingTime(initialRates, arrivalRate, backlog);
        const start = { ...costs, arrivalRate, initialRates, inverseStep: 1e9 };
        // The trajectory takes steps of a hundredth of m: as many as it is asked for.
        const times = Array.from({ length: 400 }, (_, i) => ((i + 1) * time) / 400);
        const [{ queues }] = backloggedTrajectory(start, backlog, times).slice(-1);
        expect(Math.max(...queues)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [50, [0, 0.5, 1, 1.5, 2], 20, 260],
    [500, [0, 0.5, 1, 1.5, 2], 20, 2000],
    [5, [0.01], 200, 400],
    [100, [2, 2], 3, 14],
  ])(
    "covers that of servers which tune their rates with m = %d from %j and %d jobs each: at most %d",
    (m, initialRates, backlog, most) => {
      const start = { ...costs, arrivalRate: 0.8, inverseStep: m, initialRates };
      const time = adaptiveClearingTime(start, backlog);
      const [{ queues }] = backloggedTrajectory(start, backlog, [time]);
      expect(Math.max(...queues)).toBe(0);
      expect(time).toBeLessThan(most);
    },
  );

  it("is unknown in overload, and refuses a backlog below 0", () => {
    const overloaded = {
      g: costs.g,
      h: parseRateCost("power:9,3"),
      arrivalRate: 3,
      inverseStep: 50,
      initialRates: [1],
    };
    expect(adaptiveClearingTime(overloaded, 5)).toBe(Number.POSITIVE_INFINITY);
    expect(() => adaptiveClearingTime(overloaded, -1)).toThrow("backlog -1: must be >= 0");
  });
});

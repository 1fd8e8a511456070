import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost } from "../../../model/cost-functions.js";
import { backloggedTrajectory } from "../../../theory/rate-scaling/backlogged-trajectory.js";
import { type RateScalingStart, rateTrajectory } from "../../../theory/rate-scaling/rate-trajectory.js";

const start: RateScalingStart = {
  arrivalRate: 0.8,
  inverseStep: 500,
  g: parseSojournCost("reciprocal"),
  h: parseRateCost("power:0.1,2"),
  initialRates: [0, 0.5, 1, 1.5, 2],
};
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, x) => total + x, 0);

describe("the limit with infinite buffers", () => {
  it("is that of unit buffers from empty queues without overload (Rutten, Zubeldia and Mukherjee 2023, (2.3))", () => {
    const times = [50, 500, 2000, 5000];
    const unit = rateTrajectory(start, times);
    for (const [i, { rates, queues }] of backloggedTrajectory(start, 0, times).entries()) {
      // Idle times are held for 1/100 of m, in which a rate of 1 moves by 0.8 %.
      for (const [v, rate] of rates.entries()) expect(Math.abs(rate / unit[i][v] - 1)).toBeLessThan(0.008);
      expect(sum(queues)).toBe(0);
    }
  });

  it("tends to where g' + h'/mu is 0 while the backlog lasts: sqrt(5) for 1/x and 0.1 x^2", () => {
    const [{ rates }] = backloggedTrajectory(start, 1e9, [60_000]);
    for (const rate of rates) expect(rate).toBeCloseTo(Math.sqrt(5), 6);
  });

  it("keeps the books of jobs while every server has a queue: arrivals less work done", () => {
    const times = Array.from({ length: 200 }, (_, i) => i + 1);
    const states = backloggedTrajectory(start, 1000, times);
    for (let i = 1; i < states.length; i++) {
      const gained = sum(states[i].queues) - sum(states[i - 1].queues);
      const served = (sum(states[i].rates) + sum(states[i - 1].rates)) / 2;
      expect(gained).toBeCloseTo(5 * 0.8 - served, 6);
    }
  });

  it("goes beyond the optimum with a backlog, and comes back to it", () => {
    const [high, end] = backloggedTrajectory(start, 1000, [1200, 12_000]).map(({ rates }) => sum(rates) / 5);
    expect(high).toBeGreaterThan(1.7);
    expect(end).toBeCloseTo(4 ** (1 / 3), 4);
  });

  it("lets servers without a queue keep up with all arrivals they can, and the others get the rest", () => {
    // Servers 0 and 1 are too slow for the arrivals left to them: only their queues grow, and by what is too much.
    const slow = { ...start, arrivalRate: 3, initialRates: [0.5, 0.5, 2, 2], inverseStep: 1e12 };
    const [{ queues }] = backloggedTrajectory(slow, 0, [10]);
    expect(sum(queues)).toBeCloseTo(10 * (4 * 3 - 5), 6);
  });

  it("refuses a backlog below 0", () => {
    expect(() => backloggedTrajectory(start, -1, [1])).toThrow("backlog -1: must be >= 0");
  });
});

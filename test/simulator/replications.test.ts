import { describe, expect, it } from "vitest";
import { scenarioNamed } from "../../scenarios/index.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { combine, replicate } from "../../simulator/replications.js";
import { type SimulationInput, simulate } from "../../simulator/simulation.js";
import { isShownOnly } from "../support/shown-only.js";

const small: SimulationInput = {
  scenario: "rate-scaling",
  settings: { servers: "5", inverseStep: "20" },
  seed: "1",
  warmUpTime: 100,
  measuringTime: 300,
  familyConfidence: 0.99,
};

describe("several runs of one system", () => {
  it("have the same servers and randomness of their own; the first is the run without a number", () => {
    const [plain, first, second] = [small, { ...small, replication: 1 }, { ...small, replication: 2 }].map((input) =>
      simulate(input),
    );
    expect(first).toEqual(plain);
    expect(second.totals).not.toEqual(first.totals);
    // Fixed rates stay what the seed made them.
    const fixed: SimulationInput = { ...small, settings: { ...small.settings, rateControl: "fixed" } };
    const limitOf = (replication: number) =>
      simulate({ ...fixed, replication }).quantities.find(({ name }) => name === "busy_fraction")?.predictions;
    expect(limitOf(2)).toEqual(limitOf(1));
  });

  it("are counted together, and averaged", async () => {
    const planned: number[] = [];
    const found = await replicate(small, { replications: 4 }, inlineRunner, (done, of) => planned.push(done / of));
    expect(planned).toEqual([0.25, 0.5, 0.75, 1]);
    const each = [1, 2, 3, 4].map((replication) => simulate({ ...small, replication }));
    expect(found.replications).toBe(4);
    expect(found.totals.offered).toBe(each.reduce((sum, { totals }) => sum + totals.offered, 0));
    const mean = each.reduce((sum, { estimates }) => sum + estimates.mean_idle_time.value, 0) / 4;
    expect(found.quantities.find(({ name }) => name === "mean_idle_time")?.measured).toBeCloseTo(mean, 12);
    const experiment = scenarioNamed(small.scenario).configure(small.settings, small.seed);
    expect(combine(experiment, each, { familyConfidence: 0.99 })).toEqual(found);
  });

  it("go on until the intervals are as narrow as wanted, and no further", async () => {
    const runsFor = async (precision: number) => replicate(small, { replications: 1, precision }, inlineRunner);
    const coarse = await runsFor(0.9);
    const fine = await runsFor(0.15);
    expect(coarse.replications).toBe(10);
    expect(fine.replications).toBeGreaterThan(10);
    for (const { name, measured, ciLow, ciHigh } of fine.quantities) {
      if (measured === null || ciLow === null || ciHigh === null) throw new Error(`${name} has no interval`);
      if (ciLow > 0) expect((ciHigh - ciLow) / 2, name).toBeLessThanOrEqual(0.15 * measured);
    }
  });
});

// Computed twice by programs outside this project: rates of n servers at lambda 0.8, g = 1/x, h = 0.1 x^2, and their spread at m 500.
describe("rate scaling, simulated", () => {
  it.each([
    [2, 1.45249, 0.01543, 40_000],
    [10, 1.56615, 0.01232, 8000],
    [100, 1.58603, 0.01097, 1500],
  ])("has with %d servers the mean rate %d and the spread %d", async (servers, mean, spread, measuringTime) => {
    const settings = { servers: String(servers), inverseStep: "500", initialRates: `constant:${mean}` };
    const input: SimulationInput = {
      scenario: "rate-scaling",
      settings,
      seed: "1",
      warmUpTime: 2000,
      measuringTime,
      familyConfidence: 0.99,
    };
    const { quantities } = await replicate(input, { replications: 6 }, inlineRunner);
    const intervalOf = (name: string): [number, number] => {
      const found = quantities.find((quantity) => quantity.name === name);
      return [found?.ciLow ?? Number.NaN, found?.ciHigh ?? Number.NaN];
    };
    const [low, high] = intervalOf("mean_service_rate");
    // The checked values are to first order in 1/m: what the next adds is below 0.0003 of the mean and 2 % of the spread.
    expect(low).toBeLessThan(mean + 0.0003);
    expect(high).toBeGreaterThan(mean - 0.0003);
    expect(high - low).toBeLessThan(0.03);
    const [least, greatest] = intervalOf("service_rate_sd");
    expect(least).toBeLessThan(1.02 * spread);
    expect(greatest).toBeGreaterThan(0.98 * spread);
    for (const { name, role, verdict, reason } of quantities.filter((quantity) => !isShownOnly(quantity)))
      if (role === "input") expect(verdict, `${name}: ${reason}`).not.toBe("differs");
      else if (name !== "idle_time_spread") expect(verdict, `${name}: ${reason}`).toBe("agrees");
  });
});

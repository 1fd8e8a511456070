import { describe, expect, it } from "vitest";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { initialRate, parseInitialRates } from "../../model/initial-rates.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { trajectory } from "../../simulator/trajectory.js";
import { rateTrajectory } from "../../theory/rate-scaling/rate-trajectory.js";

const RATES = "uniform:0.5,2";
const SEED = "small-steps";
const LOOKS = 40;

/** The greatest distance over time of a server's rate from the solution of (2.3), mean over the servers; until time 8 m. */
async function distance(servers: number, inverseStep: number): Promise<number> {
  const settings = { servers: String(servers), inverseStep: String(inverseStep), initialRates: RATES };
  const step = inverseStep / 5;
  const until = LOOKS * step;
  const run = { scenario: rateScaling.name, settings, seed: SEED, replication: 1, until, step };
  const { times, rates } = await trajectory.run(run);
  const initialRates = Array.from({ length: servers }, (_, v) => initialRate(parseInitialRates(RATES), SEED, v));
  const costs = { g: parseSojournCost("reciprocal"), h: parseRateCost("power:0.1,2") };
  const limit = rateTrajectory({ arrivalRate: 0.8, ...costs, inverseStep, initialRates }, times);
  const greatest = initialRates.map((_, v) => Math.max(...times.map((_, k) => Math.abs(rates[k][v] - limit[k][v]))));
  return greatest.reduce((sum, one) => sum + one, 0) / servers;
}

describe("rates over time (Rutten, Zubeldia and Mukherjee 2023, Theorem 2.6)", () => {
  it("follow (2.3) the closer, the smaller the steps: at a distance of order m^(-1/2) with many servers", async () => {
    const [coarse, finer, finest] = [await distance(150, 20), await distance(150, 80), await distance(150, 320)];
    // A quarter of the step halves the distance; the number of servers leaves a bias of order 1/n.
    for (const ratio of [finer / coarse, finest / finer]) {
      expect(ratio).toBeGreaterThan(0.4);
      expect(ratio).toBeLessThan(0.65);
    }
    expect(finest).toBeLessThan(0.05);
  });

  it("of few servers stay apart from it however small the steps: mu_2 is 1.4525, and mu* 1.5874", async () => {
    expect(await distance(2, 2000)).toBeGreaterThan(0.09);
  });
});

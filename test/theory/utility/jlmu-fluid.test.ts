import { describe, expect, it } from "vitest";
import { studentQuantile } from "../../../model/statistics/interval.js";
import { linear, logShare, parseUtilities } from "../../../model/utility-functions.js";
import { jlmu } from "../../../policies/jlmu.js";
import { PoolChain } from "../../../simulator/pool-chain.js";
import { JlmuFluid } from "../../../theory/utility/jlmu-fluid.js";
import { optimalAssignment, optimalOccupancy } from "../../../theory/utility/optimal-assignment.js";

const tableOne = { utilities: [logShare(20), logShare(30)], fractions: [0.5, 0.5] };
const threeClasses = {
  utilities: parseUtilities("linear:1/quadratic:2,0.05/piecewise-linear:1.5@20,0"),
  fractions: [0.5, 0.25, 0.25],
};

describe("the fluid model of JLMU, Goldsztajn, Borst and van Leeuwaarden (2023), (10)", () => {
  it("has s(t) = rho + (s(0) - rho) exp(-t) tasks per pool, Proposition 4", () => {
    for (const [start, initial] of [
      [[], 0],
      [[[0.5, 0.5, 0.5, 0.5], new Array<number>(30).fill(0.5)], 17],
    ] as const) {
      const fluid = new JlmuFluid(tableOne, 9.75, start);
      for (let t = 0.05; t < 8; t += 0.05) {
        fluid.advanceTo(t);
        expect(fluid.tasks).toBeCloseTo(9.75 + (initial - 9.75) * Math.exp(-t), 10);
      }
    }
  });

  it("fills one level after the other from an empty start, in closed form for one class", () => {
    const classes = { utilities: [linear(1)], fractions: [1] };
    const fluid = new JlmuFluid(classes, 3.4);
    // With every level j full at s = j, level j + 1 holds s - j.
    for (const t of [0.1, 0.3, 0.34, 0.36, 0.8, 2, 9]) {
      fluid.advanceTo(t);
      const tasks = 3.4 * (1 - Math.exp(-t));
      for (const j of [1, 2, 3, 4]) {
        expect(fluid.occupancy(0, j)).toBeCloseTo(Math.min(1, Math.max(0, tasks - j + 1)), 9);
      }
    }
  });

  it("lets full levels go where arrivals no longer suffice, and fills them again: a sliding mode that ends", () => {
    // All pools have 4 tasks, and arrivals suffice for one each: level 4 empties as if alone, and with it the others.
    const classes = { utilities: [linear(1)], fractions: [1] };
    const fluid = new JlmuFluid(classes, 1, [[1, 1, 1, 1]]);
    fluid.advanceTo(0.01);
    // To first order, tasks end at rate 4 and arrive at rate 1, all of them on level 4.
    expect(fluid.occupancy(0, 4)).toBeCloseTo(1 - 3 * 0.01, 3);
    expect(fluid.occupancy(0, 3)).toBe(1);
    // Once a pool with 3 tasks loses one as often as tasks arrive, level 3 is no longer full: 3 (1 - q(4)) = 1.
    let left = 0;
    for (let t = 0.02; left === 0; t += 0.001) {
      fluid.advanceTo(t);
      if (fluid.occupancy(0, 3) < 1) left = fluid.occupancy(0, 4);
    }
    expect(left).toBeGreaterThan(2 / 3 - 0.01);
    expect(left).toBeLessThan(2 / 3);
    fluid.advanceTo(40);
    expect(fluid.occupancy(0, 1)).toBeCloseTo(1, 9);
    expect(fluid.occupancy(0, 2)).toBeCloseTo(0, 9);
  });

  it.each([
    ["Table 1, rho 9.75", tableOne, 9.75],
    ["Table 1, rho 10, where nothing is left on sigma*", tableOne, 10],
    ["Figure 3, right", threeClasses, 4.3],
  ])("comes to the optimal assignment, which is its only equilibrium (Theorem 4): %s", (_what, classes, load) => {
    const crowded = classes.fractions.map((fraction) => new Array<number>(40).fill(fraction * 0.7));
    for (const start of [[], crowded]) {
      const fluid = new JlmuFluid(classes, load, start);
      fluid.advanceTo(35);
      const best = optimalAssignment(classes, load);
      for (const i of classes.fractions.keys()) {
        for (let j = 1; j < 41; j++) {
          expect(fluid.occupancy(i, j)).toBeCloseTo(optimalOccupancy(classes, best, i, j), 9);
        }
      }
      expect(fluid.utility).toBeCloseTo(best.utility, 7);
    }
  });

  it("is what many pools do over time (Theorem 5)", () => {
    const POOLS = 2000;
    const RUNS = 12;
    const times = [0.1, 0.3, 0.6, 1, 2, 4];
    const runs = Array.from({ length: RUNS }, (_, run) => {
      const chain = new PoolChain({
        classes: tableOne.utilities.map((utility) => ({ utility, pools: POOLS / 2 })),
        arrivalRate: () => 9.75 * POOLS,
        peakArrivalRate: 9.75 * POOLS,
        policy: jlmu(tableOne.utilities),
        initialTasks: 0,
        seed: `fluid/${run}`,
      });
      return times.map((t) => {
        chain.run(t);
        return [0, 1].flatMap((i) => Array.from({ length: 14 }, (_, k) => chain.occupancy(i, k + 1)));
      });
    });
    const fluid = new JlmuFluid(tableOne, 9.75);
    const reach = studentQuantile(1 - 1e-3 / (2 * times.length * 28), RUNS - 1);
    for (const [moment, t] of times.entries()) {
      fluid.advanceTo(t);
      for (let k = 0; k < 28; k++) {
        const values = runs.map((run) => run[moment][k]);
        const mean = values.reduce((sum, x) => sum + x, 0) / RUNS;
        const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (RUNS - 1);
        // A limit: at n pools off by a few pools, the holes that come and go all the time.
        const holes = 10 / POOLS;
        expect(Math.abs(mean - fluid.occupancy(Math.floor(k / 14), (k % 14) + 1))).toBeLessThan(
          reach * Math.sqrt(variance / RUNS) + holes,
        );
      }
    }
  });
});

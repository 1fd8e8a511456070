import { describe, expect, it } from "vitest";
import { standardisedLoss, tableOneFigure, utilityEstimate } from "../../figures/utility/table-1.js";
import { TABLE_1 } from "../../figures/utility/table-1-paper.js";
import { trackingFigure } from "../../figures/utility/tracking.js";
import { parseLoadProfile } from "../../model/load-profile.js";
import { parseUtilities } from "../../model/utility-functions.js";
import type { PoolTrajectory, PoolTrajectoryInput } from "../../simulator/pool-trajectory.js";
import type { PoolWindow, PoolWindowsInput } from "../../simulator/pool-windows.js";
import { meanOptimalUtility, optimalAssignment, optimalUtility } from "../../theory/utility/optimal-assignment.js";
import { madeUpRunner } from "../support/made-up-runner.js";

const CLASSES = { utilities: parseUtilities("log-share:20/log-share:30"), fractions: [0.5, 0.5] };

describe("Table 1", () => {
  /** Windows about what the paper has in its own, off by so much; what is lost to the best policy is 0.01 in all of them. */
  const windowsAbout = (off: number) =>
    madeUpRunner(({ load, pools, policy, windows }: PoolWindowsInput): PoolWindow[] => {
      const row = TABLE_1.get(load)?.find((one) => one.pools === pools[0] + pools[1]);
      if (row === undefined || (policy !== "jlmu" && policy !== "slta")) throw new Error("not in the table");
      return Array.from({ length: windows }, (_, k) => {
        const meanUtility = row[policy] + off + 0.01 * (k - (windows - 1) / 2);
        const meanOptimum = meanUtility + 0.01;
        return { meanUtility, meanOptimum, meanTasks: load, messagesPerTask: 3.125, timeAtOptimum: 0.5 };
      });
    });

  it("has the utility as the bound less what is lost, and finds the paper's windows among such", async () => {
    const progress: number[] = [];
    const options = { seed: "1", preview: true, runner: windowsAbout(0) };
    const { panels, tables } = await tableOneFigure.make(options, (done) => progress.push(done));
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    for (const [k, load] of [9.75, 10].entries()) {
      expect(tables[k].rows.map((row) => row.slice(0, 2))).toEqual(
        [50, 100, 150].flatMap((pools) => [
          [pools, "jlmu"],
          [pools, "slta"],
        ]),
      );
      for (const [pools, policy, utility, , bound, , , , own, theirs, ...more] of tables[k].rows) {
        const [consistent, messages, atOptimum] = more;
        const row = TABLE_1.get(load)?.find((one) => one.pools === pools);
        expect([own, theirs]).toEqual([optimalUtility(CLASSES, load).toFixed(4), row?.optimum.toFixed(4)]);
        const best = meanOptimalUtility(CLASSES, Number(pools), load);
        expect([utility, bound]).toEqual([(best - 0.01).toFixed(5), best.toFixed(5)]);
        expect([consistent, messages, atOptimum]).toEqual(["yes", "3.13", policy === "slta" ? "0.500" : null]);
      }
      for (const { quantity, points } of panels[k].series.filter(({ role }) => role === "bound"))
        for (const { x, y } of points)
          expect(y).toBe(quantity === "u*(rho)" ? optimalUtility(CLASSES, load) : meanOptimalUtility(CLASSES, x, load));
    }
  });

  it("says where the paper's windows are not of the kind of ours", async () => {
    const options = { seed: "1", preview: true, runner: windowsAbout(-0.5) };
    const { tables } = await tableOneFigure.make(options, () => undefined);
    expect(tables.slice(0, 2).flatMap(({ rows }) => rows.map((row) => row[10]))).toEqual(Array(12).fill("no"));
    // Ours lose 0.5 more than the paper's in every row, which is many times as far as windows vary.
    for (const [, , rows, lower, z] of tables[2].rows) expect([rows, lower, Number(z) < -10]).toEqual([3, 3, true]);
  });

  it("holds the paper's losses of all rows together against ours, in standard deviations of one window from the mean of ours", () => {
    const [paper] = TABLE_1.get(9.75) ?? [];
    const optimum = optimalUtility(CLASSES, 9.75);
    const windows = [-0.001, 0, 0.001].map((off) => ({
      ...{ meanUtility: optimum - (paper.optimum - paper.jlmu) - 0.002 + off, meanOptimum: 0, meanTasks: 9.75 },
      ...{ messagesPerTask: 0, timeAtOptimum: 0 },
    }));
    const distance = standardisedLoss({ load: 9.75, policy: "jlmu", paper, windows });
    expect(distance).toBeCloseTo(-0.002 / Math.hypot(0.001 * Math.sqrt(4 / 3), 5e-5), 8);
  });

  it("has an interval of what is lost alone: tasks that vary do not widen it", () => {
    const windows = [0.009, 0.01, 0.011].map((loss, k) => ({
      ...{ meanUtility: 9 + k, meanOptimum: 9 + k + loss, meanTasks: 9.75 + k },
      ...{ messagesPerTask: 0, timeAtOptimum: 0 },
    }));
    const [paper] = TABLE_1.get(9.75) ?? [];
    const { value, low, high } = utilityEstimate({ load: 9.75, paper, windows });
    expect(value).toBeCloseTo(meanOptimalUtility(CLASSES, 50, 9.75) - 0.01, 12);
    // t with 2 degrees of freedom: 4.302653; standard error 0.001/sqrt(3).
    expect(high - value).toBeCloseTo((4.302653 * 0.001) / Math.sqrt(3), 8);
    expect(value - low).toBeCloseTo(high - value, 12);
  });
});

describe("the figure of loads that change", () => {
  it("finds by how much r is late, and what each policy loses", async () => {
    /** Looks by which r is behind: at once where the load jumps, six of 40/140 time units where it swings. */
    const behind = { steps: 0, sine: 6 };
    const runner = madeUpRunner(({ load, times, policy }: PoolTrajectoryInput): PoolTrajectory => {
      const profile = parseLoadProfile(load);
      const tasks = times.map((time) => profile.meanTasks(time, profile.at(0)));
      const lag = load.startsWith("sine") ? behind.sine : behind.steps;
      const rank = tasks.map((_, k) => optimalAssignment(CLASSES, tasks[Math.max(0, k - lag)]).rank);
      const lost = policy === "slta" ? 0.02 : 0.01;
      const utility = tasks.map((mean) => optimalUtility(CLASSES, mean) - lost);
      return { utility, tasks, rank: policy === "slta" ? rank : tasks.map(() => 0), occupancy: [] };
    });
    const { panels, tables } = await trackingFigure.make({ seed: "1", preview: true, runner }, () => undefined);
    const [steps, sine] = tables[0].rows;
    // Four digits of the distance between two looks, 35/140 time units: less than that is no delay that can be seen.
    expect(steps.slice(1)).toEqual([0, "< 0.25", 0.02, 0.01]);
    expect(sine.slice(2)).toEqual([Number(((6 * 40) / 140).toFixed(2)), 0.02, 0.01]);
    expect(Number(sine[1])).toBeGreaterThan(0);
    expect(panels).toHaveLength(4);
    const [seen, best] = panels[0].series;
    expect(seen.points.map(({ y }) => y)).toEqual(best.points.map(({ y }) => y));
    for (const { series } of [panels[1], panels[3]]) {
      const [jlmu, slta, bound] = series.map(({ points }) => points);
      for (const [k, { y }] of bound.entries()) {
        expect(jlmu[k].y - slta[k].y).toBeCloseTo(0.01, 10);
        // Jensen: tasks that vary get less than their mean number would.
        expect(y).toBeLessThanOrEqual(jlmu[k].y + 0.01 + 1e-9);
      }
    }
  });
});

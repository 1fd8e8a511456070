import { describe, expect, it } from "vitest";
import { parseUtilities } from "../../../model/utility-functions.js";
import { poolTrajectory } from "../../../simulator/pool-trajectory.js";
import { optimalAssignment } from "../../../theory/utility/optimal-assignment.js";
import { sltaLearningTime } from "../../../theory/utility/slta-learning-time.js";

const TABLE_1 = { utilities: parseUtilities("log-share:20/log-share:30"), fractions: [0.5, 0.5] };

const levels = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("the time in which SLTA learns (Theorem 6 and Proposition 6 of Goldsztajn, Borst and van Leeuwaarden 2023)", () => {
  it("is what was computed independently for Table 1's functions", () => {
    const found = sltaLearningTime(TABLE_1, 9.75, 0);
    expect(found).toMatchObject({ greatestLevel: 21, greatestRank: 53 });
    expect(found?.learnedAsPrinted).toBeCloseTo(300.66, 2);
    // Levels 9 to 21 of class 1 and 12 to 21 of class 2 are left, J = 21: the sum of 21/j - 1; then log(9.75/0.25) to fill.
    const left = [...levels(9, 21), ...levels(12, 21)].reduce((sum, j) => sum + 21 / j - 1, 0);
    expect(found?.bounded).toBeCloseTo(left, 10);
    expect(found?.learned).toBeCloseTo(left + Math.log(39), 10);
    expect(optimalAssignment(TABLE_1, 9.75).rank).toBe(20);
  });

  it("is longer from more tasks than the load, by the time in which they drain", () => {
    const [none, few, many] = [0, 9.75, 30].map((start) => sltaLearningTime(TABLE_1, 9.75, start));
    expect(few).toEqual(none);
    // The room for 10 tasks per pool, 0.25 beyond the load, is what is left of 20.25 after log 81.
    expect((many?.learned ?? 0) - (none?.learned ?? 0)).toBeCloseTo(Math.log(81), 9);
  });

  it("is not known for a load that fills coordinates completely, nor where a class never comes to its turn", () => {
    expect(sltaLearningTime(TABLE_1, 10, 0)).toBeUndefined();
    const never = { utilities: parseUtilities("linear:2/linear:1"), fractions: [0.5, 0.5] };
    expect(sltaLearningTime(never, 9.75, 0)).toBeUndefined();
  });

  it("is enough with many pools, from none and from too many tasks: r is r* from then on, (14a)", () => {
    for (const before of [0, 15]) {
      const { learned = Number.NaN } = sltaLearningTime(TABLE_1, 9.75, before) ?? {};
      const { rank } = poolTrajectory.run({
        ...{
          utilities: "log-share:20/log-share:30",
          pools: [1000, 1000],
          load: "9.75",
          policy: "slta",
          beta: "n^-0.45",
        },
        ...{
          start: { meanJobs: before },
          settling: 0,
          times: [0, 1, 2].map((more) => learned + more),
          levels: [],
          seed: `slta-${before}`,
        },
      });
      expect(rank).toEqual([20, 20, 20]);
    }
  });
});

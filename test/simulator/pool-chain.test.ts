import { describe, expect, it } from "vitest";
import { comparison, utilityEstimate } from "../../figures/utility/table-1.js";
import { TABLE_1 } from "../../figures/utility/table-1-paper.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import { studentQuantile } from "../../model/statistics/interval.js";
import { logShare, parseUtilities } from "../../model/utility-functions.js";
import { poolPolicyNamed } from "../../policies/index.js";
import { parseBeta } from "../../scenarios/utility/policy.js";
import { PoolChain } from "../../simulator/pool-chain.js";
import { poolTrajectory } from "../../simulator/pool-trajectory.js";
import { type PoolWindow, runPoolWindows } from "../../simulator/pool-windows.js";
import { poissonLaw } from "../../theory/queues/poisson.js";
import { conservativeUtility, greedyUtility } from "../../theory/utility/greedy-suboptimality.js";
import { JlmuFluid } from "../../theory/utility/jlmu-fluid.js";
import { meanOptimalUtility } from "../../theory/utility/optimal-assignment.js";

const utilities = [logShare(20), logShare(30)];
const BETA = parseBeta("n^-0.45");

function chainOf(policy: string, pools: number, load: number, seed: string, sizes?: JobSizeLaw): PoolChain {
  return new PoolChain({
    classes: utilities.map((utility) => ({ utility, pools: pools / 2 })),
    arrivalRate: () => pools * load,
    peakArrivalRate: pools * load,
    policy: poolPolicyNamed(policy, { utilities, beta: BETA.at }),
    initialTasks: pools * load,
    seed,
    ...(sizes === undefined ? {} : { sizes }),
  });
}

/** The interval that covers the mean of independent windows with a probability of 1 - 1e-4. */
function covers(windows: readonly number[]): { readonly low: number; readonly high: number } {
  const mean = windows.reduce((sum, x) => sum + x, 0) / windows.length;
  const variance = windows.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (windows.length - 1);
  const halfWidth = studentQuantile(1 - 0.5e-4, windows.length - 1) * Math.sqrt(variance / windows.length);
  return { low: mean - halfWidth, high: mean + halfWidth };
}

const within = (value: number, { low, high }: { readonly low: number; readonly high: number }): boolean =>
  value >= low && value <= high;

describe("server pools as a Markov chain", () => {
  it("have a Poisson number of tasks, whatever the policy, and exactly the same under all of them", () => {
    const laws = ["jlmu", "slta", "jsq", "class:2", "random"].map((policy) => {
      const chain = chainOf(policy, 10, 2, "a");
      chain.run(12);
      chain.restartStatistics();
      chain.run(3000);
      return chain.statistics().taskLaw;
    });
    for (const law of laws) expect([...law]).toEqual([...laws[0]]);
    const { from, probabilities } = poissonLaw(20);
    const tail = (k: number): number => probabilities.slice(Math.max(0, k - from)).reduce((sum, p) => sum + p, 0);
    for (const k of [12, 16, 20, 24, 28]) {
      const measured = laws[0].slice(k).reduce((sum, part) => sum + part, 0);
      // An indicator of the M/M/infinity queue forgets within a time unit at most: at least 1500 independent looks.
      const error = Math.sqrt((tail(k) * (1 - tail(k))) / 1500);
      expect(Math.abs(measured - tail(k))).toBeLessThan(4 * error);
    }
  });

  it.each(["constant", "gamma:0.5", "hyperexponential:4"])("have it with service times that are %s, too", (sizes) => {
    const laws = ["jlmu", "slta"].map((policy) => {
      const chain = chainOf(policy, 10, 2, "a", jobSizeLawNamed(sizes));
      chain.run(60);
      chain.restartStatistics();
      chain.run(6000);
      return chain.statistics().taskLaw;
    });
    expect([...laws[1]]).toEqual([...laws[0]]);
    const mean = laws[0].reduce((sum, part, tasks) => sum + part * tasks, 0);
    const variance = laws[0].reduce((sum, part, tasks) => sum + part * (tasks - mean) ** 2, 0);
    // The number of tasks forgets within 2.5 time units: the mean of 20 has a standard error below sqrt(20/1200).
    expect(Math.abs(mean - 20)).toBeLessThan(5 * Math.sqrt(20 / 1200));
    expect(Math.abs(variance / 20 - 1)).toBeLessThan(5 * Math.sqrt(2 / 1200));
  });

  it.each(["constant", "gamma:4"])("lose as M/G/1/1 does in section 9.3, whose service times are %s", (sizes) => {
    const of = (policy: string, exact: number): void => {
      const input = { utilities: "suboptimality:0.05", pools: [1, 1], load: 0.5, policy, beta: "n^-0.45", sizes };
      const windows = runPoolWindows({ ...input, windows: 20, windowTime: 2000, seed: "s" });
      expect(within(exact, covers(windows.map(({ meanUtility }) => meanUtility)))).toBe(true);
    };
    of("jlmu", greedyUtility(0.05, 1));
    of("class:2", conservativeUtility(1));
  });

  it("count occupancies and utility as a look at every moment does", () => {
    const chain = chainOf("slta", 8, 3, "b");
    chain.run(5);
    chain.restartStatistics();
    const looks = { utility: 0, occupancy: 0, tasks: 0 };
    const LOOKS = 40_000;
    for (let look = 0; look < LOOKS; look++) {
      chain.run(5 + (look + 1) / 100);
      looks.utility += chain.utility() / LOOKS;
      looks.occupancy += chain.occupancy(1, 3) / LOOKS;
      looks.tasks += chain.tasks / LOOKS;
    }
    const seen = chain.statistics();
    const meanTasks = seen.taskLaw.reduce((sum, part, tasks) => sum + part * tasks, 0);
    // Looks every 0.01 time units err as the Riemann sum of a process that jumps: by far less than 1 % here.
    expect(seen.meanUtility / looks.utility).toBeCloseTo(1, 2);
    expect(seen.occupancy[1][2] / looks.occupancy).toBeCloseTo(1, 2);
    expect(meanTasks / looks.tasks).toBeCloseTo(1, 2);
    expect(seen.rankLaw.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
  });
});

/** Two pools with the utilities of section 9.3, epsilon 0.05. */
function exampleUtility(policy: string, offeredLoad: number): number[] {
  return runPoolWindows({
    utilities: "suboptimality:0.05",
    pools: [1, 1],
    load: offeredLoad / 2,
    policy,
    beta: "n^-0.45",
    windows: 20,
    windowTime: 500,
    seed: "c",
  }).map(({ meanUtility }) => meanUtility);
}

describe("the example of Goldsztajn, Borst and van Leeuwaarden (2023), section 9.3", () => {
  it.each([
    [0.5, true],
    [1, true],
    [3, true],
    [8, false],
  ])("has JLMU lose at rho = %d: %s, both policies with their exact utilities", (offeredLoad, loses) => {
    expect(parseUtilities("suboptimality:0.05")).toHaveLength(2);
    const greedy = exampleUtility("jlmu", offeredLoad);
    const conservative = exampleUtility("class:2", offeredLoad);
    expect(within(greedyUtility(0.05, offeredLoad), covers(greedy))).toBe(true);
    expect(within(conservativeUtility(offeredLoad), covers(conservative))).toBe(true);
    const difference = covers(conservative.map((utility, k) => utility - greedy[k]));
    expect(loses ? difference.low > 0 : difference.high < 0).toBe(true);
  });
});

describe("Table 1", () => {
  it.each([
    [9.75, "jlmu"],
    [9.75, "slta"],
    [10, "jlmu"],
    [10, "slta"],
  ] as const)("is met at rho = %d by %s with 100 pools, and the bound E[u*(S/n)] is never exceeded", (load, policy) => {
    const input = { utilities: "log-share:20/log-share:30", beta: "n^-0.45", windowTime: 180, windows: 4, seed: "d" };
    const windows: PoolWindow[] = runPoolWindows({ ...input, pools: [50, 50], load, policy });
    const paper = (TABLE_1.get(load) ?? []).find(({ pools }) => pools === 100);
    expect(paper).toBeDefined();
    if (paper === undefined) return;
    const ratios = comparison({ load, policy, paper, windows }, 8);
    expect(ratios.utility).toBeLessThanOrEqual(1);
    expect(ratios.loss).toBeLessThanOrEqual(1);
    for (const { meanUtility, meanOptimum } of windows) expect(meanUtility).toBeLessThan(meanOptimum);
    const { low, high } = utilityEstimate({ load, paper, windows });
    expect(low).toBeLessThan(meanOptimalUtility({ utilities, fractions: [0.5, 0.5] }, 100, load));
    expect(high - low).toBeLessThan(0.001);
  });
});

describe("a trajectory of pools", () => {
  const tail = [1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.25];
  const [end, load] = [0.7, 4.5];
  const seen = Array.from({ length: 8 }, (_, run) =>
    poolTrajectory.run({
      ...{
        utilities: "log-share:20/log-share:30",
        pools: [7500, 2500],
        load: String(load),
        policy: "jlmu",
        beta: "n^-0.45",
      },
      ...{ start: { meanJobs: 8.75, tail }, settling: 0, times: [0, end], seed: `start ${run}` },
      levels: tail.flatMap((_, k) => [0, 1].map((i) => [i, k + 1] as const)),
    }),
  );

  it("starts with the tasks that it is given, in every class", () => {
    for (const { occupancy, tasks } of seen) {
      expect(tasks[0]).toBeCloseTo(8.75, 12);
      expect(occupancy.map(([atStart]) => atStart)).toEqual(tail.flatMap((part) => [0.75 * part, 0.25 * part]));
    }
  });

  it("goes on from there: tasks as in M/M/infinity, and where the fluid model has them", () => {
    const tasks = seen.reduce((sum, run) => sum + run.tasks[1], 0) / seen.length;
    // Variance per pool at most load + 8.75, all of it on the level that is filled in part: four standard errors.
    const tolerance = 4 * Math.sqrt((load + 8.75) / (8 * 10_000));
    expect(Math.abs(tasks - (load + (8.75 - load) * Math.exp(-end)))).toBeLessThan(tolerance);
    const classes = { utilities: parseUtilities("log-share:20/log-share:30"), fractions: [0.75, 0.25] };
    const fluid = new JlmuFluid(
      classes,
      load,
      [0.75, 0.25].map((part) => tail.map((one) => part * one)),
    );
    fluid.advanceTo(end);
    for (const [k, fraction] of tail.entries()) {
      for (const i of [0, 1]) {
        const mean = seen.reduce((sum, { occupancy }) => sum + occupancy[2 * k + i][1], 0) / seen.length;
        expect(Math.abs(mean - fluid.occupancy(i, k + 1)), `${i}, ${k + 1} from ${fraction}`).toBeLessThan(tolerance);
      }
    }
  });
});

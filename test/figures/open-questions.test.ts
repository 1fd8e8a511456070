import { describe, expect, it } from "vitest";
import { errorFigure } from "../../figures/jsq-heavy-traffic/error.js";
import { regimesFigure } from "../../figures/jsq-heavy-traffic/regimes.js";
import { effectiveChoices } from "../../figures/spatial-graphs/effective-choices.js";
import { mixingFigure } from "../../figures/spatial-graphs/mixing.js";
import { graphServicesFigure } from "../../figures/spatial-graphs/services.js";
import { servicesFigure } from "../../figures/utility/services.js";
import type { CoupledRunInput, CoupledRunOutput } from "../../simulator/coupled-run.js";
import type { IdleMomentsInput } from "../../simulator/idle-moments.js";
import type { PoolWindow, PoolWindowsInput } from "../../simulator/pool-windows.js";
import type { SimulationInput } from "../../simulator/simulation.js";
import { jsqDFixedPoint } from "../../theory/power-of-d/mean-field.js";
import { madeUpRunner } from "../support/made-up-runner.js";

const made = { seed: "1", preview: true };
const ignore = (): void => undefined;

describe("the figure of the error of the exponential limit", () => {
  it("is level where the error is the power of n that it is multiplied with the inverse of", async () => {
    const runner = madeUpRunner((input: SimulationInput | IdleMomentsInput) => {
      if (!("settings" in input)) return { jobsSeenByIdle: 1 + 1.2 * input.servers };
      const [n, alpha] = [Number(input.settings.servers), Number(input.settings.alpha)];
      const value = ((1 - n ** (-2 * alpha)) / 2 + 1) / 2 + 0.5 * n ** (2 - alpha) + 1e-6 * (input.replication ?? 1);
      return { estimates: { scaled_queue_by_identity: { value, variance: null, trials: null } } };
    });
    const { panels, tables } = await errorFigure.make({ ...made, runner }, ignore);
    const values = (panel: number): number[] =>
      panels[panel].series.filter(({ role }) => role === "simulated").flatMap(({ points }) => points.map(({ y }) => y));
    for (const value of [...values(0), ...values(1)]) expect(value).toBeCloseTo(0.5, 3);
    for (const value of values(2)) expect(value).toBeCloseTo(1.2, 10);
    const [slotted] = tables[0].rows;
    expect(slotted.slice(0, 4)).toEqual(["slotted", "jsq", 1.5, 4]);
    // The error itself: 0.5 n^(2 - alpha).
    expect(slotted[4]).toBeCloseTo(0.5 * 4 ** 0.5, 3);
  });
});

describe("the effective number of choices", () => {
  it("is d, at every level, where queues are those of the fixed point of d", () => {
    for (const choices of [1.2, 1.61, 2, 3]) {
      const tail = [1];
      while (tail.length < 12) tail.push(0.8 * tail[tail.length - 1] ** choices);
      const found = effectiveChoices(tail, 0.8);
      expect(found.length).toBeGreaterThan(1);
      for (const d of found) expect(d).toBeCloseTo(choices, 10);
    }
    expect(effectiveChoices(jsqDFixedPoint(0.8, 2), 0.8)[0]).toBeCloseTo(2, 10);
    expect(effectiveChoices([1, 0.8], 0.8)).toEqual([]);
  });
});

describe("the figure of how long a start is remembered", () => {
  it("has the part of the extra jobs that is left, and when a tenth is", async () => {
    const runner = madeUpRunner(({ sampleTimes, clustered, seed }: CoupledRunInput): CoupledRunOutput => {
      const time = (clustered ? 20 : 10) * (1 + 1e-3 * Number(seed.split("/").at(-1)));
      return { extra: sampleTimes.map((t) => 2 * Math.exp(-t / time)), outOfOrder: 0 };
    });
    const { panels, tables } = await mixingFigure.make({ ...made, runner }, ignore);
    expect(panels).toHaveLength(4);
    for (const { series } of panels) for (const { points } of series) expect(points[0].y).toBeCloseTo(1, 9);
    for (const [, start, , , time, low, high, outOfOrder] of tables[0].rows) {
      const expected = (start === "clustered" ? 20 : 10) * Math.log(10);
      // Between looks, 2.5 apart, the decay is taken as linear; runs differ by 2 % at most.
      expect(Math.abs(Number(time) / expected - 1)).toBeLessThan(0.03);
      expect(Number(low)).toBeLessThan(Number(time));
      expect(Number(high)).toBeGreaterThan(Number(time));
      expect(outOfOrder).toBe(0);
    }
  });
});

describe("the figures of service times that are not exponential", () => {
  it("have what is lost against the best assignment, over the squared variation", async () => {
    const runner = madeUpRunner(({ sizes = "exponential", windows }: PoolWindowsInput): PoolWindow[] =>
      Array.from({ length: windows }, (_, k) => ({
        ...{ meanTasks: 9.75, messagesPerTask: 2, timeAtOptimum: 0.5, meanOptimum: 9 },
        meanUtility: 9 - (sizes === "gamma:16" ? 0.5 : 0.1) - 1e-6 * k,
      })),
    );
    const { panels } = await servicesFigure.make({ ...made, runner }, ignore);
    for (const { series } of panels)
      for (const { points } of series.filter(({ role }) => role === "simulated")) {
        expect(points.map(({ x }) => x)).toEqual([0, 0.25, 1, 4, 4, 16]);
        for (const { x, y } of points) expect(y).toBeCloseTo(x === 16 ? 0.5 : 0.1, 4);
      }
  });

  it("have the mean queue on graphs over the squared variation, and random routing above it as M/G/1 is", async () => {
    const runner = madeUpRunner(({ seed }: SimulationInput) => ({
      estimates: { mean_queue_length: { value: 2 + 0.01 * Number(seed.at(-1)), variance: null, trials: null } },
    }));
    const [panel] = (await graphServicesFigure.make({ ...made, runner }, ignore)).panels;
    const random = panel.series.find(({ role }) => role === "exact");
    // Pollaczek and Khinchine: lambda + lambda^2 (1 + c^2)/(2 (1 - lambda)).
    for (const { x, y } of random?.points ?? []) expect(y).toBeCloseTo(0.8 + (0.64 * (1 + x)) / 0.4, 10);
    for (const { points } of panel.series.filter(({ role }) => role === "simulated"))
      for (const { y } of points) expect(y).toBeCloseTo(2.01, 10);
  });
});

describe("the figure of the regimes", () => {
  it("has the waiting time of what waits, and from alpha = 1 on of what idle servers see", async () => {
    const runner = madeUpRunner(({ servers, alpha, seed }: IdleMomentsInput) => ({
      ...{ jobsSeenByIdle: 1.5 * servers, waitingJobs: 0.2 * (1 - servers ** -alpha), waitingProbability: 0.5 },
      // Runs differ by next to nothing.
      ...(seed.endsWith("0") ? { jobsSeenByIdle: 1.5 * servers + 1e-9 } : {}),
    }));
    const { tables } = await regimesFigure.make({ ...made, runner }, ignore);
    for (const [regime, alpha, servers, wait, , , waits, , , scaled] of tables[0].rows.map((row) => row.slice(0, 10))) {
      const [a, n] = [Number(alpha), Number(servers)];
      const load = 1 - n ** -a;
      const jobs = a < 1 ? load + 0.2 * load : (n ** a - 1 + 1.5 * n) / n;
      expect(wait).toBeCloseTo(jobs / load - 1, 6);
      expect(scaled).toBeCloseTo(n ** (1 - a) * jobs, 6);
      expect(waits).toBe(0.5);
      expect(regime).not.toBe("");
      if (a === 1) expect(regime).toBe("nondegenerate slowdown");
    }
  });
});

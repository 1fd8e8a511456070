import { describe, expect, it } from "vitest";
import { collapseFigure } from "../../figures/jfsq-zero-waiting/collapse.js";
import { waitingFigure } from "../../figures/jfsq-zero-waiting/waiting.js";
import { distanceFigure } from "../../figures/jsq-heavy-traffic/distance.js";
import { lawFigure } from "../../figures/jsq-heavy-traffic/law.js";
import { type StateSample, type StatesInput, states } from "../../figures/sampled-states.js";
import type { RunEstimate } from "../../model/statistics/across-runs.js";
import type { SimulationInput, SimulationOutput } from "../../simulator/simulation.js";
import { decayExponents } from "../../theory/heavy-traffic/jfsq-bounds.js";
import { madeUpRunner } from "../support/made-up-runner.js";

/** What simulations would find of their quantities, one per cent apart from run to run. */
function estimating(of: (settings: SimulationInput["settings"]) => Record<string, number>) {
  return madeUpRunner(({ settings, replication = 1 }: SimulationInput): Pick<SimulationOutput, "estimates"> => {
    const estimate = (value: number): RunEstimate => ({ value, variance: null, trials: null });
    const apart = replication % 2 === 0 ? 0.005 : -0.005;
    const found = Object.entries(of(settings)).map(([name, value]) => [name, estimate(value * (1 + apart))]);
    return { estimates: Object.fromEntries(found) };
  });
}

/** The mean of the limit law: half the variances of arrivals and services. */
const limitMean = (servers: number, alpha: number): number => ((1 - servers ** (-2 * alpha)) / 2 + 1) / 2;

describe("the figure of the distance from the limit law", () => {
  it("finds the exponent of a distance that is a power, and draws the theorem's order through the last point", async () => {
    const runner = estimating(({ servers, alpha }) => ({
      scaled_queue_by_identity: limitMean(Number(servers), Number(alpha)) + 1 / Number(servers) ** 2,
      perpendicular_moment_1: 0.5,
    }));
    const progress: number[] = [];
    const { panels, tables } = await distanceFigure.make({ seed: "1", preview: true, runner }, (part) =>
      progress.push(part),
    );
    expect(progress.at(-1)).toBe(1);
    const [distance, collapse] = panels;
    expect(distance.series.map(({ quantity, role }) => `${quantity}: ${role}`)).toEqual([
      "jsq, alpha = 3: simulated",
      "jsq, alpha = 3: bound",
      "jsq, alpha = 4: simulated",
      "jsq, alpha = 4: bound",
      "jsq-d, alpha = 3: simulated",
    ]);
    for (const { role, points } of distance.series.filter((one) => one.role === "simulated")) {
      for (const { x, y } of points) expect(y, role).toBeCloseTo(1 / x ** 2, 12);
    }
    const [simulated, bound] = distance.series;
    expect(bound.points.at(-1)?.y).toBeCloseTo(simulated.points.at(-1)?.y ?? 0, 12);
    // n^(2 - alpha) ceil(log n) with alpha = 3: from 2 to 4 servers a half times 2, the logarithms rounded up to 1 and 2.
    expect(bound.points[0].y / (bound.points.at(-1)?.y ?? 0)).toBeCloseTo((1 / 2 / (1 / 4)) * (1 / 2), 12);
    for (const { quantity, points } of collapse.series)
      for (const { x, y } of points) expect(y, quantity).toBeCloseTo(0.5 * x, 12);
    const [jsq3, jsq4, jsqD] = tables[0].rows;
    for (const row of [jsq3, jsq4]) expect(row[2]).toBeCloseTo(2, 8);
    expect([jsq3[6], jsq4[6]]).toEqual([1, 2]);
    // Two sizes make no exponent, and the theorem is not about jsq-d.
    expect(jsqD.slice(2)).toEqual([null, null, null, null, null]);
  });
});

describe("the figure of the law of the total queue", () => {
  it("has the tail of what was seen: exponential, where that is", async () => {
    const runner = madeUpRunner(({ settings, samples }: StatesInput): StateSample[] => {
      const servers = Number(settings.servers);
      const quantile = (p: number): number => -limitMean(servers, 3) * Math.log(1 - p);
      const seen = Array.from({ length: samples }, (_, k) => servers ** 3 * quantile((k + 0.5) / samples));
      return seen.map((jobs) => ({ jobs, idleServers: 0, waitingJobs: 0 }));
    });
    const { panels } = await lawFigure.make({ seed: "1", preview: true, runner }, () => undefined);
    const limit = panels[0].series.at(-1);
    expect(limit?.role).toBe("limit");
    for (const { role, points } of panels[0].series.slice(0, -1)) {
      expect(role).toBe("simulated");
      // A hundred samples, and means that differ in the sixth power of the servers.
      for (const [k, { x, y, low, high }] of points.entries()) {
        expect(Math.abs(y - (limit?.points[k].y ?? 0)), String(x)).toBeLessThan(0.01);
        expect(low).toBeGreaterThan(0);
        expect(high).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe("samples at the states of a system", () => {
  it("are as many as asked for, add up, and find servers as busy as the load is", () => {
    const [servers, samples] = [2, 1500];
    const input = { scenario: "jsq-heavy-traffic", settings: { servers: "2", arrivalRate: "0.5" }, seed: "1" };
    const seen = states.run({ ...input, warmUpTime: 50, interval: 10, samples });
    expect(seen).toHaveLength(samples);
    for (const { jobs, idleServers, waitingJobs } of seen) {
      expect(waitingJobs).toBe(jobs - (servers - idleServers));
      expect(Math.min(waitingJobs, idleServers)).toBeGreaterThanOrEqual(0);
      expect(idleServers).toBeLessThanOrEqual(servers);
    }
    const idle = seen.reduce((sum, { idleServers }) => sum + idleServers, 0) / samples;
    // Six standard errors, of samples that hardly depend on each other.
    expect(Math.abs(idle - 1)).toBeLessThan(6 / Math.sqrt(samples));
  });
});

describe("the figure of state space collapse", () => {
  const make = (samples: readonly StateSample[]) =>
    collapseFigure.make({ seed: "1", preview: true, runner: madeUpRunner(() => samples) }, () => undefined);

  it("shows every state, and no lines where the lemma is far from all of them", async () => {
    const { panels } = await make([
      { jobs: 498, idleServers: 2, waitingJobs: 0 },
      { jobs: 495, idleServers: 5, waitingJobs: 0 },
    ]);
    for (const { series } of panels) {
      expect(series).toHaveLength(1);
      expect(series[0].points).toEqual([
        { x: 0, y: 2 },
        { x: 0, y: 5 },
      ]);
    }
  });

  it("confines states by lines as long as the picture where it says something of them", async () => {
    const { panels } = await make([{ jobs: 1_000_490, idleServers: 10, waitingJobs: 1_000_000 }]);
    for (const { series } of panels) {
      const [, vertical, horizontal] = series;
      expect(vertical.points.map(({ y }) => y)).toEqual([0, 10]);
      expect(new Set(vertical.points.map(({ x }) => x)).size).toBe(1);
      expect(horizontal.points.map(({ x }) => x)).toEqual([0, 1_000_000]);
      expect(new Set(horizontal.points.map(({ y }) => y)).size).toBe(1);
      // At the most that lets lines be drawn at all.
      expect(vertical.points[0].x).toBeLessThanOrEqual(2_000_000);
    }
  });
});

describe("the figure of waiting", () => {
  it("finds the exponents of powers, and leaves out what is not known to be above 0", async () => {
    const runner = estimating(({ servers, policy, rates }) => {
      const seen = policy === "jiq" || (policy === "jsq" && rates === "linear:8") ? 0 : 1;
      const n = Number(servers);
      return { mean_waiting_time: seen / n, waiting_probability: seen / Math.sqrt(n) };
    });
    const { panels, tables } = await waitingFigure.make({ seed: "1", preview: true, runner }, () => undefined);
    expect(panels).toHaveLength(4);
    for (const { series } of panels) {
      expect(series.map(({ quantity }) => quantity)).not.toContain("jsq, linear:8");
      expect(series).toHaveLength(5);
      for (const { points } of series) expect(points.map(({ x }) => x)).toEqual([10, 30, 100]);
    }
    for (const [table, exponent] of [[tables[0], 1] as const, [tables[1], 0.5] as const]) {
      expect(table.rows).toHaveLength(18);
      for (const [alpha, rates, policy, found, low, high, here, finally_] of table.rows) {
        if (policy === "jiq" || (policy === "jsq" && rates === "linear:8"))
          expect([found, low, high]).toEqual([null, null, null]);
        else expect(found).toBeCloseTo(exponent, 8);
        if (policy !== "jfsq") expect([here, finally_]).toEqual([null, null]);
        else expect(Object.values(decayExponents({ alpha: Number(alpha) }))).toContain(finally_);
      }
    }
  });
});

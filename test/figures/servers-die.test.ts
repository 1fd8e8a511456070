import { describe, expect, it } from "vitest";
import { serversDieFigure } from "../../figures/rate-scaling/servers-die.js";
import type { Trajectory, TrajectoryInput } from "../../simulator/trajectory.js";
import { madeUpRunner } from "../support/made-up-runner.js";

const FIGURE = {
  id: "rate-scaling/test",
  title: "",
  parameters: { servers: "50", arrivalRate: "0.8", inverseStep: "100", initialRates: "constant:1.5874" },
  deaths: { servers: 5, time: 500 },
  until: 2000,
};

describe("the figure of servers that die", () => {
  it("is about those that survive: what was simulated of them, and their way from one optimum to the other", async () => {
    // The first five, which die, would spoil any mean that they were in.
    const runner = madeUpRunner(({ until, step, replication = 1 }: TrajectoryInput): Trajectory => {
      const times = Array.from({ length: Math.round(until / step) }, (_, k) => (k + 1) * step);
      const rates = Array.from({ length: 50 }, (_, server) => (server < 5 ? 99 : 1.6 + 0.01 * replication));
      return { times, rates: times.map(() => rates), longestQueue: [], jobs: [] };
    });
    const options = { seed: "1", preview: true, runner };
    const { panels, tables } = await serversDieFigure(FIGURE).make(options, () => undefined);
    const [simulated, limit, refined] = panels[0].series.map(({ points }) => points);
    // Five runs: 1.61 to 1.65.
    for (const { y, low = 0, high = 0 } of simulated) {
      expect(y).toBeCloseTo(1.63, 12);
      // Student's t with 4 degrees of freedom: 2.776445; standard deviation 0.0158114.
      expect(high - y).toBeCloseTo((2.776445 * 0.0158114) / Math.sqrt(5), 6);
      expect(y - low).toBeCloseTo(high - y, 12);
    }
    const optimum = (row: number): number => Number(tables[0].rows[row][1]);
    // The costs of the defaults have the optimum 4^(1/3) at 0.8 jobs per server; more jobs want more speed.
    expect(optimum(0)).toBeCloseTo(4 ** (1 / 3), 10);
    expect(optimum(1)).toBeGreaterThan(optimum(0));
    for (const { x, y } of limit.filter((point) => point.x <= 500)) expect(y, String(x)).toBe(optimum(0));
    const after = limit.filter((point) => point.x > 500).map(({ y }) => y);
    expect(after).toEqual(after.toSorted((a, b) => a - b));
    expect(after.at(-1)).toBeCloseTo(optimum(1), 3);
    for (const { x, y } of refined) expect(y).toBe(tables[0].rows[x <= 500 ? 0 : 1][2]);
    expect(Number(tables[0].rows[1][2])).toBeGreaterThan(Number(tables[0].rows[0][2]));
  });
});

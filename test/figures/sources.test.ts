import { describe, expect, it } from "vitest";
import { figureSourceOf, figureSources } from "../../figures/index.js";
import { steadyStateFigure } from "../../figures/rate-scaling/steady-state.js";
import { trajectoryFigure } from "../../figures/rate-scaling/trajectories.js";
import { inlineRunner } from "../../simulator/parallel/task.js";

describe("the figures there are", () => {
  it("are found by their ids, and an unknown one names them", () => {
    for (const source of figureSources) expect(figureSourceOf(source.id)).toBe(source);
    expect(() => figureSourceOf("rate-scaling/7")).toThrow(
      /unknown figure "rate-scaling\/7": did you mean rate-scaling\/1\? Use one of rate-scaling\/1, /,
    );
  });
});

describe("rates in steady state", () => {
  const source = steadyStateFigure({
    id: "rate-scaling/test",
    title: "",
    source: "",
    claim: "",
    parameters: { arrivalRate: "0.8", inverseStep: "20" },
    varied: "servers",
    axis: { label: "n", unit: "", scale: "linear" },
    simulatedAt: [2, 10],
    predictedAt: [2, 5, 10],
  });

  it("are simulated where they should be, within the intervals of theory", async () => {
    const progress: number[] = [];
    const options = { seed: "1", preview: false, runner: inlineRunner };
    const { panels, tables } = await source.make(options, (done) => progress.push(done));
    expect(progress).toEqual([0.5, 1]);
    const series = panels[0].series;
    expect(series.map(({ role }) => role)).toEqual([
      "simulated",
      "refined",
      "limit",
      "simulated",
      "refined",
      "limit",
      "simulated",
      "refined",
      "limit",
    ]);
    for (const { role, points } of series)
      expect(points.map(({ x }) => x)).toEqual(role === "simulated" ? [2, 10] : [2, 5, 10]);
    expect(tables[0].rows).toHaveLength(6);
    // Twice as far as an interval of 95 % reaches: with the 8 degrees of freedom at most that it has, 1 in 500 is that far.
    for (const [, name, measured, low, high, refined, error] of tables[0].rows.map((row) => row.map(Number))) {
      expect(Math.abs(measured - refined), String(name)).toBeLessThan(high - low + error);
    }
  });
});

describe("rates from the start on", () => {
  it("follow the limit with many servers, with a backlog and without, and the longest queue is what it may be", async () => {
    const make = (buffer: string, backlog: number) =>
      trajectoryFigure({
        id: "rate-scaling/test",
        title: "",
        source: "",
        claim: "",
        parameters: {
          servers: "100",
          inverseStep: "40",
          buffer,
          start: backlog === 0 ? "empty" : `backlog:${backlog}`,
        },
        until: 1000,
      }).make({ seed: "1", preview: true, runner: inlineRunner }, () => undefined);
    for (const [buffer, backlog] of [["1", 0] as const, ["infinite", 0] as const, ["infinite", 100] as const]) {
      const { panels, tables } = await make(buffer, backlog);
      for (const row of tables[0].rows) {
        const [, measured, , , limit, longest] = row.map(Number);
        // 100 servers are 0.0014 from the limit at rest, steps of 1/40 as much again; chance and the sharp start add some.
        expect(Math.abs(measured / limit - 1)).toBeLessThan(0.03);
        if (buffer === "1") expect(longest).toBe(1);
        if (backlog > 0 && row[0] === 5) expect(longest).toBeGreaterThan(100);
      }
      expect(panels[0].series.filter(({ quantity }) => quantity === "each server")).toHaveLength(100);
    }
  });
});

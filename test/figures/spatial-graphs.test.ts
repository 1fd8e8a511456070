import { describe, expect, it } from "vitest";
import { pictureFigure } from "../../figures/spatial-graphs/picture.js";
import { transientFigures } from "../../figures/spatial-graphs/transients.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { runSpatial, type SpatialRunInput } from "../../simulator/spatial-run.js";
import { jsqDFixedPoint } from "../../theory/power-of-d/mean-field.js";
import { expectMean } from "../support/batch-mean.js";

const base: SpatialRunInput = {
  kind: "regular",
  servers: 1000,
  taskTypes: 1000,
  degree: 30,
  arrivalRate: 0.8,
  choices: 2,
  replacement: true,
  seed: "1",
  sampleTimes: [],
  warmUpTime: 50,
  measuringTime: 50,
  predict: false,
};

describe("a run on a graph of its own", () => {
  it("starts with the law it is told, and is sampled when it is told", () => {
    const startTail = [1, 0.5, 0.25, 0.125];
    const { samples } = runSpatial({
      ...base,
      servers: 20_000,
      taskTypes: 20_000,
      startTail,
      sampleTimes: [0, 1],
      measuringTime: 0,
    });
    expect(samples).toHaveLength(2);
    // Five standard errors.
    for (const level of [1, 2, 3]) {
      const p = startTail[level];
      expect(Math.abs(samples[0][level] - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 20_000));
    }
    expect(samples[1][1]).toBeGreaterThan(samples[0][1]);
  });

  it("says what the graph was: isolated types and sets that are overloaded for good at degree 3, neither on regular graphs", () => {
    const sparse = runSpatial({ ...base, kind: "geometric", degree: 3, measuringTime: 1 });
    // exp(-3) of 1000 types on average, Poisson.
    expect(Math.abs(sparse.isolatedTypes - 1000 * Math.exp(-3))).toBeLessThan(6 * Math.sqrt(50));
    expect(sparse.stability).toBe("unstable");
    const regular = runSpatial({ ...base, degree: 3, measuringTime: 1 });
    expect(regular).toMatchObject({ isolatedTypes: 0, stability: "stable", predictedMean: null });
  });

  it("comes to the fixed point for many servers of large degree, of which pairs know the rest", () => {
    const tails = Array.from({ length: 20 }, (_, seed) => runSpatial({ ...base, seed: String(seed) }).queueTail[2]);
    expectMean(tails, jsqDFixedPoint(0.8, 2)[2], 0.05, 0.01);
  });
});

describe("the figures of spatial graphs", () => {
  it("have the occupancy over time near the differential equations, nearer with more servers", async () => {
    const options = { seed: "1", preview: true, runner: inlineRunner };
    for (const source of transientFigures) {
      const { panels, tables } = await source.make(options, () => undefined);
      expect(panels).toHaveLength(4);
      const sup = (kind: string, servers: number): number =>
        Number(tables[0].rows.find((row) => row[0] === kind && row[1] === servers)?.[2]);
      for (const kind of ["regular", "geometric"]) expect(sup(kind, 1000)).toBeLessThan(sup(kind, 100));
      expect(sup("regular", 1000)).toBeLessThan(0.02);
      // Four levels of four systems, each with a verdict: at degree ln N = 7 q_4 of geometric graphs is far from the limit.
      expect(tables[1].rows).toHaveLength(16);
      const verdicts = new Map(tables[1].rows.map((row) => [row[0], row[5]]));
      expect(verdicts.get("random bipartite geometric graphs, N = 1000 (6.9): q_4")).toBe("differs");
    }
  });

  it("have every server of the picture once, at a place of the torus", async () => {
    const { panels } = await pictureFigure.make({ seed: "1", preview: true, runner: inlineRunner }, () => undefined);
    for (const { series } of panels) {
      const points = series.flatMap((one) => one.points);
      expect(points).toHaveLength(900);
      expect(points.every(({ x, y }) => x >= 0 && x < 1 && y >= 0 && y < 1)).toBe(true);
      expect(new Set(points.map(({ x, y }) => `${x},${y}`)).size).toBe(900);
    }
  });
});

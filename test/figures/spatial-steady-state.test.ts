import { describe, expect, it } from "vitest";
import type { Figure, Series } from "../../figures/figure.js";
import { pointOf } from "../../figures/spatial-graphs/experiment.js";
import { meanQueueFigure } from "../../figures/spatial-graphs/mean-queue.js";
import { tailFigure } from "../../figures/spatial-graphs/tails.js";
import type { Runner } from "../../simulator/parallel/task.js";
import type { SpatialRunInput, SpatialRunOutput } from "../../simulator/spatial-run.js";
import { jsqDFixedPoint, meanOfTail } from "../../theory/power-of-d/mean-field.js";
import { madeUpRunner } from "../support/made-up-runner.js";

/** From graph to graph a tenth of a job more; every other graph is unstable. */
const runner = madeUpRunner(({ seed, predict }: SpatialRunInput): SpatialRunOutput => {
  const graph = Number(seed.split("/").at(-1));
  return {
    queueTail: [1, 0.8, 0.1 + 0.01 * graph, 1e-3, 1e-8],
    meanQueueLength: 1 + 0.1 * graph,
    samples: [],
    isolatedTypes: graph,
    stability: graph % 2 === 0 ? "stable" : "unstable",
    predictedMean: predict ? 2 : null,
  };
});
const preview = { seed: "1", preview: true, runner };

function seriesOf({ panels }: Figure, panel: number, quantity: string, role: string): Series["points"] {
  return panels[panel].series.find((one) => one.quantity === quantity && one.role === role)?.points ?? [];
}

describe("a mean over graphs", () => {
  it("has Student's interval, and none of one graph alone", () => {
    const { y, low = 0, high = 0 } = pointOf(7, [1, 2, 3]);
    expect(y).toBe(2);
    // t with 2 degrees of freedom: 4.302653; standard error 1/sqrt(3).
    expect([2 - low, high - 2]).toEqual([expect.closeTo(4.302653 / Math.sqrt(3), 5), expect.closeTo(2.484138, 5)]);
    expect(pointOf(7, [1.5])).toEqual({ x: 7, y: 1.5 });
  });
});

describe("the figure of mean queues", () => {
  it("averages over graphs, counts what they were, and predicts where there is a steady state", async () => {
    const figure = await meanQueueFigure.make(preview, () => undefined);
    const fixedPoint = meanOfTail(jsqDFixedPoint(0.8, 2));
    for (const panel of [0, 1]) {
      expect(seriesOf(figure, panel, "fixed point", "limit").map(({ y }) => y)).toEqual([fixedPoint, fixedPoint]);
      for (const degree of ["degree 3", "degree ln N", "degree (ln N)^2", "degree sqrt N"]) {
        const points = seriesOf(figure, panel, degree, "simulated");
        expect(points.map(({ x }) => x)).toEqual([100, 1000]);
        // Six graphs.
        for (const { y } of points) expect(y).toBeCloseTo(1.25, 12);
      }
    }
    // On geometric graphs those of degrees 3 and ln N have none.
    const refined = figure.panels[0].series.filter(({ role }) => role === "refined");
    expect(refined.map(({ quantity }) => quantity)).toEqual(["degree (ln N)^2", "degree sqrt N"]);
    for (const { points } of refined) expect(points.map(({ y }) => y)).toEqual([2, 2]);
    // On regular ones the pair approximation comes down to the fixed point as the degree grows.
    const [three, ...others] = figure.panels[1].series.filter(({ role }) => role === "refined");
    for (const { points } of others)
      for (const [k, { y }] of points.entries()) {
        expect(y).toBeGreaterThan(fixedPoint);
        expect(y).toBeLessThan(three.points[k].y);
      }
    expect(figure.tables[0].rows).toHaveLength(16);
    for (const [kind, , , degree, , , , , graphs, unstable, isolated] of figure.tables[0].rows) {
      expect([graphs, unstable, isolated]).toEqual([6, 3, 2.5]);
      if (kind === "regular") expect(Number.isInteger(degree)).toBe(true);
    }
  });

  it("is made of more graphs the smaller they are, and has six of each size predicted, up to 1000 servers", async () => {
    let asked: readonly SpatialRunInput[] = [];
    const listening: Runner = {
      map: async (_task, inputs) => {
        asked = inputs as never;
        throw new Error("that is all");
      },
    };
    await expect(
      meanQueueFigure.make({ ...preview, preview: false, runner: listening }, () => undefined),
    ).rejects.toThrow("that is all");
    const ofOneKind = asked.filter(({ kind, seed }) => kind === "geometric" && seed.includes("sqrt N"));
    const count = (inputs: readonly SpatialRunInput[], of: number) =>
      inputs.filter(({ servers }) => servers === of).length;
    const sizes = [30, 100, 300, 1000, 3000, 10_000];
    expect(sizes.map((servers) => count(ofOneKind, servers))).toEqual([200, 200, 67, 20, 7, 6]);
    const predicted = ofOneKind.filter(({ predict }) => predict);
    expect(sizes.map((servers) => count(predicted, servers))).toEqual([6, 6, 6, 6, 0, 0]);
    expect(asked.some(({ kind, predict }) => kind === "regular" && predict)).toBe(false);
    // Each has a graph and chance of its own.
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(asked.length);
  });
});

describe("the figure of tails", () => {
  it("leaves out what rests on too few visits, and has the bound on regular graphs, below every tail of degree 3", async () => {
    const figure = await tailFigure.make(preview, () => undefined);
    for (const panel of [0, 1]) {
      const points = seriesOf(figure, panel, "degree sqrt N", "simulated");
      // Over two graphs.
      expect(points.map(({ y }) => y)).toEqual([1, 0.8, expect.closeTo(0.105, 12), 1e-3]);
      const random = seriesOf(figure, panel, "lambda^i", "limit");
      for (const { x, y } of random) expect(y).toBeCloseTo(0.8 ** x, 14);
      const fixedPoint = seriesOf(figure, panel, "fixed point", "limit");
      for (const { x, y } of fixedPoint.filter((point) => point.y > 1e-300))
        expect(Math.log(y) / Math.log(0.8)).toBeCloseTo(2 ** x - 1, 6);
    }
    expect(seriesOf(figure, 0, "degree 3", "bound")).toEqual([]);
    const bound = seriesOf(figure, 1, "degree 3", "bound");
    const tail = seriesOf(figure, 1, "degree 3", "refined");
    for (const { x, y } of bound) {
      expect(y).toBeCloseTo((0.8 / 3) ** x, 14);
      // All of both at level 0.
      if (x < tail.length) expect(tail[x].y).toBeGreaterThan(y * (1 - 1e-12));
    }
  });
});

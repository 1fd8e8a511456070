import { describe, expect, it } from "vitest";
import { averagePoints, evenTimes } from "../../figures/utility/averages.js";
import { figureThree } from "../../figures/utility/figure-3.js";
import { fluidFigure } from "../../figures/utility/fluid.js";
import { inlineRunner } from "../../simulator/parallel/task.js";

const options = { seed: "1", preview: true, runner: inlineRunner };

describe("Figure 3 of Goldsztajn, Borst and van Leeuwaarden (2023)", () => {
  it("has on the left occupancies in the proportions of r, but for the rounding of whole tasks", async () => {
    const { panels } = await figureThree.make(options, () => undefined);
    const [left] = panels;
    for (let k = 60; k < left.series[0].points.length; k++) {
      const [first, second, third] = left.series.map(({ points }) => points[k].y);
      // Levels are filled one by one: a class is at most one task off its share.
      const unit = (2 * first + second + third) / (2 * 5 + 10 + 15);
      for (const [tasks, resources] of [
        [first, 5],
        [second, 10],
        [third, 15],
      ]) {
        expect(Math.abs(tasks - resources * unit)).toBeLessThan(1);
      }
    }
  });

  it("has on the right one class growing after the other, as section 2.3.1 says", async () => {
    const { panels } = await figureThree.make(options, () => undefined);
    const at = (load: number): number[] =>
      panels[1].series.map(({ points }) => points.find(({ x }) => Math.abs(x - load) < 1e-9)?.y ?? Number.NaN);
    expect(at(1.25)).toEqual([0, 5, 0]);
    expect(at(6.25)).toEqual([0, 5, 20]);
    expect(at(7.5)).toEqual([0, 10, 20]);
    expect(at(10)).toEqual([5, 10, 20]);
  });
});

describe("the figure of the fluid model", () => {
  it("has every level simulated beside its limit", async () => {
    const { panels } = await fluidFigure.make(options, () => undefined);
    expect(panels.map(({ series }) => series.length)).toEqual([10, 10, 3, 2]);
    const [jlmu] = panels;
    const last = jlmu.series.map(({ points }) => points[points.length - 1].y);
    // q(1, 4) and its limit: full at the end.
    expect(last[0]).toBeCloseTo(0.5, 2);
    expect(last[1]).toBeCloseTo(0.5, 9);
  });
});

describe("averages over runs", () => {
  it("are means with Student's interval", () => {
    const [point] = averagePoints([3], [[1], [2], [3]]);
    // t with 2 degrees of freedom: 4.302653; standard error 1/sqrt(3).
    expect(point).toMatchObject({ x: 3, y: 2 });
    expect((point.high ?? 0) - point.y).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(evenTimes(6, 3)).toEqual([0, 2, 4, 6]);
  });
});

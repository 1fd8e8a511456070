import { describe, expect, it } from "vitest";
import { pointsCsv, tableCsv } from "../../figures/csv.js";
import { type FigureSource, figureSource } from "../../figures/figure.js";
import { figureSources } from "../../figures/index.js";
import { renderSvg } from "../../figures/svg.js";
import { inlineRunner, type Runner } from "../../simulator/parallel/task.js";

/** What a figure first asks to be simulated; nothing if it works out all by itself. */
async function asked(source: FigureSource, preview: boolean): Promise<readonly unknown[]> {
  let all: readonly unknown[] = [];
  const runner: Runner = {
    map: async (_task, inputs) => {
      all = inputs;
      throw new Error("that is all");
    },
  };
  await source
    .make({ seed: "a seed", preview, runner }, () => undefined)
    .catch((error: Error) => {
      if (error.message !== "that is all") throw error;
    });
  return all;
}

describe("a figure", () => {
  it("has no infinite interval and no point without a value, whatever it is made of", async () => {
    const points = [
      { x: 1, y: 2, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
      { x: 2, y: Number.NaN },
      { x: 3, y: 4, low: 3, high: 5 },
    ];
    const axis = { label: "x", unit: "", scale: "linear" } as const;
    const made = await figureSource("a", "A", async () => ({
      ...{ source: "", caption: "", claim: "", parameters: {} },
      panels: [{ title: "", x: axis, y: axis, series: [{ quantity: "q", role: "simulated", points }] }],
      tables: [{ title: "", columns: ["a", "b"], rows: [["word", Number.POSITIVE_INFINITY]] }],
    })).make({ seed: "1", preview: true, runner: inlineRunner }, () => undefined);
    expect(made.panels[0].series[0].points).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4, low: 3, high: 5 },
    ]);
    expect(made.tables[0].rows).toEqual([["word", null]]);
    const texts = [await renderSvg(made, "light"), pointsCsv(made), tableCsv(made.tables[0])];
    for (const text of texts) expect(text).not.toMatch(/Infinity|NaN/);
  });
});

describe.each(figureSources.map((source) => [source.id, source] as const))("%s", (_id, source) => {
  it("asks for every run once, with the seed that it was given", async () => {
    for (const preview of [true, false]) {
      const runs = (await asked(source, preview)).map((input) => JSON.stringify(input));
      expect(new Set(runs).size).toBe(runs.length);
      for (const run of runs) expect(run).toContain("a seed");
    }
  });

  it("is no more work as a preview", async () => {
    const [preview, whole] = [await asked(source, true), await asked(source, false)];
    expect(preview.length).toBeLessThanOrEqual(whole.length);
    // Figures that simulate nothing are as they are.
    if (whole.length > 0) expect(JSON.stringify(preview)).not.toBe(JSON.stringify(whole));
  });
});

import { describe, expect, it } from "vitest";
import type { Result } from "../../cli/result.js";
import { resultFigure } from "../../cli/result-figure.js";

const RESULT: Result = {
  format: 2,
  version: "0.2.0",
  mode: "live",
  scenario: "rate-scaling",
  parameters: { servers: "4" },
  seed: "7",
  timeUnitSeconds: 0.05,
  replications: 1,
  warmUpTime: 10,
  measuredTime: 100,
  familyConfidence: 0.98,
  within: 0.05,
  looks: 3,
  stoppedBy: "decided",
  conditions: { messageDelay: 0.01, askedDelay: 0, heldUpFraction: 0, scheduleLag: 0.02 },
  jobs: { offered: 10, blocked: 1, completed: 8, timedOut: 0, lost: 0, inFlight: 1, retried: 0, duplicates: 0 },
  policy: { name: "jiq", messagesPerJob: 1, bitsPerServer: 1 },
  assumptions: [{ condition: "(i)", holds: true, meaning: "m", consequence: "c" }],
  verdict: "differs",
  whyVoid: null,
  quantities: [
    {
      ...{ name: "mean_cost", description: "d", unit: "", measured: 3, ciLow: 2.5, ciHigh: 3.5 },
      ...{ role: "headline", verdict: "differs", reason: "the interval misses it" },
      ...{ decidedBy: "the refined 2 (± 0.1)", margin: 0.2, wouldFind: 1.1 },
      predictions: [
        { kind: "bound", status: "applies", atLeast: 1, modelError: 0, source: "b" },
        { kind: "refined", status: "applies", value: 2, modelError: 0.1, source: "r" },
      ],
    },
    {
      ...{ name: "idle_time_spread", description: "d", unit: "time units", measured: 0, ciLow: 0, ciHigh: 1 },
      ...{ role: "other", verdict: "agrees", reason: "it meets it" },
      ...{ decidedBy: "the exact 0", margin: 1, wouldFind: 1 },
      predictions: [{ kind: "exact", status: "applies", value: 0, modelError: 0, source: "e" }],
    },
  ],
};

describe("the figure of a result", () => {
  it("has each quantity over its sharpest prediction, with both errors in the same proportion", () => {
    const { panels, tables, confidence, seed } = resultFigure(RESULT);
    const [predicted, measured] = panels[0].series;
    expect(panels[0].x.names).toEqual(["mean_cost"]);
    expect(measured.points).toEqual([{ x: 1, y: 1.5, low: 1.25, high: 1.75 }]);
    expect(predicted.points).toEqual([{ x: 1, y: 1, low: 0.95, high: 1.05 }]);
    // 98 % for two intervals together, by Bonferroni.
    expect(confidence).toBeCloseTo(0.99, 12);
    expect(seed).toBe("7");
    expect(tables.map(({ title }) => title)).toEqual(["Quantities", "The run", "Assumptions of the theorems"]);
    for (const { columns, rows } of tables) for (const row of rows) expect(row.length).toBe(columns.length);
    // What has no ratio is in the table.
    expect(tables[0].rows.map(([name]) => name)).toEqual(["mean_cost", "idle_time_spread"]);
    expect(tables[0].rows[0]).toContain("the interval misses it");
    expect(tables[1].rows).toContainEqual(["jobs offered", 10]);
  });

  it("says why a run is void, and draws nothing where nothing was measured", () => {
    expect(resultFigure({ ...RESULT, verdict: "void", whyVoid: "a server left" }).title).toContain("a server left");
    const predicted = resultFigure({ ...RESULT, mode: "predicted", jobs: null, conditions: null, verdict: null });
    expect(predicted.panels).toEqual([]);
    expect(predicted.tables.map(({ title }) => title)).toEqual(["Quantities", "Assumptions of the theorems"]);
  });
});

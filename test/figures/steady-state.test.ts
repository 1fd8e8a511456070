import { describe, expect, it } from "vitest";
import { steadyStateFigure } from "../../figures/rate-scaling/steady-state.js";
import { madeUpRunner } from "../support/made-up-runner.js";

describe("a figure of rates in steady state", () => {
  it("leaves out points of which nothing was measured, and bars and predictions that there are not", async () => {
    const limit = { kind: "limit", value: 1.5, modelError: 0 };
    const runner = madeUpRunner(() => ({
      quantities: [
        { name: "mean_service_rate", measured: null, ciLow: null, ciHigh: null, predictions: [] },
        { name: "service_rate_p05", measured: 1.4, ciLow: null, ciHigh: 2, predictions: [limit] },
        {
          name: "service_rate_p95",
          measured: 1.6,
          ciLow: 1.5,
          ciHigh: 1.7,
          predictions: [{ kind: "bound", atMost: 2 }],
        },
      ],
    }));
    const { panels, tables } = await steadyStateFigure({
      ...{ id: "rate-scaling/test", title: "", source: "", claim: "", parameters: { inverseStep: "20" } },
      ...{ varied: "servers", axis: { label: "n", unit: "", scale: "linear" }, simulatedAt: [5], predictedAt: [5] },
    }).make({ seed: "1", preview: false, runner }, () => undefined);
    const simulated = panels[0].series.filter(({ role }) => role === "simulated");
    expect(simulated.map(({ points }) => points)).toEqual([
      [],
      [{ x: 5, y: 1.4 }],
      [{ x: 5, y: 1.6, low: 1.5, high: 1.7 }],
    ]);
    expect(tables[0].rows).toEqual([
      [5, "mean_service_rate", null, null, null, null, null, null],
      [5, "service_rate_p05", 1.4, null, 2, null, null, 1.5],
      [5, "service_rate_p95", 1.6, 1.5, 1.7, null, null, null],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { weigh } from "../../scenarios/evidence.js";
import { rateScaling } from "../../scenarios/rate-scaling.js";
import type { Experiment, Measured, RunConditions } from "../../scenarios/scenario.js";
import type { Prediction } from "../../theory/prediction.js";

const CONDITIONS: RunConditions = { messageDelay: 0.01, heldUpFraction: 0.25 };
const THREE: Prediction = { value: 3, kind: "exact", status: "applies", modelError: 0, source: "here" };

/** An experiment whose prediction depends on the conditions of the run: 3, and an error that is the message delay. */
const experiment: Experiment = {
  ...rateScaling.configure({ servers: "2" }, "1"),
  quantities: ["found", "absent", "unbounded", "unclaimed"].map((name) => ({
    name,
    description: `the ${name} quantity`,
    unit: "jobs",
    precision: 1,
  })),
  predict: ({ messageDelay }) =>
    new Map(["found", "absent", "unbounded"].map((name) => [name, [{ ...THREE, modelError: messageDelay }]])),
};

/** The half-width is 1 at a confidence of 0.9975 and more at a higher one: what four intervals need to hold jointly at 0.99. */
const narrow: Measured = {
  value: 2,
  interval: (confidence) => {
    const halfWidth = 1 + 400 * (confidence - 0.9975);
    return { low: 2 - halfWidth, high: 2 + halfWidth };
  },
};
const unlimited: Measured = {
  value: Number.NaN,
  interval: () => ({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }),
};
const measurement = {
  measured: () =>
    new Map([
      ["found", narrow],
      ["unbounded", unlimited],
      ["unclaimed", narrow],
    ]),
};

describe("the evidence", () => {
  it("sets every quantity beside its predictions for this run, with intervals that hold jointly", () => {
    const [found, absent, unbounded, unclaimed] = weigh(experiment, measurement, CONDITIONS, 0.99);
    expect(found).toMatchObject({ name: "found", description: "the found quantity", unit: "jobs", measured: 2 });
    expect(found.ciLow).toBeCloseTo(1, 9);
    expect(found.ciHigh).toBeCloseTo(3, 9);
    expect(found.predictions).toEqual([{ ...THREE, modelError: 0.01 }]);
    expect(found).toMatchObject({ verdict: "agrees", reason: "the interval meets the exact 3 (± 0.01)" });
    for (const nothing of [absent, unbounded]) {
      expect(nothing).toMatchObject({ measured: null, ciLow: null, ciHigh: null, verdict: "undecided" });
      expect(nothing.reason).toBe("too few data for an interval");
    }
    expect(unclaimed).toMatchObject({ measured: 2, predictions: [], verdict: "undecided" });
    expect(unclaimed.reason).toBe("nothing is predicted of it at these parameters");
  });

  it("decides nothing where a higher confidence makes intervals wider than the precision asked for", () => {
    const [found] = weigh(experiment, measurement, CONDITIONS, 0.999);
    expect(found.ciHigh).toBeCloseTo(3.9, 9);
    expect(found.verdict).toBe("undecided");
  });

  it("decides nothing at all in a void run, whatever was measured", () => {
    for (const quantity of weigh(experiment, measurement, CONDITIONS, 0.99, "a server left"))
      expect(quantity).toMatchObject({ verdict: "void", reason: "a server left" });
  });
});

import { describe, expect, it } from "vitest";
import { FAMILY_CONFIDENCE, WITHIN_LIVE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { isRateScalingChain, RateScalingChain } from "../../simulator/rate-scaling-chain.js";
import { erlangB } from "../../theory/queues/erlang-b.js";
import { isShownOnly } from "../support/shown-only.js";

function simulate(settings: Readonly<Record<string, string>>, seed = "1", times = {}) {
  const experiment = scenarioNamed("rate-scaling").configure(settings, seed);
  const { warmUpTime, measuringTime } = { ...experiment, ...times };
  const run = new Run(experiment, {
    ...{ warmUpTime, measuringTime, familyConfidence: FAMILY_CONFIDENCE, within: WITHIN_LIVE },
  });
  const chain = new RateScalingChain(experiment.system, run, seed);
  chain.finish();
  return { chain, evidence: run.evidence() };
}

describe("rate scaling as a uniformised chain", () => {
  it.each([
    ["at its defaults", {}],
    ["at half the arrival rate", { arrivalRate: "0.4" }],
    ["with larger steps", { inverseStep: "20" }],
    ["with 10 servers", { servers: "10" }],
    ["with 100 servers and smaller steps", { servers: "100", inverseStep: "100" }],
    ["with other costs", { costG: "shifted-reciprocal", costH: "power:0.05,3" }],
    ["with fixed rates", { rateControl: "fixed", initialRates: "constant:1.2" }],
  ])("agrees with theory %s", (_what, settings) => {
    const { evidence } = simulate(settings, "1", { measuringTime: 6000 });
    for (const quantity of evidence) {
      const { name, verdict, reason } = quantity;
      expect(verdict, `${name}: ${reason}`).toBe(isShownOnly(quantity) ? "undecided" : "agrees");
    }
  });

  it("finds what is wrong: rates that are told to stay where they should not", () => {
    const { evidence } = simulate({ rateControl: "fixed", initialRates: "constant:1.2" });
    const busy = evidence.find(({ name }) => name === "busy_fraction");
    // 1.2 is far from 1.587, and so is the fraction of time that servers are busy.
    expect(busy?.ciLow).toBeGreaterThan(0.55);
  });

  it("blocks by Erlang's formula at fixed rates", () => {
    const settings = { servers: "3", arrivalRate: "0.8", rateControl: "fixed", initialRates: "constant:1" };
    const { chain } = simulate(settings, "1", { measuringTime: 100_000 });
    const { offered, blocked, completed } = chain.totals;
    const p = erlangB(3, 2.4);
    // Blocked jobs come in bunches of a few: the variance is below 10 times that of independent ones.
    expect(Math.abs(blocked / offered - p)).toBeLessThan(4 * Math.sqrt((10 * p * (1 - p)) / offered));
    expect(offered - blocked - completed).toBe(chain.queues[0].jobs);
  });

  it("repeats a run from its seed", () => {
    const settings = { servers: "10", inverseStep: "20" };
    const times = { warmUpTime: 50, measuringTime: 200 };
    expect(simulate(settings, "a", times).evidence).toEqual(simulate(settings, "a", times).evidence);
    expect(simulate(settings, "b", times).chain.totals).not.toEqual(simulate(settings, "a", times).chain.totals);
  });

  it("is for unit buffers and an empty start only", () => {
    const systemOf = (settings: Readonly<Record<string, string>>) =>
      scenarioNamed("rate-scaling").configure(settings, "1").system;
    expect(isRateScalingChain(systemOf({}))).toBe(true);
    expect(isRateScalingChain(systemOf({ buffer: "2" }))).toBe(false);
    expect(isRateScalingChain(systemOf({ start: "backlog:1" }))).toBe(false);
  });
});

describe("rates that change within one idle period, at arrival rates down to 0.025 (Figure 2b)", () => {
  it.each([
    ["0.025", "heuristic"],
    ["0.1", "heuristic"],
    ["0.3", "refined"],
  ])("have at %s the percentiles of a fit, of which that is said, or derived ones", (arrivalRate, kind) => {
    const { evidence } = simulate({ servers: "100", inverseStep: "100", arrivalRate }, "1", { measuringTime: 6000 });
    for (const { name, measured, ciLow, ciHigh, predictions, verdict, reason } of evidence) {
      if (!name.startsWith("service_rate_p")) continue;
      const [prediction] = predictions;
      expect(prediction.kind).toBe(kind);
      expect(verdict, `${name}: ${reason}`).toBe(kind === "refined" ? "agrees" : "undecided");
      // The fit is good, although nothing is judged by it.
      const value = "value" in prediction ? prediction.value : Number.NaN;
      expect(value - prediction.modelError).toBeLessThan(ciHigh ?? Number.NaN);
      expect(value + prediction.modelError).toBeGreaterThan(ciLow ?? Number.NaN);
      // A claim that could not be wrong would be none.
      expect(prediction.modelError).toBeLessThan(0.7 * (measured ?? Number.NaN));
    }
  });
});

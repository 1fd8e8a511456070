import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { simulate } from "../../simulator/simulation.js";

const claims = (settings: Record<string, string>) =>
  claimsOf(rateScaling.configure(settings, "1"), { messageDelay: 0, heldUpFraction: 0 });
const FIXED = { rateControl: "fixed", initialRates: "constant:1", arrivalRate: "0.5", buffer: "infinite" } as const;

describe("rate scaling beyond unit buffers", () => {
  it("with a single server of fixed rate is M/M/1: E[S] = 1 / (mu - lambda), and the cost follows", () => {
    const found = claims({ ...FIXED, servers: "1" });
    const first = (name: string) => found.get(name)?.[0];
    expect(first("blocked_fraction")).toMatchObject({ kind: "exact", value: 0 });
    expect(first("busy_fraction")).toMatchObject({ kind: "exact", value: 0.5, modelError: 0 });
    expect(first("mean_sojourn_time")).toMatchObject({ kind: "exact", value: expect.closeTo(2, 4) });
    expect(first("mean_cost")).toMatchObject({ kind: "exact", value: expect.closeTo(0.5 * 2 + 0.1, 4) });
  });

  it("blocks no job while buffers are infinite, whatever the rule", () => {
    for (const rateControl of ["fixed", "idle-time"])
      expect(
        claims({ buffer: "infinite", rateControl, initialRates: "uniform:1,2" }).get("blocked_fraction")?.[0],
      ).toMatchObject({
        kind: "exact",
        status: "applies",
        value: 0,
      });
  });

  it("conserves the flow of jobs among unequal servers, as bounds of the time that they are busy", () => {
    const found = claims({ ...FIXED, servers: "20", initialRates: "uniform:1,2" }).get("busy_fraction") ?? [];
    const [most, least] = found.filter(({ kind, status }) => kind === "bound" && status === "applies");
    expect("atMost" in most && most.atMost).toBeCloseTo(0.5, 1);
    expect("atLeast" in least && least.atLeast).toBeCloseTo(0.25, 1);
    // Servers that cannot do their share have no stationary state to speak of.
    const slow = claims({ ...FIXED, servers: "20", initialRates: "uniform:0.1,2" }).get("busy_fraction") ?? [];
    expect(slow.filter(({ status }) => status === "applies")).toEqual([]);
  });

  it.each([
    { ...FIXED, servers: "3" },
    { ...FIXED, servers: "3", initialRates: "list:2,1.5,0.8" },
    { ...FIXED, servers: "4", buffer: "3", policy: "jsq", arrivalRate: "1.1" },
    { ...FIXED, servers: "4", buffer: "2", policy: "jsq-d", initialRates: "list:2,1,1,0.5", arrivalRate: "0.8" },
  ])("is solved exactly for few servers: %j", (settings) => {
    const output = simulate({
      ...{ scenario: "rate-scaling", settings, seed: "1", familyConfidence: 0.9999 },
      measuringTime: 20_000,
    });
    const solved = ["busy_fraction", "blocked_fraction", "mean_sojourn_time", "mean_cost"];
    const found = output.quantities.filter(({ name }) => solved.includes(name));
    for (const { name, predictions, ciLow, ciHigh } of found) {
      const [claim] = predictions;
      expect([name, claim]).toMatchObject([name, { kind: "exact", status: "applies" }]);
      const value = "value" in claim ? claim.value : Number.NaN;
      expect(value + claim.modelError, name).toBeGreaterThanOrEqual(ciLow ?? Number.NaN);
      expect(value - claim.modelError, name).toBeLessThanOrEqual(ciHigh ?? Number.NaN);
    }
  });
});

describe("fixed rates that differ (Theorems 2.3 and 2.9 of Rutten, Zubeldia and Mukherjee 2023)", () => {
  const rate = fc.double({ min: 0.05, max: 8, noNaN: true });

  it("keep their bounds at every n: of the busy fraction, and equal rates of the same mean serve faster and cost less", () => {
    fc.assert(
      fc.property(
        fc.array(rate, { minLength: 2, maxLength: 14 }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        fc.constantFrom("reciprocal", "shifted-reciprocal"),
        (rates, arrivalRate, costG) => {
          fc.pre(new Set(rates).size > 1);
          const found = claims({
            ...{ rateControl: "fixed", servers: String(rates.length), initialRates: `list:${rates.join(",")}` },
            ...{ arrivalRate: String(arrivalRate), costG },
          });
          for (const name of ["busy_fraction", "mean_sojourn_time", "mean_cost"]) {
            const [exact, ...others] = found.get(name) ?? [];
            expect([name, exact]).toMatchObject([name, { kind: "exact", status: "applies" }]);
            const value = "value" in exact ? exact.value : Number.NaN;
            const bounds = others.filter(({ kind, status }) => kind === "bound" && status === "applies");
            expect(bounds.length, name).toBeGreaterThan(0);
            for (const bound of bounds) {
              if ("atLeast" in bound) expect(value).toBeGreaterThanOrEqual(bound.atLeast * (1 - 1e-9));
              if ("atMost" in bound) expect(value).toBeLessThanOrEqual(bound.atMost * (1 + 1e-9));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the rates of all servers at once (Lemma 2.10 and Theorem 2.11)", () => {
  it("are as far apart, and as far from the optimum, as independent ones, and the nearer the smaller the steps", () => {
    const measured = (inverseStep: string) => {
      const settings = { servers: "20", inverseStep };
      const input = { scenario: "rate-scaling", settings, seed: "1", familyConfidence: 0.999, chainWillDo: true };
      const { quantities } = simulate({ ...input, measuringTime: 200 * Number(inverseStep) });
      return ["service_rate_range", "service_rate_distance"].map((wanted) => {
        const found = quantities.find(({ name }) => name === wanted);
        const [independent, limit] = found?.predictions ?? [];
        expect(independent).toMatchObject({ kind: "heuristic", status: "applies" });
        expect(limit).toMatchObject({ kind: "limit", value: 0, status: "outside assumptions" });
        const value = found?.measured ?? Number.NaN;
        expect(Math.abs(value / ("value" in independent ? independent.value : 0) - 1)).toBeLessThan(0.1);
        return value;
      });
    };
    const [coarse, fine] = [measured("50"), measured("400")];
    for (const [i, value] of fine.entries()) expect(value / coarse[i]).toBeCloseTo(Math.sqrt(50 / 400), 1);
  });
});

describe("costs that break Assumption 2.1", () => {
  it.each([
    ["(i)", { costH: "kinked:0.1,2,1.6" }],
    ["(ii)", { costG: "logistic:2,0.5", costH: "power:0.06,2" }],
    ["(iii)", { costH: "saturating:0.6" }],
    ["(iv)", { costH: "sloped:0.01,0.1,3" }],
    ["(iv)", { costG: "shifted-reciprocal", costH: "sloped:0.2,0.02,2", arrivalRate: "0.5" }],
    ["(vi)", { costG: "shifted-reciprocal", costH: "power:0.6,2" }],
  ])(
    "%s: predictions stand as outside of assumptions, none of them without a value, and a run ends: %j",
    (condition, costs) => {
      const settings = { servers: "10", ...costs };
      const experiment = rateScaling.configure(settings, "1");
      expect(experiment.assumptions.find((one) => one.condition.includes(condition))?.holds).toBe(false);
      for (const [name, predictions] of claims(settings))
        for (const prediction of predictions) {
          const value = "value" in prediction ? prediction.value : 0;
          expect([name, Number.isFinite(value), Number.isFinite(prediction.modelError)]).toEqual([name, true, true]);
        }
      expect(experiment.warmUpTime + experiment.measuringTime).toBeLessThan(5000);
      const input = { scenario: "rate-scaling", settings, seed: "1", familyConfidence: 0.99 };
      const { quantities, whyVoid } = simulate({ ...input, warmUpTime: 200, measuringTime: 200 });
      expect(whyVoid).toBeNull();
      expect(quantities.map(({ verdict }) => verdict)).not.toContain("differs");
    },
  );
});

import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import type { QuantityEvidence } from "../../scenarios/evidence.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic.js";
import { simulate } from "../../simulator/simulation.js";

/** Joint confidence of the intervals of one run below. */
const CONFIDENCE = 0.9999;

function run(settings: Record<string, string>, measuringTime: number, warmUpTime?: number) {
  const scenario = "jsq-heavy-traffic";
  const { quantities } = simulate({
    scenario,
    settings,
    seed: "1",
    familyConfidence: CONFIDENCE,
    measuringTime,
    warmUpTime,
  });
  return new Map(quantities.map((quantity) => [quantity.name, quantity]));
}

function expectAll(found: ReadonlyMap<string, QuantityEvidence>, ...names: string[]): void {
  for (const name of names) expect([name, found.get(name)?.verdict]).toEqual([name, "agrees"]);
}

describe("jsq-heavy-traffic in continuous time", () => {
  it.each([
    ["jsq", { servers: "2", alpha: "1" }],
    ["jsq", { servers: "4", alpha: "0.5" }],
    ["jsq, finite buffers", { servers: "3", arrivalRate: "0.9", buffer: "3" }],
    ["jsq in overload", { servers: "4", arrivalRate: "1.3", buffer: "2" }],
    ["jsq-d", { servers: "4", alpha: "0.7", policy: "jsq-d" }],
    ["jsq-d with replacement", { servers: "3", arrivalRate: "0.6", policy: "jsq-d", replacement: "with" }],
    ["jiq", { servers: "3", arrivalRate: "0.7", policy: "jiq", buffer: "4" }],
    ["random", { servers: "2", arrivalRate: "0.5", policy: "random", buffer: "4" }],
  ])("agrees with the exact chain of %s: %o", (_, settings) => {
    const found = run(settings, 100_000);
    for (const { name, verdict, predictions } of found.values()) {
      if (predictions.some(({ kind }) => kind === "exact")) expect([name, verdict]).not.toEqual([name, "differs"]);
    }
    expectAll(found, "mean_queue_length", "waiting_probability", "idle_servers", "queue_tail_2");
    expect(found.get("mean_queue_length")?.predictions[0].kind).toBe("exact");
  });

  it("leaves no verdict where Theorem 1 does not speak, and says why", () => {
    const experiment = jsqHeavyTraffic.configure({ servers: "100", alpha: "1.5" }, "1");
    const predictions = experiment.predict({ messageDelay: 0, heldUpFraction: 0 }).get("scaled_total_queue") ?? [];
    expect(predictions.map(({ kind, status }) => [kind, status])).toEqual([
      ["limit", "outside assumptions"],
      ["refined", "outside assumptions"],
      ["bound", "applies"],
    ]);
    expect(predictions[0].why).toMatch(/alpha = 1.5 is not above 2/);
    expect(predictions[1].why).toMatch(/heuristic/);
  });

  it.each([
    [{ alpha: "2.4", policy: "jsq-d" }, false],
    [{ alpha: "2.6", policy: "jsq-d" }, true],
    [{ alpha: "2.4", policy: "jsq" }, true],
    [{ alpha: "2.6", policy: "jsq-d", choices: "3" }, false],
    [{ alpha: "2.6", policy: "random" }, false],
    [{ alpha: "2.6", buffer: "100" }, false],
  ])("holds Theorem 1 against %o: %s (Remark 1)", (settings, holds) => {
    const experiment = jsqHeavyTraffic.configure({ servers: "1000000", ...settings }, "1");
    expect(experiment.assumptions[0].holds).toBe(holds);
  });

  it.each([
    [{ arrivalRate: "1" }, /arrivalRate = 1: must be below the service rate 1/],
    [{ arrivalRate: "-1" }, /arrivalRate = -1: must be a number > 0/],
    [{ arrivalRate: "0.5", alpha: "2" }, /set one of them, not both/],
    [{ alpha: "0" }, /alpha = 0: must be a number > 0/],
    [{ servers: "1" }, /servers = 1: must be a whole number of at least 2/],
    [{ buffer: "0" }, /buffer = 0: must be a whole number of at least 1, or infinite/],
    [{ time: "slotted", arrivalRate: "1.2", buffer: "3" }, /slotted time is for loads below 1/],
    [{ choices: "0" }, /choices = 0/],
    [{ time: "slotted", arrivals: "poisson" }, /unknown arrivals "poisson"/],
  ])("refuses %o", (settings, message) => {
    expect(() => jsqHeavyTraffic.configure(settings, "1")).toThrow(UserError);
    expect(() => jsqHeavyTraffic.configure(settings, "1")).toThrow(message);
  });
});

describe("jsq-heavy-traffic in slotted time", () => {
  const slotted = { time: "slotted" };

  it("keeps Lemma 1 and the drift identity in every run, whatever the laws and the policy", () => {
    for (const settings of [
      { servers: "4", alpha: "0.8" },
      { servers: "3", alpha: "1", arrivals: "rounded", services: "uniform" },
      { servers: "8", alpha: "0.6", services: "binomial:4", policy: "jsq-d" },
      { servers: "5", alpha: "0.5", arrivals: "binomial:1", services: "constant", policy: "random" },
    ]) {
      const found = run({ ...slotted, ...settings }, 300_000);
      expectAll(found, "unused_service", "drift_identity_gap");
    }
  });

  // Two servers: the balance equations, solved outside this project. Ten: a long simulation elsewhere, to three digits.
  it.each([
    ["2", "2", 0.768683, 0, 500_000],
    ["2", "3", 0.780679, 0, 500_000],
    ["2", "4", 0.771145, 0, 600_000],
    ["10", "2.5", 0.908, 0.0005, 400_000],
  ])("has the mean queue of %s servers at alpha = %s, by the identity", (servers, alpha, expected, rounding, slots) => {
    const found = run({ ...slotted, servers, alpha }, slots).get("scaled_queue_by_identity");
    const { ciLow, ciHigh } = found ?? { ciLow: null, ciHigh: null };
    if (ciLow === null || ciHigh === null) throw new Error("no interval");
    expect(ciHigh - ciLow).toBeLessThan(0.06);
    expect(ciLow - rounding).toBeLessThan(expected);
    expect(ciHigh + rounding).toBeGreaterThan(expected);
  });

  it("finds the same mean queue by looking at it and by the identity", () => {
    const found = run({ ...slotted, servers: "4", alpha: "1.5" }, 400_000);
    const [seen, byIdentity] = ["scaled_total_queue", "scaled_queue_by_identity"].map((name) => found.get(name));
    expect(byIdentity?.measured).toBeGreaterThan(seen?.ciLow ?? Number.POSITIVE_INFINITY);
    expect(byIdentity?.measured).toBeLessThan(seen?.ciHigh ?? Number.NEGATIVE_INFINITY);
  });
});

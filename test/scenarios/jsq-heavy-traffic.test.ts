import { describe, expect, it } from "vitest";
import { type QuantityEvidence, WITHIN_LIVE } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
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
    within: WITHIN_LIVE,
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
    { servers: "7", alpha: "10" },
    { servers: "7", alpha: "18" },
    { servers: "2", alpha: "32" },
    { servers: "3000", alpha: "2.2" },
  ])(
    "has bounds and no exact chain where the load is too close to 1 for any buffer that can be solved: %o",
    (settings) => {
      const predictions = jsqHeavyTraffic.configure(settings, "1").predict({ messageDelay: 0, heldUpFraction: 0 });
      expect((predictions.get("mean_queue_length") ?? []).map(({ kind }) => kind)).toEqual(["bound"]);
    },
  );

  it.each([
    ["jsq", { servers: "2", alpha: "1" }],
    ["jsq", { servers: "4", alpha: "0.5" }],
    ["jsq, finite buffers", { servers: "3", arrivalRate: "0.9", buffer: "3" }],
    ["jsq in overload", { servers: "4", arrivalRate: "1.3", buffer: "2" }],
    ["jsq-d", { servers: "4", alpha: "0.7", policy: "jsq-d" }],
    ["jsq-d with replacement", { servers: "3", arrivalRate: "0.6", policy: "jsq-d", replacement: "yes" }],
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
      ["heuristic", "applies"],
      ["limit", "outside assumptions"],
      ["bound", "applies"],
    ]);
    expect(predictions[1].why).toMatch(/alpha = 1.5 is not above 2/);
  });

  it("shows the heuristic for 1 <= alpha <= 2: 2.238 jobs per server with one server's slack, where 2.06 were simulated at n = 50", () => {
    const experiment = jsqHeavyTraffic.configure({ servers: "50", alpha: "1" }, "1");
    const claims = experiment.predict({ messageDelay: 0, heldUpFraction: 0 }).get("scaled_total_queue") ?? [];
    expect(claims.find(({ kind }) => kind === "heuristic")).toMatchObject({ value: expect.closeTo(2.238, 3) });
  });

  it.each([
    ["jsq", { alpha: "3" }],
    ["jsq-d", { alpha: "3", policy: "jsq-d" }],
    ["slotted jsq", { alpha: "3", time: "slotted" }],
    ["slotted jsq-d", { alpha: "3", time: "slotted", policy: "jsq-d" }],
  ])("decides nothing by the limit of Theorem 1, for the constant of Theorem 3 is not small: %s", (_, settings) => {
    const experiment = jsqHeavyTraffic.configure({ servers: "1000", ...settings }, "1");
    const limits = [...experiment.predict({ messageDelay: 0, heldUpFraction: 0 })].flatMap(([name, claims]) =>
      claims.filter(({ kind }) => kind === "limit").map((claim) => [name, claim] as const),
    );
    expect(limits.map(([name]) => name)).toContain("scaled_total_queue");
    for (const [, claim] of limits)
      expect(claim).toMatchObject({
        status: "outside assumptions",
        why: "how close the law is at this n is not known: the constant of Theorem 3 is of the order of n^2",
      });
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
    [{ arrivalRate: "1" }, /servers 0, 1, 2, 3 have load 1.000 under jsq, with infinite buffers/],
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

  it("warms up for as long as servers are busy with the jobs of a slot, which all go to one", () => {
    // Found by calibration, which had 1.29 times as much unused service as there is in the long run.
    for (const [settings, jobsPerSlot] of [
      [{ servers: "168", arrivalRate: "0.897", arrivals: "weights:2,1,0,1,1", services: "uniform" }, 150],
      [{ servers: "142", arrivalRate: "0.45", arrivals: "rounded", services: "constant" }, 63],
    ] as const) {
      expect(jsqHeavyTraffic.configure({ ...slotted, ...settings }, "1").warmUpTime).toBeGreaterThan(5 * jobsPerSlot);
      expectAll(run({ ...slotted, ...settings }, 30_000), "unused_service");
    }
  });

  it("does not hold the identity to the mean queue where jobs are blocked, of which it does not know", () => {
    // Found by calibration: 0.748 measured by the identity, 0.00052 predicted.
    const found = run({ ...slotted, servers: "3", alpha: "2", arrivals: "rounded", buffer: "1" }, 20_000);
    expect(found.get("scaled_total_queue")?.predictions[0]).toMatchObject({ kind: "exact", status: "applies" });
    const byIdentity = found.get("scaled_queue_by_identity")?.predictions.filter(({ status }) => status === "applies");
    expect(byIdentity).toEqual([]);
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

describe("what Theorems 1 to 3 speak of (Hurtado-Lange and Maguluri 2020)", () => {
  const slotted = { servers: "4", alpha: "2.5", time: "slotted" };

  it.each([
    [{ time: "continuous" }, false, /time is continuous/],
    [{}, true, /tends to 0.5 with n/],
    [{ arrivals: "binomial:3" }, true, /tends to 0.6667 with n/],
    [{ arrivals: "rounded" }, false, /tends to 0 with n/],
    [{ arrivals: "binomial:1" }, false, /tends to 0 with n/],
  ])("is checked: batches %o", (settings, holds, meaning) => {
    const [, batches] = jsqHeavyTraffic.configure({ ...slotted, ...settings }, "1").assumptions;
    expect(batches).toMatchObject({ holds, meaning: expect.stringMatching(meaning) });
  });

  it("is measured: the generating function (Theorem 2), as the exact chain of two servers has it, near its limit", () => {
    const settings = { servers: "2", alpha: "2" };
    const input = { scenario: "jsq-heavy-traffic", settings, seed: "1", familyConfidence: 0.999 };
    const { quantities } = simulate({ ...input, measuringTime: 60_000 });
    for (const [wanted, limit] of [["scaled_queue_mgf", 4 / 3] as const, ["scaled_queue_laplace", 1 / 2] as const]) {
      const found = quantities.find(({ name }) => name === wanted);
      expect(found?.verdict).not.toBe("differs");
      expect(found?.predictions[0]).toMatchObject({ kind: "exact", status: "applies" });
      expect(found?.measured ?? Number.NaN).toBeCloseTo(limit, 1);
      expect(found?.predictions.find(({ kind }) => kind === "limit")).toMatchObject({
        value: expect.closeTo(limit, 9),
      });
    }
  });

  it("has the printed bound of Theorem 3 beside the distance, as what decides nothing", () => {
    const claims = jsqHeavyTraffic.configure(slotted, "1").predict({ messageDelay: 0, heldUpFraction: 0 });
    const bound = claims.get("wasserstein_distance")?.find(({ kind }) => kind === "bound");
    expect(bound).toMatchObject({ status: "outside assumptions", why: expect.stringMatching(/^vacuous/) });
  });
});

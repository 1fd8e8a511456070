import { describe, expect, it } from "vitest";
import { WITHIN_LIVE } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting/index.js";
import { simulate } from "../../simulator/simulation.js";

/** Joint confidence of the intervals of one run below. */
const CONFIDENCE = 0.9999;

describe("jfsq-zero-waiting", () => {
  it.each([
    ["of different rates", { servers: "3", rates: "list:1.8,0.9,0.3", arrivalRate: "0.8", buffer: "6" }],
    ["of two classes", { servers: "10", rates: "two-class:0.5,3", alpha: "0.4" }],
    ["under jsq", { servers: "4", rates: "linear:4", alpha: "0.6", policy: "jsq", buffer: "3" }],
    ["under jiq", { servers: "4", rates: "power:1", alpha: "0.5", policy: "jiq", buffer: "3" }],
    ["in overload", { servers: "4", rates: "linear:2", arrivalRate: "1.5", buffer: "2" }],
  ])("agrees with the exact chain of servers %s, every job by itself and as a chain", (_, settings) => {
    for (const messageDelay of [{ law: "none" }, { law: "constant", time: 1e-9 }] as const) {
      const { quantities } = simulate({
        scenario: "jfsq-zero-waiting",
        settings,
        seed: "1",
        familyConfidence: CONFIDENCE,
        within: WITHIN_LIVE,
        measuringTime: 80_000,
        messageDelay,
      });
      for (const { name, verdict, predictions } of quantities) {
        expect(predictions[0].kind, name).toBe("exact");
        expect([name, verdict]).not.toEqual([name, "differs"]);
      }
      const decided = quantities.filter(({ verdict }) => verdict === "agrees").map(({ name }) => name);
      expect(decided).toContain("waiting_probability");
    }
  });

  it("sees a message delay move quantities by no more than its predictions allow", () => {
    const { quantities, conditions } = simulate({
      scenario: "jfsq-zero-waiting",
      settings: { servers: "10" },
      seed: "1",
      familyConfidence: CONFIDENCE,
      measuringTime: 30_000,
      messageDelay: { law: "exponential", mean: 0.02 },
    });
    expect(conditions.messageDelay).toBeGreaterThan(0.03);
    expect(quantities.filter(({ verdict }) => verdict === "differs").map(({ name }) => name)).toEqual([]);
  });

  it("shows what knowing the rates buys: jobs wait less than under jsq and jiq", () => {
    const waiting = ["jfsq", "jsq", "jiq"].map((policy) => {
      const experiment = jfsqZeroWaiting.configure({ servers: "6", rates: "linear:6", policy }, "1");
      const [prediction] = experiment.predict({ messageDelay: 0, heldUpFraction: 0 }).get("mean_waiting_time") ?? [];
      return "value" in prediction ? prediction.value : Number.NaN;
    });
    expect(waiting[0]).toBeLessThan(0.5 * Math.min(waiting[1], waiting[2]));
  });

  it("says that the assumptions of the theorems do not hold, and from which size on they would", () => {
    const { assumptions } = jfsqZeroWaiting.configure({ servers: "1000", alpha: "0.7" }, "1");
    expect(assumptions).toHaveLength(1);
    expect(assumptions[0].holds).toBe(false);
    expect(assumptions[0].meaning).toMatch(/holds from about \d\.\de\+\d+ servers on; this fleet has 1000/);
  });

  it("says of hardly a healthy run that it differs, however rare the levels and events that it measures", () => {
    // Of 1500 time units one in four sees level 3 not at all, and most of the others once or twice; jobs are blocked in one of ten.
    const input = {
      ...{ scenario: "jfsq-zero-waiting", settings: { servers: "6", rates: "linear:3", buffer: "3" }, seed: "1" },
      ...{ measuringTime: 1500, familyConfidence: 0.99 },
    };
    let differs = 0;
    for (let replication = 1; replication <= 300; replication++) {
      const { quantities } = simulate({ ...input, replication });
      if (quantities.some(({ verdict }) => verdict === "differs")) differs++;
      for (const { name, ciLow, ciHigh } of quantities) {
        if (ciLow === null || ciHigh === null) continue;
        expect(ciHigh, name).toBeGreaterThan(ciLow);
        if (/fraction|probability|tail/.test(name)) expect(ciHigh, name).toBeLessThanOrEqual(1);
        if (name !== "collapse_value") expect(ciLow, name).toBeGreaterThanOrEqual(0);
      }
    }
    // 3 are expected at most; more than 8 have a probability of 0.004.
    expect(differs).toBeLessThanOrEqual(8);
  });

  it.each([
    [{ rates: "list:1,2,3" }, /3 rates for 10 servers/],
    [{ rates: "list:1,0" }, /value 2, "0", must be a number > 0/],
    [{ rates: "linear:0.5" }, /FASTEST_PER_SLOWEST/],
    [{ buffer: "0.5" }, /buffer = 0.5/],
    [{ buffer: "infinite", arrivalRate: "1.1" }, /have load 1.100 under jfsq, with infinite buffers/],
    [{ alpha: "-0.2" }, /alpha = -0.2/],
    [{ policy: "magic" }, /policy = magic/],
  ])("refuses %o", (settings, message) => {
    expect(() => jfsqZeroWaiting.configure(settings, "1")).toThrow(UserError);
    expect(() => jfsqZeroWaiting.configure(settings, "1")).toThrow(message);
  });
});

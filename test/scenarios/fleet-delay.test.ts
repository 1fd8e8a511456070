import { describe, expect, it } from "vitest";
import { askedDelay } from "../../experiments/delay-effect.js";
import { weigh } from "../../experiments/evidence.js";
import { withSimulated } from "../../experiments/simulated-predictions.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { simulatePredictions } from "../../simulator/simulated-predictions.js";
import { simulate } from "../../simulator/simulation.js";

const RUN = { scenario: "fleet", seed: "1", familyConfidence: 0.99, measuringTime: 2000, traced: true } as const;
const settings = { servers: "5", policy: "jsq", load: "0.7", sizes: "lognormal:4" };

describe("the delay of a fleet", () => {
  it("is what --message-delay would be, which comes first", () => {
    const asked = simulate({ ...RUN, settings: { ...settings, delay: "exponential:0.3" } });
    const given = simulate({ ...RUN, settings, messageDelay: { law: "exponential", mean: 0.3 } });
    expect(asked.traceHash).toBe(given.traceHash);
    expect(asked.conditions.messageDelay).toBeGreaterThan(0.5);
    const none = simulate({
      ...RUN,
      settings: { ...settings, delay: "exponential:0.3" },
      messageDelay: { law: "none" },
    });
    expect(none.traceHash).toBe(simulate({ ...RUN, settings }).traceHash);
  });

  it("is there and back, whatever its law", () => {
    const of = (delay: string): number => askedDelay(fleet.configure({ delay }, "1").system, 0, 0);
    expect(of("none")).toBe(0);
    expect(of("constant:0.25")).toBe(0.5);
    expect(of("exponential:0.25")).toBe(0.5);
    expect(of("empirical:times.txt\n0.1\n0.3\n")).toBeCloseTo(0.4, 12);
  });

  it("is simulated beforehand for real runs, so that it is no reason to doubt what was simulated", async () => {
    const delayed = fleet.configure({ ...settings, delay: "constant:0.2" }, "1");
    const run = {
      settings: { ...settings, delay: "constant:0.2" },
      seed: "1",
      warmUpTime: 50,
      measuringTime: 1000,
      familyConfidence: 0.99,
    };
    const simulated = await simulatePredictions(delayed, run, inlineRunner);
    const predict = (messageDelay: number) =>
      weigh(
        withSimulated(delayed, simulated),
        new Map(),
        { messageDelay, askedDelay: 0.4, heldUpFraction: 0 },
        { familyConfidence: 0.99, within: 0.25 },
      ).find(({ name }) => name === "mean_waiting_time")?.predictions[0];
    const asAsked = predict(0.4);
    expect(asAsked).toMatchObject({ kind: "simulated", status: "applies" });
    const own = simulate({ ...RUN, settings: { ...settings, delay: "constant:0.2" }, measuringTime: 20_000 });
    const measured = own.quantities.find(({ name }) => name === "mean_waiting_time")?.measured ?? Number.NaN;
    if (asAsked === undefined || !("value" in asAsked)) throw new Error("it is a value");
    expect(Math.abs(measured - asAsked.value)).toBeLessThan(0.1 * measured + asAsked.modelError);
    expect(predict(0.55)).toMatchObject({ kind: "simulated", status: "outside assumptions" });
  });
});

describe("the delay between zones", () => {
  const zones = { policy: "random", classes: "1x1:zone=a,1x1:zone=b", load: "0.4", dispatcherZones: "a" };

  it("is that of each pair, in both directions, and of the others what is said of all", () => {
    const of = (delay: string, dispatchers = 1): number =>
      simulate({ ...RUN, settings: { ...zones, delay }, dispatchers, measuringTime: 4000 }).conditions.messageDelay;
    // Half of the jobs each.
    expect(of("constant:0.1;a-b=constant:1")).toBeCloseTo(1.1, 1);
    expect(of("constant:0.1;b-a=constant:1")).toBeCloseTo(1.1, 1);
    expect(of("constant:0.1;a-a=constant:1")).toBeCloseTo(1.1, 1);
    expect(of("constant:0.1;b-b=constant:1")).toBeCloseTo(0.2, 9);
    const both = { ...zones, dispatcherZones: "a,b", delay: "constant:0.1;a-b=constant:1" };
    const { conditions } = simulate({ ...RUN, settings: both, dispatchers: 2, measuringTime: 4000 });
    expect(conditions.messageDelay).toBeCloseTo(1.1, 1);
  });

  it.each<[Record<string, string>, string]>([
    [{ delay: "constant:1;a-c=constant:2" }, "no server and no dispatcher is in zone c"],
    [{ delay: "constant:1;a-b=constant:2", dispatcherZones: "none" }, "dispatchers have none: set dispatcherZones"],
    [{ delay: "constant:1;a=constant:2" }, '"a=constant:2" is no pair of zones with its delay'],
    [{ delay: "constant:1;a-b=constant:2;b-a=none" }, "the delay between b and a is given twice"],
    [{ delay: "constant:1;a-b=empirical:x" }, "delays of a file are for all messages"],
    [{ classes: "1x1:zone=a b,1x1" }, "its zone must be a name of letters"],
  ])("is refused: %j", (settings, message) => {
    expect(() => fleet.configure({ ...zones, ...settings }, "1")).toThrow(message);
  });
});

describe("percentiles with several dispatchers", () => {
  it("are those of all jobs: independent queues behind random routing, however many send to them", () => {
    const { quantities } = simulate({
      ...RUN,
      settings: { servers: "4", policy: "random", load: "0.6", slo: "3" },
      dispatchers: 3,
      familyConfidence: 1 - 1e-4,
      measuringTime: 8000,
    });
    const found = new Map(quantities.map((quantity) => [quantity.name, quantity]));
    // M/M/1: the sojourn time is exponential of rate 1 - load.
    for (const [name, value] of [
      ["sojourn_time_p50", Math.LN2 / 0.4],
      ["sojourn_over_slo", Math.exp(-1.2)],
    ] as const) {
      const { measured, ciLow, ciHigh, verdict } = found.get(name) ?? {};
      expect(measured, name).not.toBeNull();
      expect(ciLow, name).toBeLessThan(value);
      expect(ciHigh, name).toBeGreaterThan(value);
      expect(verdict).not.toBe("differs");
    }
  });
});

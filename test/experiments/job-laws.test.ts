import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { simulate } from "../../simulator/simulation.js";
import { meanWaitingTimeMG1 } from "../../theory/queues/pollaczek-khinchine.js";

/** One queue behind random routing in each scenario that takes sizes, with load 0.5: servers of rate 1 and infinite buffers. */
const SINGLE_QUEUES: readonly (readonly [string, Record<string, string>])[] = [
  ["rate-scaling", { servers: "2", rateControl: "fixed", initialRates: "constant:1", buffer: "infinite" }],
  ["jfsq-zero-waiting", { servers: "2", rates: "equal", buffer: "infinite" }],
  ["jsq-heavy-traffic", { servers: "2" }],
];
const RANDOM = { policy: "random", arrivalRate: "0.5" };

describe("sizes and arrivals in other scenarios", () => {
  it.each(SINGLE_QUEUES)("%s serves jobs of any size law: Pollaczek and Khinchine", (scenario, settings) => {
    const { quantities } = simulate({
      ...{ scenario, seed: "1", familyConfidence: 1 - 1e-4, measuringTime: 60_000 },
      settings: { ...settings, ...RANDOM, sizes: "lognormal:2" },
    });
    const [name, value] = [
      ["mean_waiting_time", meanWaitingTimeMG1(0.5, 1, 2)],
      ["mean_sojourn_time", 1 + meanWaitingTimeMG1(0.5, 1, 2)],
    ].find(([one]) => quantities.some((quantity) => quantity.name === one)) as [string, number];
    const found = quantities.find((quantity) => quantity.name === name);
    expect(found?.ciLow, `${name}, seed 1`).toBeLessThan(value);
    expect(found?.ciHigh, `${name}, seed 1`).toBeGreaterThan(value);
    expect((found?.measured ?? 0) / value).toBeCloseTo(1, 1);
  });

  it.each(SINGLE_QUEUES)("%s has nothing predicted by theorems about exponential sizes", (scenario, settings) => {
    const configure = (more: Record<string, string>) =>
      scenarioNamed(scenario).configure({ ...settings, ...RANDOM, ...more }, "1");
    const plain = configure({});
    const other = configure({ sizes: "gamma:4" });
    expect(configure({ sizes: "exponential" }).parameters).toEqual(plain.parameters);
    expect(other.parameters).toEqual({ ...plain.parameters, sizes: "gamma:4" });
    expect(other.isQueueChain).toBeUndefined();
    expect(other.warmUpTime).toBe(2.5 * plain.warmUpTime);
    const own = new Set(other.quantities.map(({ name }) => name));
    const claims = [...claimsOf(other, { messageDelay: 0, heldUpFraction: 0 })].filter(([name]) => own.has(name));
    const all = claims.flatMap(([, predictions]) => predictions);
    expect(all.length).toBeGreaterThan(0);
    for (const { status, why } of all)
      expect([status, why]).toEqual(["outside assumptions", expect.stringContaining("gamma:4")]);
  });

  it("are refused where jobs have none, or read as such", () => {
    const jsq = scenarioNamed("jsq-heavy-traffic");
    expect(() => jsq.configure({ time: "slotted", sizes: "constant" }, "1")).toThrow(
      "in slotted time jobs have no sizes",
    );
    expect(() => scenarioNamed("rate-scaling").configure({ sizes: "huge" }, "1")).toThrow('unknown job sizes "huge"');
    const { system } = scenarioNamed("jfsq-zero-waiting").configure({ arrivals: "batch:2" }, "1");
    expect(system.arrivals?.text).toBe("batch:2");
  });
});

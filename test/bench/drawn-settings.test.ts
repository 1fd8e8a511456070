import { describe, expect, it } from "vitest";
import { POLICY_OPTIONS } from "../../bench/calibrate/laws.js";
import { DRAWS } from "../../bench/calibrate/settings.js";
import { randomStream } from "../../model/random.js";
import { simulatedPolicies } from "../../policies/index.js";
import { scenarios } from "../../scenarios/index.js";

/** Calibration is of systems without message delays. */
const NOT_DRAWN = ["delay", "dispatcherZones"];

describe("the settings that are drawn", () => {
  it("set every parameter of every scenario at one time or another, and draw every policy", () => {
    expect(Object.keys(DRAWS).sort()).toEqual(scenarios.map(({ name }) => name).sort());
    const policies = new Set<string>();
    for (const { name, parameters } of scenarios) {
      const drawn = Array.from({ length: 400 }, (_, i) => DRAWS[name](randomStream(`${i}`, name)));
      const set = new Set(drawn.flatMap((settings) => Object.keys(settings)));
      const all = Object.keys(parameters).filter((parameter) => !NOT_DRAWN.includes(parameter));
      expect([...set].sort(), name).toEqual(all.sort());
      for (const { policy } of drawn) if (policy !== undefined) policies.add(policy.split(":", 1)[0]);
    }
    for (const { name } of simulatedPolicies) expect(policies).toContain(name);
    for (const name of Object.keys(POLICY_OPTIONS)) expect(simulatedPolicies.map((one) => one.name)).toContain(name);
  });
});

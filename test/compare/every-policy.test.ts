import { describe, expect, it } from "vitest";
import { everyPolicy, under } from "../../compare/field.js";
import { type FleetSetup, replicate } from "../../compare/replication.js";
import { metricOf } from "../../compare/sample.js";
import { NO_DELAY } from "../../model/message-delay.js";
import { amongEquals, generalPolicies } from "../../policies/index.js";

function setupOf(settings: Record<string, string>): FleetSetup {
  const about = { dispatchers: 1, views: "told" as const, messageDelay: NO_DELAY, noticeDelay: NO_DELAY };
  return { settings, seed: "1", ...about };
}

describe("every policy", () => {
  const equal = setupOf({ servers: "4", load: "0.7" });
  const { policies, copies } = everyPolicy(equal);

  it("is each rule once where servers are equally fast, and all of them elsewhere, at whatever load", () => {
    expect(policies).toContain("jsq");
    expect(policies).not.toContain("sed");
    expect(copies.map(({ policy }) => policy)).toContain("weighted-round-robin");
    const unequal = everyPolicy(setupOf({ classes: "2x1.6,2x1", load: "1.2" }));
    expect(unequal.copies).toEqual([]);
    expect(unequal.policies).toEqual(generalPolicies.map(({ name }) => name));
  });

  it.each(copies.map(({ policy }) => policy))(
    "leaves out %s, which does the same as the one it is said to be",
    (policy) => {
      const mean = (name: string): number => {
        const sample = replicate({ ...under(equal, name), replication: 1, warmUpTime: 50, measuringTime: 5000 });
        return metricOf("mean", sample, undefined);
      };
      expect(mean(policy) / mean(amongEquals(policy) ?? "")).toBeCloseTo(1, 1);
      expect(policies).toContain(amongEquals(policy));
    },
  );
});

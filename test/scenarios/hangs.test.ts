import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { claimedBy } from "../support/claimed-by.js";

describe("predictions that once took minutes, or never came", () => {
  it.each<[string, Record<string, string>]>([
    ...["10", "11", "12", "18"].map((alpha): [string, Record<string, string>] => [
      "jsq-heavy-traffic",
      { servers: "7", alpha },
    ]),
    ["jsq-heavy-traffic", { servers: "2", alpha: "32" }],
    ["jsq-heavy-traffic", { servers: "3000", alpha: "2.2" }],
    ["jfsq-zero-waiting", { arrivalRate: "0.9999999999" }],
    ["rate-scaling", { servers: "1000000" }],
  ])("are there, and finite: %s %o", (scenario, settings) => {
    const claims = claimsOf(scenarioNamed(scenario).configure(settings, "1"), { messageDelay: 0, heldUpFraction: 0 });
    const all = [...claims.values()].flat();
    expect(all.length).toBeGreaterThan(0);
    for (const claim of all) expect(Number.isFinite(claimedBy(claim) + claim.modelError), claim.source).toBe(true);
  });
});

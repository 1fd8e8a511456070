import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { simulate } from "../../simulator/simulation.js";

const RUN = { scenario: "fleet", seed: "1", familyConfidence: 0.99, measuringTime: 8000, within: 0.1 } as const;

/** What is predicted of each share. */
function predicted(settings: Record<string, string>): Record<string, number> {
  const claims = claimsOf(fleet.configure(settings, "1"), { messageDelay: 0, heldUpFraction: 0 });
  const values = [...claims].flatMap(([name, [claim]]) =>
    name.includes("_share_") && claim !== undefined && "value" in claim ? [[name, claim.value]] : [],
  );
  return Object.fromEntries(values) as Record<string, number>;
}

/** The measured shares, with what was found of them. */
function measured(settings: Record<string, string>) {
  return simulate({ ...RUN, settings }).quantities.filter(({ name }) => name.includes("_share_"));
}

describe("shares of the jobs", () => {
  it("are 1/n under a policy that treats equal servers alike", () => {
    for (const policy of ["jsq", "jiq", "jsq-d:d=3", "sed", "round-robin", "weighted-random", "least-connections"])
      expect(predicted({ servers: "4", policy }), policy).toEqual(
        Object.fromEntries([0, 1, 2, 3].map((server) => [`server_share_${server}`, 1 / 4])),
      );
  });

  it("are by weight where the policy goes by weights, and equal where it goes by nothing", () => {
    const rates = { servers: "3", initialRates: "list:1,2,5" };
    expect(predicted({ ...rates, policy: "weighted-random" })).toEqual({
      server_share_0: 1 / 8,
      server_share_1: 2 / 8,
      server_share_2: 5 / 8,
    });
    expect(predicted({ ...rates, policy: "random" }).server_share_2).toBe(1 / 3);
  });

  it.each<[string, Record<string, string>]>([
    ["jsq in front of different servers", { policy: "jsq", initialRates: "list:1,2,5", servers: "3" }],
    ["servers that differ in discipline", { policy: "jsq", classes: "1x1,1x1x1xps" }],
    ["servers that differ in buffers", { policy: "jsq", classes: "1x1,1x1:buffer=2" }],
    ["ties by number", { policy: "jsq:ties=lowest-number", servers: "3" }],
    ["a policy that is none of those", { policy: "consistent-hash", servers: "3", keys: "5" }],
    [
      "weights where jobs are blocked",
      { policy: "weighted-random", initialRates: "list:1,2", servers: "2", buffer: "2" },
    ],
  ])("are not predicted of %s", (_, settings) => {
    expect(predicted(settings)).toEqual({});
    const { quantities } = fleet.configure(settings, "1");
    const roles = quantities.filter(({ name }) => name.startsWith("server_share_")).map(({ role }) => role);
    expect(new Set(roles)).toEqual(new Set(["other"]));
  });

  it("are of classes where there are more than twenty servers, and of nobody where there is one class", () => {
    const policy = "weighted-random";
    const ofClasses = predicted({ classes: "20x1,10x2", policy });
    expect(Object.keys(ofClasses)).toEqual(["class_share_1", "class_share_2"]);
    for (const share of Object.values(ofClasses)) expect(share).toBeCloseTo(1 / 2, 12);
    expect(predicted({ servers: "21", policy })).toEqual({});
    expect(Object.keys(predicted({ servers: "20", policy }))).toHaveLength(20);
  });

  it("add up to 1, whatever the classes", () => {
    const classes = fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.constantFrom(1, 2, 0.5)), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(classes, (given) => {
        const text = given.map(([count, speed]) => `${count}x${speed}`).join(",");
        const shares = Object.values(predicted({ classes: text, policy: "weighted-random", arrivalRate: "0.3" }));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 30 },
    );
  });

  it.each<Record<string, string>>([
    { servers: "3", policy: "jsq", load: "0.7" },
    { servers: "3", initialRates: "list:1,2,5", policy: "weighted-random", load: "0.6" },
    { classes: "2x1x1xps,2x1x1xps", policy: "jsq-d", load: "0.7", arrivals: "gamma:4" },
    { classes: "20x1,10x2", policy: "weighted-round-robin", load: "0.6" },
  ])("are measured as predicted: %j", (settings) => {
    const found = measured(settings);
    expect(found.length).toBeGreaterThan(1);
    for (const { name, verdict, role } of found) expect([name, verdict, role]).toEqual([name, "agrees", "headline"]);
  });

  it("tell a balancer that prefers the first server from jsq, although both wait alike", () => {
    const fair = predicted({ servers: "3", policy: "jsq", arrivalRate: "0.3" });
    const unfair = measured({ servers: "3", policy: "jsq:ties=lowest-number", arrivalRate: "0.3" });
    const [first] = unfair;
    expect(first.ciLow).toBeGreaterThan(1.25 * fair.server_share_0);
  });
});

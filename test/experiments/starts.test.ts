import { describe, expect, it } from "vitest";
import { divided } from "../../experiments/division.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { simulate } from "../../simulator/simulation.js";

const configure = (scenario: string, settings: Record<string, string>) =>
  scenarioNamed(scenario).configure(settings, "1");

const SCENARIOS: readonly [scenario: string, settings: Record<string, string>, jobs: number][] = [
  ["rate-scaling", { servers: "20", buffer: "infinite", start: "occupancy:0.5,0.25,0.05" }, 16],
  ["jsq-heavy-traffic", { servers: "10", arrivalRate: "0.8", start: "occupancy:1,1,0.5" }, 25],
  ["jfsq-zero-waiting", { servers: "10", alpha: "0.5", buffer: "3", start: "occupancy:1,1,0.5" }, 25],
  ["utility", { pools: "10", start: "occupancy:1,0.6" }, 16],
  ["spatial-graphs", { servers: "20", graph: "ring", start: "clustered:0.25,0.25" }, 10],
  ["fleet", { classes: "4x1,4x2", start: "occupancy:0.5,0.5" }, 8],
];

describe("the start of a system", () => {
  it.each(SCENARIOS)("gives servers of %s their jobs, whatever the policy", (scenario, settings, jobs) => {
    const { system } = configure(scenario, settings);
    expect(system.backlog).toBe(jobs);
    expect(system.isPlaced).toBe(true);
    const of = (start: string) => configure(scenario, { ...settings, start }).system;
    expect(of("empty")).toMatchObject({ backlog: 0 });
    expect(of("backlog:2")).toMatchObject({ backlog: 2 * system.servers });
    expect(of("backlog:2").isPlaced).toBeUndefined();
  });

  it("is covered by a longer warm-up, where one is known", () => {
    const warmUp = (scenario: string, settings: Record<string, string>) => configure(scenario, settings).warmUpTime;
    const added = (scenario: string, settings: Record<string, string>, start: string) =>
      warmUp(scenario, { ...settings, start }) - warmUp(scenario, settings);
    const tenJobs = `occupancy:${new Array(10).fill("0.1").join(",")}`;
    const fluctuations = 4 * Math.sqrt(10 + 0.8 * 50);
    const expected = 50 + fluctuations;
    expect(added("spatial-graphs", { graph: "regular:4", arrivalRate: "0.8" }, tenJobs)).toBeCloseTo(expected, -0.5);
    expect(added("jsq-heavy-traffic", { arrivalRate: "0.8" }, tenJobs)).toBeCloseTo(expected, -0.5);
    expect(added("fleet", { arrivalRate: "0.8" }, tenJobs)).toBeCloseTo(expected, -0.5);
    // A full buffer is forgotten in a few of its relaxation times.
    expect(added("fleet", { arrivalRate: "0.99", buffer: "3" }, "occupancy:1,1,1")).toBeLessThanOrEqual(4 * 3 ** 2);
    // Tasks of pools end by themselves, and r moves by one for each that comes.
    expect(added("utility", { pools: "10", offeredLoad: "10" }, "occupancy:1,1,1,1,1,1,1")).toBe(3);
    expect(warmUp("utility", { pools: "10", offeredLoad: "10", initialRank: "2001" })).toBe(25 + 20);
  });

  it("has no verdict where none is known, and says why", () => {
    const why = "no warm-up is known that covers a start with 2 jobs at a server";
    const start = "occupancy:0.5,0.5";
    const slowOnes = { classes: "4x0.6,4x2", load: "0.6", policy: "jsq-d", start };
    expect(configure("fleet", slowOnes).whyNeverSettled).toBe(why);
    expect(configure("fleet", { policy: "consistent-hash", keys: "1000", start }).whyNeverSettled).toBe(why);
    const irregular = { servers: "30", graph: "erdos-renyi:8", arrivalRate: "0.9", start };
    expect(configure("spatial-graphs", irregular).whyNeverSettled).toBe(why);
    const simulated = simulate({
      ...{ scenario: "fleet", settings: slowOnes, seed: "1", familyConfidence: 0.99 },
      ...{ warmUpTime: 200, measuringTime: 500 },
    });
    for (const { role, predictions, reason } of simulated.quantities)
      if (role !== "input" && predictions.length > 0) expect(reason).toContain(why);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "jsq-heavy-traffic",
      { time: "slotted", start: "backlog:1" },
      /in slotted time all jobs of a slot join one server/,
    ],
    ["utility", { offeredLoad: "sine:4,2,40", start: "backlog:1" }, /is followed from empty pools/],
    ["spatial-graphs", { graph: "regular:4", start: "clustered:0.5" }, /servers of regular:4 are nowhere in space/],
    ["rate-scaling", { start: "occupancy:1,0.5" }, /2 jobs at a server do not fit into a buffer of 1/],
    ["fleet", { start: "clustered:0.5" }, /unknown start/],
  ])("is refused by %s with %j", (scenario, settings, message) => {
    expect(() => configure(scenario, settings)).toThrow(message);
  });

  it("is refused if several dispatchers would have to place its jobs", () => {
    const two = { dispatchers: 2, views: "told" } as const;
    expect(() => divided(configure("fleet", { start: "occupancy:0.5" }), two)).toThrow(/--dispatchers 2: the jobs/);
    expect(() => divided(configure("fleet", { start: "backlog:2" }), two)).not.toThrow();
  });

  it.each<[string, Record<string, string>]>([
    ["jsq-heavy-traffic", { servers: "3", arrivalRate: "0.7", start: "occupancy:1,1,1,1,1" }],
    ["spatial-graphs", { graph: "ring", start: `clustered:${new Array(8).fill("0.25").join(",")}` }],
    ["utility", { policy: "slta", start: "occupancy:1,1,1,1,1,1,0.5", initialRank: "60" }],
  ])("is forgotten by %s when the run is judged: nothing differs from its prediction", (scenario, settings) => {
    const run = simulate({
      ...{ scenario, settings, seed: "2", familyConfidence: 0.999 },
      ...{ warmUpTime: configure(scenario, settings).warmUpTime, measuringTime: 3000 },
    });
    expect(run.whyVoid).toBeNull();
    expect(run.quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    expect(run.quantities.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from "vitest";
import { claimsOf } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { simulate } from "../../simulator/simulation.js";

const CONFIDENCE = 1 - 1e-4;

/** What is found of each of the scenario's own quantities: whether its interval meets what decides. */
function verdicts(settings: Record<string, string>, measuringTime = 20_000): Record<string, string> {
  const output = simulate({
    scenario: "fleet",
    settings,
    seed: "1",
    familyConfidence: CONFIDENCE,
    measuringTime,
  });
  const own = output.quantities.filter(({ role }) => role !== "input");
  return Object.fromEntries(
    own.map(({ name, verdict, decidedBy, ciLow }) => [
      name,
      decidedBy === null || ciLow === null ? "nothing" : verdict,
    ]),
  );
}

const NONE_DIFFERS = expect.objectContaining(
  Object.fromEntries(
    ["mean_waiting_time", "mean_queue_length", "busy_fraction", "blocked_fraction"].map((name) => [
      name,
      expect.stringMatching(/^(agrees|undecided)$/),
    ]),
  ),
);

/** Half of 40 servers three times as fast as the others. */
const TWO_CLASSES = `list:${Array.from({ length: 40 }, (_, server) => (server < 20 ? 1.5 : 0.5)).join(",")}`;

/** Agreement that chance may leave open, and difference that it may not make: nothing differs, and what has a prediction meets it. */
function expectMet(settings: Record<string, string>, measuringTime: number, tolerance = 0.1): void {
  const input = { scenario: "fleet", settings, seed: "1", familyConfidence: CONFIDENCE, measuringTime };
  const found = simulate(input).quantities;
  expect(
    found.filter(({ verdict }) => verdict === "differs"),
    "seed 1",
  ).toEqual([]);
  for (const { name, measured, predictions } of found) {
    const [claim] = predictions;
    if (claim === undefined || claim.kind !== "exact" || !("value" in claim) || claim.value === 0) continue;
    // Rare jobs say less.
    if (name.endsWith("p999")) continue;
    const allowed = name.includes("_time_p") ? 2.5 * tolerance : tolerance;
    expect(Math.abs((measured ?? Number.NaN) / claim.value - 1), `${name}, seed 1`).toBeLessThan(allowed);
  }
}

describe("the scenario of a fleet", () => {
  it("measures M/M/1 queues behind random routing", () => {
    expect(verdicts({ policy: "random", servers: "4", arrivalRate: "0.6" }, 60_000), "seed 1").toEqual(NONE_DIFFERS);
  });

  it.each(["jsq", "jiq", "jsq-d", "random"])("measures the stationary state of a small fleet under %s", (policy) => {
    const settings = { policy, servers: "4", arrivalRate: "0.8", buffer: "4" };
    expect(verdicts(settings), "seed 1").toEqual(NONE_DIFFERS);
  });

  it.each([
    ...["jfsq", "sed", "least-connections", "least-connections:haproxy", "weighted-random"],
    ...["jsq-d", "sed-d", "jfsq-d:replacement=yes"],
  ])("measures the stationary state of different servers under %s", (policy) => {
    const settings = {
      policy,
      servers: "3",
      arrivalRate: "0.9",
      buffer: "5",
      initialRates: "list:1.8,0.9,0.3",
    };
    expect(verdicts(settings), "seed 1").toEqual(NONE_DIFFERS);
  });

  it.each([
    ["exact", { policy: "random", servers: "6", initialRates: "list:1.2,1.2,1.5,1.5,2,2" }],
    ["exact", { policy: "jsq", servers: "3", initialRates: "constant:1.5" }],
    ["exact", { policy: "jsq-d:d=3:replacement=yes", servers: "4" }],
    ["refined", { policy: "jsq-d", servers: "40", initialRates: TWO_CLASSES }],
    ["refined", { policy: "jsq-d:d=3:replacement=yes", servers: "40", initialRates: TWO_CLASSES }],
    ["refined", { policy: "jsq-d", servers: "60" }],
    ["refined", { policy: "sed-d", servers: "40", initialRates: TWO_CLASSES }],
    ["refined", { policy: "ll-d", servers: "100", initialRates: "constant:2", arrivalRate: "1.6" }],
    ["exact", { policy: "sed-d", servers: "4" }],
    ["exact", { policy: "weighted-random", servers: "4", initialRates: "list:1.5,1.5,0.5,0.5" }],
  ] as const)("has %s queues in infinite buffers under %j, which simulation meets", (kind, settings) => {
    const claims = claimsOf(fleet.configure(settings, "1"), { messageDelay: 0, heldUpFraction: 0 });
    expect(claims.get("mean_queue_length")?.[0]).toMatchObject({ kind, status: "applies" });
    expect(verdicts(settings, 200_000 / Number(settings.servers)), "seed 1").toEqual(NONE_DIFFERS);
  });

  it("knows no more than its heuristic where many of few servers are drawn, and nothing of policies without a theory", () => {
    const kindsOf = (settings: Record<string, string>) =>
      fleet
        .configure(settings, "1")
        .predict({ messageDelay: 0, heldUpFraction: 0 })
        .get("mean_waiting_time")
        ?.map(({ kind }) => kind);
    expect(kindsOf({ policy: "jsq-d:d=5", servers: "10", initialRates: "list:2,2,2,2,2,1,1,1,1,1" })).toEqual([
      "heuristic",
    ]);
    expect(kindsOf({ policy: "round-robin" })).toBeUndefined();
    expect(kindsOf({ policy: "jsq", servers: "50" })).toBeUndefined();
  });

  // Pollaczek and Khinchine; Erlang; insensitivity of processor sharing.
  it.each<Record<string, string>>([
    { sizes: "constant", load: "0.8" },
    { sizes: "gamma:0.25", load: "0.6", initialRates: "constant:2" },
    { sizes: "hyperexponential:4", load: "0.5" },
    { sizes: "lognormal:2", load: "0.5", servers: "3" },
    { workers: "3", load: "0.8" },
    { discipline: "ps", sizes: "hyperexponential:4", load: "0.6" },
    { discipline: "ps", workers: "2", sizes: "gamma:0.25", load: "0.7" },
    { classes: "1x2x1xps,1x1x2,1x2", load: "0.5" },
  ])("measures the queues that theory solves behind random routing: %j", (settings) => {
    const servers = settings.classes === undefined ? { servers: "1" } : {};
    expectMet({ policy: "random", ...servers, ...settings }, 25_000);
  });

  it.each<Record<string, string>>([
    { sizes: "gamma:0.25", load: "0.6", initialRates: "list:2,1", servers: "2" },
    { sizes: "hyperexponential:4", load: "0.5", initialRates: "list:3,1", servers: "2" },
  ])("measures the queues that theory solves behind random routing by weight: %j", (settings) => {
    expectMet({ policy: "weighted-random", ...settings }, 25_000);
  });

  it("weighs servers by what they announce, the rate of a worker, where it decides whether they are stable", () => {
    const stable = { policy: "weighted-random", classes: "1x1x4,1x4", load: "0.9" };
    expect(() => fleet.configure(stable, "1")).toThrow(/server 1 has load 1.44/);
    expect(fleet.configure({ ...stable, load: "0.6" }, "1").assumptions).toEqual([]);
  });

  it("says what theory does not cover", () => {
    const why = (settings: Record<string, string>) =>
      fleet
        .configure({ policy: "random", ...settings }, "1")
        .predict({ messageDelay: 0, heldUpFraction: 0 })
        .get("mean_queue_length")
        ?.map((claim) => claim.why);
    expect(why({ load: "sine:0.5,0.3,100" })).toEqual(["the load varies over time"]);
    expect(why({ arrivals: "gamma:4" })).toEqual(["the arrivals are gamma:4, not poisson"]);
    expect(why({ sizes: "constant", buffer: "3" })).toEqual(["the sizes are constant, not exponential"]);
    expect(why({ workers: "2", buffer: "3" })).toEqual(["a server has several workers"]);
    expect(why({ discipline: "ps", buffer: "3" })).toEqual(["servers share their worker among all jobs: none waits"]);
    expect(why({ sizes: "constant", workers: "2" })).toBeUndefined();
    expect(why({ sizes: "lognormal:4" })).toEqual([undefined]);
  });

  it("is measured over whole periods of a load that repeats itself", () => {
    const { measuringTime, system } = fleet.configure({ load: "sine:0.5,0.3,700", classes: "2x1,1x3" }, "1");
    expect(measuringTime % 700).toBe(0);
    expect(system).toMatchObject({ totalArrivalRate: 2.5, arrivalSchedule: "sine:2.5,1.5,700" });
    expectMet({ load: "sine:0.5,0.3,50", servers: "4" }, 20_000);
  });

  it("has classes of servers, each with its speed, workers and discipline", () => {
    const { system } = fleet.configure({ classes: "2x1,1x3x4xps", discipline: "fifo", load: "0.5" }, "1");
    expect(system.servers).toBe(3);
    expect(system.totalArrivalRate).toBeCloseTo(0.5 * (2 + 12), 12);
    expect([0, 1, 2].map(system.classOf)).toEqual([0, 0, 1]);
    expect(system.serversByClass).toMatchObject([
      { discipline: "fifo", workers: 1 },
      { discipline: "ps", workers: 4 },
    ]);
    expect(system.server.initialRates).toEqual({ law: "list", rates: [1, 1, 3] });
  });

  it("is known by its earlier name too", () => {
    expect(scenarioNamed("balancer").name).toBe("fleet");
  });

  it.each<[Record<string, string>, string]>([
    [{ arrivalRate: "1" }, "have load 1.000 under jsq, with infinite buffers"],
    [{ load: "1", workers: "3" }, "have load 1.000 under jsq, with infinite buffers"],
    [{ load: "0.5", arrivalRate: "0.5" }, "arrivalRate = 0.5, load = 0.5: set one of them, not both"],
    [{ classes: "2x1", servers: "2" }, "servers = 2: the classes say how many servers there are"],
    [{ classes: "2xx3" }, 'class 1, "2xx3": its speed must be a number > 0; write COUNTxSPEED'],
    [{ classes: "2x1,1x1x1xlifo" }, 'class 2, "1x1x1xlifo": its discipline must be one of fifo, ps'],
    [{ classes: "2x1x1xps,1" }, 'class 2, "1": its speed must be a number > 0'],
    [{ arrivals: "trace:jobs.csv" }, '"trace:jobs.csv" has times of its own: use one of poisson | constant'],
    [{ sizes: "empirical:x.csv\n1\n-1" }, 'x.csv, line 2: "-1" needs a size that is a number >= 0'],
    [{ initialRates: "list:1,2" }, "the list has 2 rates for 10 servers"],
    [{ policy: "least" }, 'unknown policy "least"'],
  ])("refuses %j with the remedy", (settings, message) => {
    expect(() => fleet.configure(settings, "1")).toThrow(UserError);
    expect(() => fleet.configure(settings, "1")).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { WITHIN_LIVE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import { UserError } from "../../model/errors.js";
import { parseGraphFamily } from "../../model/graphs/index.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { simulate } from "../../simulator/simulation.js";
import { Twin } from "../../simulator/twin.js";
import { exactJsqD } from "../../theory/power-of-d/exact-jsq-d.js";
import type { Prediction } from "../../theory/prediction.js";
import { meanWaitingTimeMG1 } from "../../theory/queues/pollaczek-khinchine.js";

const none = { messageDelay: 0, heldUpFraction: 0 };
const predict = (settings: Record<string, string>) => spatialGraphs.configure(settings, "1").predict(none);
const file = (edges: string) => ({ servers: "3", graph: `file:mine.csv\n${edges}` });

const claimedValue = (claim: Prediction): number => ("value" in claim ? claim.value : Number.NaN);
/** Holds a claim to a value known to three digits. */
function expectWithin(claim: Prediction | undefined, value: number): void {
  expect(claim?.kind).toBe("exact");
  if (claim !== undefined) expect(Math.abs(claimedValue(claim) - value)).toBeLessThan(claim.modelError + 1e-3);
}

describe("the spatial-graphs scenario", () => {
  // One run each; the table's intervals hold jointly at 99.9 %.
  it.each([
    ["a regular graph", { servers: "100", graph: "regular:3" }],
    ["a ring", { servers: "100", graph: "ring", replacement: "no", arrivalRate: "0.7" }],
    ["a complete graph", { servers: "50", graph: "complete" }],
    ["a geometric graph", { servers: "200", graph: "geometric:30" }],
    ["random routing", { servers: "50", graph: "regular:3", choices: "1", arrivalRate: "0.5" }],
    ["two servers", { servers: "2", graph: "complete", arrivalRate: "0.7" }],
  ])("finds nothing that differs from theory on %s", (_, settings) => {
    const measuringTime = 200_000 / Number(settings.servers);
    const judged = { familyConfidence: 0.999, within: WITHIN_LIVE };
    const input = { scenario: "spatial-graphs", settings, seed: "5", measuringTime, ...judged };
    const { quantities } = simulate(input);
    expect(quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    expect(quantities.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThanOrEqual(6);
  });

  it("serves jobs of any sizes: with one choice, M/G/1 queues (Pollaczek 1930; Khinchine 1932)", () => {
    const arrivalRate = 0.7;
    for (const [sizes, variation] of [["constant", 0] as const, ["gamma:4", 4] as const]) {
      const settings = { servers: "20", graph: "regular:3", choices: "1", sizes, arrivalRate: String(arrivalRate) };
      const { estimates, quantities } = simulate({
        ...{ scenario: "spatial-graphs", settings, seed: "7", familyConfidence: 0.99, measuringTime: 20_000 },
      });
      // 280 000 jobs: the standard error is about 1.5 % of the mean where sizes vary much.
      const jobs = arrivalRate * (1 + meanWaitingTimeMG1(arrivalRate, 1, variation));
      expect(Math.abs(estimates.mean_queue_length.value / jobs - 1)).toBeLessThan(0.06);
      const found = (name: string) => quantities.find((quantity) => quantity.name === name);
      expect(found("queue_tail_1")?.verdict).toBe("agrees");
      expect(found("mean_queue_length")?.predictions.map(({ status }) => status)).not.toContain("applies");
    }
  });

  it("has the checked predictions: exact for two servers, refined for more, pairs on a ring", () => {
    const of = (settings: Record<string, string>, quantity: string) => predict(settings).get(quantity)?.[0];
    const two = of({ servers: "2", graph: "complete", arrivalRate: "0.7" }, "mean_queue_length");
    expect(two?.kind).toBe("exact");
    const twenty = of({ servers: "20", graph: "complete", arrivalRate: "0.9" }, "mean_queue_length");
    expect(twenty).toMatchObject({ kind: "refined", value: expect.closeTo(2.552, 4), status: "applies" });
    const ring = of({ servers: "50", graph: "ring", replacement: "no", arrivalRate: "0.7" }, "mean_queue_length");
    expect(ring).toMatchObject({ kind: "refined", value: expect.closeTo(1.2553, 4) });
    const [five] =
      predict({ servers: "5", graph: "complete", replacement: "no", choices: "5" }).get("mean_queue_length") ?? [];
    expectWithin(five, 1.403);
    expectWithin(of({ servers: "2", graph: "complete", choices: "2" }, "mean_queue_length"), 2.614);
    expect(of({ graph: "regular:4" }, "queue_tail_1")).toMatchObject({ kind: "exact", value: 0.8, modelError: 0 });
  });

  it("says that the limit is one, and why it does not decide; and that rho(G) >= 1 is outside the theorem, not unstable", () => {
    const regular = predict({ graph: "regular:4" }).get("queue_tail_2") ?? [];
    expect(regular.find(({ kind }) => kind === "limit")).toMatchObject({
      status: "outside assumptions",
      value: 0.8 ** 3,
    });
    const experiment = spatialGraphs.configure({ servers: "2000", graph: "geometric:58" }, "1");
    expect(experiment.assumptions[0]).toMatchObject({ condition: "rho(G) < 1", holds: false });
    expect(experiment.assumptions[0].meaning).toMatch(/rho\(G\) = 1\.\d+ at server \d+/);
    const claims = experiment.predict(none).get("queue_tail_2") ?? [];
    expect(claims[0]).toMatchObject({ kind: "refined", status: "applies" });
    expect(claims.some((claim) => "atMost" in claim)).toBe(false);
  });

  it("judges by no level far in the tail of a graph that is not complete: at 20 servers of degree 4, 0.050 have five jobs, not 0.034", () => {
    const tails = [2, 3, 4, 5].map((level) => predict({}).get(`queue_tail_${level}`)?.[0].kind);
    expect(tails).toEqual(["refined", "refined", "heuristic", "heuristic"]);
    expect(predict({}).get("neighbourhood_spread")?.[0].kind).toBe("heuristic");
  });

  // Means over twelve graphs and runs of 40,000 time units each, to about 0.2 %.
  it.each([
    ["mean_queue_length", 1.8708],
    ["queue_tail_2", 0.5512],
    ["queue_tail_3", 0.31],
  ])("claims a %s at the defaults whose error covers what simulations find, with room: %d", (name, simulated) => {
    const [claim] = predict({}).get(name) ?? [];
    expect(claim.kind).toBe("refined");
    expect(Math.abs(simulated - claimedValue(claim))).toBeLessThan(claim.modelError / 1.5);
  });

  it("says nothing for sure where d is not small against the neighbourhood: 64 draws from 30 servers leave 0.868 jobs, not 0.800", () => {
    const [claim] = predict({ servers: "30", graph: "complete", choices: "64" }).get("mean_queue_length") ?? [];
    expect(claim.kind).toBe("heuristic");
    const [few] = predict({ servers: "30", graph: "complete", choices: "3" }).get("mean_queue_length") ?? [];
    expect(few).toMatchObject({ kind: "refined", value: expect.closeTo(1.32136, 4) });
  });

  it("takes no graph for complete in which types are joined twice to a server: it has 0.48 of two servers with three jobs, not 0.433", () => {
    const settings = { servers: "2", taskTypes: "21", graph: "regular:2", choices: "4", replacement: "no" };
    const claims = predict({ ...settings, arrivalRate: "0.832" });
    expect(claims.get("queue_tail_3")?.map(({ kind }) => kind)).not.toContain("exact");
    expect(predict({ ...settings, graph: "complete" }).get("queue_tail_3")?.[0].kind).toBe("exact");
  });

  it("predicts every component by itself: three servers and two, and one that no task type uses", () => {
    const edges = [0, 1, 2].flatMap((server) => [`${server},0`, `${server},1`, `${server},2`]);
    const graph = `file:mine.csv\n${[...edges, "3,3", "4,3"].join("\n")}`;
    // Arrivals: 4 types of 0.4 * 6 / 4 jobs, 3 of them to three servers: loads of 0.6 and 0.3.
    const found = predict({ servers: "6", taskTypes: "4", graph, arrivalRate: "0.4" }).get("mean_queue_length")?.[0];
    const part = (servers: number, arrivalRate: number) =>
      exactJsqD({ servers, arrivalRate, choices: 2, replacement: true }, 1e-3)?.meanQueue ?? { low: 0, high: 0 };
    const [three, two] = [part(3, 0.6), part(2, 0.3)];
    expect(found).toMatchObject({ kind: "exact", status: "applies" });
    if (found !== undefined) expectWithin(found, (3 * three.low + 2 * two.low) / 6);
  });

  it("runs a graph in several components and says so", () => {
    const experiment = spatialGraphs.configure({ ...file("0,0\n1,1\n2,2"), arrivalRate: "0.5" }, "1");
    expect(experiment.assumptions.find(({ condition }) => condition === "G is connected")).toMatchObject({
      holds: false,
      meaning: "3 connected components",
    });
    expect(experiment.predict(none).get("queue_tail_2")?.[0]).toMatchObject({ value: expect.closeTo(0.25, 6) });
  });

  it("counts a job on its way as being at its server, and widens its claims by that", () => {
    const experiment = spatialGraphs.configure({}, "1");
    const [without, delayed] = [0, 0.05].map(
      (messageDelay) =>
        experiment.predict({ messageDelay, heldUpFraction: 0 }).get("queue_tail_1")?.[0].modelError ?? 0,
    );
    expect(delayed - without).toBeCloseTo(0.8 * 0.05, 12);
  });

  it("sends every job to a server that is compatible with its type", () => {
    const experiment = spatialGraphs.configure({ ...file("0,0\n1,1\n2,2"), arrivalRate: "0.9" }, "1");
    const twin = new Twin({
      system: experiment.system,
      run: new Run(experiment, { warmUpTime: 0, measuringTime: 500, familyConfidence: 0.99 }),
      seed: "1",
    });
    twin.finish();
    const { completed, offered } = twin.dispatcher.totals;
    expect(offered).toBeGreaterThan(1000);
    expect(completed).toBe(offered - twin.dispatcher.inFlight);
  });

  it.each([
    [{ ...file("0,0\n1,0\n2,7") }, "6 of 8 task types have no server that can do them (task types 1, 2, 3, 4, 5 and"],
    [{ ...file("0,0\n1,2") }, "1 of 3 task types have no server that can do them (task type 1)"],
    [{ ...file("0,0\n0,1\n1,2\n2,2") }, "unstable: server 0 has load 1.600"],
    [{ graph: "regular:1.5" }, "degree = 1.5: must be a whole number"],
    [{ graph: "regular:21" }, "at most 20"],
    [{ graph: "mesh" }, 'unknown graph "mesh": use one of complete | regular:DEGREE | geometric:'],
    [{ graph: "torus:2" }, "e.g. 16"],
    [{ graph: "ring", taskTypes: "7" }, "has 20 task types"],
    [{ graph: "geometric:90" }, "at most 15"],
    [{ graph: "geometric:5,2,0.5" }, "norm = 0.5: must be at least 1"],
    [{ arrivalRate: "1" }, "must be below 1"],
  ])("refuses %j", (settings, message) => {
    const configuring = () => spatialGraphs.configure(settings, "1");
    expect(configuring).toThrow(UserError);
    expect(configuring).toThrow(message);
  });

  it("reads every family of graphs by the name that it writes", () => {
    for (const name of [
      "complete",
      "regular:3",
      "geometric:5",
      "geometric:5,3",
      "geometric:5,1,infinity",
      "geometric:radius=0.1,2,3",
      "erdos-renyi:4.5",
      "ring",
      "torus:3",
      "file:some:where.csv",
    ]) {
      expect(parseGraphFamily(name).name).toBe(name);
    }
    expect(spatialGraphs.configure(file("0,0\n1,1\n2,2"), "1").parameters.graph).toBe("file:mine.csv");
    // Its task types are those that it names, however many servers there are.
    expect(spatialGraphs.configure(file("0,0\n1,0\n2,1\n0,1"), "1").parameters.taskTypes).toBe("2");
    expect(() => spatialGraphs.configure({ ...file("0,0\n1,0\n2,1\n0,1"), taskTypes: "3" }, "1")).toThrow(
      "file:mine.csv of 3 servers has 2 task types; leave it at auto",
    );
  });
});

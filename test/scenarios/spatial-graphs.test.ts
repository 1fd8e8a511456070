import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { GRAPH_RANGE, parseGraphFamily } from "../../model/graphs/index.js";
import { Run } from "../../scenarios/run.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs.js";
import { simulate } from "../../simulator/simulation.js";
import { Twin } from "../../simulator/twin.js";

const none = { messageDelay: 0, heldUpFraction: 0 };
const predict = (settings: Record<string, string>) => spatialGraphs.configure(settings, "1").predict(none);
const file = (edges: string) => ({ servers: "3", graph: `file:mine.csv\n${edges}` });

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
    const input = { scenario: "spatial-graphs", settings, seed: "5", familyConfidence: 0.999, measuringTime };
    const { quantities } = simulate(input);
    expect(quantities.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    expect(quantities.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThanOrEqual(6);
  });

  it("has the checked predictions: exact for two servers, refined for more, pairs on a ring", () => {
    const of = (settings: Record<string, string>, quantity: string) => predict(settings).get(quantity)?.[0];
    const two = of({ servers: "2", graph: "complete", arrivalRate: "0.7" }, "mean_queue_length");
    expect(two?.kind).toBe("exact");
    const twenty = of({ servers: "20", graph: "complete", arrivalRate: "0.9" }, "mean_queue_length");
    expect(twenty).toMatchObject({ kind: "refined", value: expect.closeTo(2.552, 4), status: "applies" });
    const ring = of({ servers: "50", graph: "ring", replacement: "no", arrivalRate: "0.7" }, "mean_queue_length");
    expect(ring).toMatchObject({ kind: "refined", value: expect.closeTo(1.2553, 4) });
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
    [{ ...file("0,0\n1,0\n2,7") }, "line 3: there is no task type 7"],
    [{ ...file("0,0\n1,1") }, "1 of 3 task types have no server that can do them (task type 2)"],
    [{ ...file("0,0\n0,1\n1,2\n2,2") }, "1 server (server 0) must do 1.600 jobs each"],
    [{ graph: "regular:1.5" }, '"1.5" is not a whole number'],
    [{ graph: "regular:21" }, "at most 20"],
    [{ graph: "mesh" }, GRAPH_RANGE],
    [{ graph: "torus:2" }, "e.g. 16"],
    [{ graph: "ring", taskTypes: "7" }, "has 20 task types"],
    [{ graph: "geometric:90" }, "at most 15"],
    [{ graph: "geometric:5,2,0.5" }, "norm must be at least 1"],
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
  });
});

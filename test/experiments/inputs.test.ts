import { describe, expect, it } from "vitest";
import { claimsOf, quantitiesOf } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import type { Experiment, SystemModel } from "../../experiments/scenario.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { epochTimeOf, systemFor } from "../../simulator/engine.js";

/** The inputs of a run of a system, held to what the experiment says. */
function inputsOf(experiment: Experiment, system: SystemModel, measuringTime: number, seed = "inputs") {
  const epochTime = epochTimeOf(experiment);
  const run = new Run(experiment, {
    ...{ warmUpTime: 20, measuringTime, epochTime, familyConfidence: 0.99, delaysAreGiven: true },
  });
  systemFor({ ...experiment, system }, { run, seed, replication: 1, epochTime }).finish();
  return new Map(run.evidence().flatMap((one) => (one.role === "input" ? [[one.name, one]] : [])));
}

const RATES = scenarioNamed("rate-scaling").configure({}, "inputs");
const JFSQ = scenarioNamed("jfsq-zero-waiting").configure({}, "inputs");
const JSQ = scenarioNamed("jsq-heavy-traffic").configure({}, "inputs");
const GRAPH = scenarioNamed("spatial-graphs").configure({}, "inputs");
const POOLS = scenarioNamed("utility").configure({}, "inputs");

describe("the inputs of a run", () => {
  it.each([
    ["arrivals, sizes and servers that adapt", RATES, ["arrival_rate", "mean_job_size", "job_size_scv"]],
    ["a Markov chain, in which jobs have no size", JSQ, ["arrival_rate", "relative_service_rate"]],
    ["servers of different rates", JFSQ, ["arrival_rate"]],
    ["a graph", GRAPH, ["arrival_rate", "mean_job_size", "job_size_scv", "relative_service_rate"]],
    ["pools", POOLS, ["arrival_rate", "mean_job_size", "job_size_scv", "relative_service_rate"]],
  ])("are those of %s, and as asked for", (_what, experiment, names) => {
    const inputs = inputsOf(experiment, experiment.system, 3000);
    expect([...inputs.keys()]).toEqual(names);
    const known = quantitiesOf(experiment).map(({ name }) => name);
    for (const [name, { verdict, predictions }] of inputs) {
      expect(known).toContain(name);
      expect(predictions[0].kind).toBe("exact");
      expect(verdict).not.toBe("differs");
    }
  });

  it("show two percent too many arrivals, and servers two percent too slow, long before queues do", () => {
    const more = { ...RATES.system, totalArrivalRate: 1.02 * RATES.system.totalArrivalRate };
    expect(inputsOf(RATES, more, 12_000).get("arrival_rate")).toMatchObject({
      verdict: "differs",
      reason: expect.stringMatching(/^input: the interval misses the exact 0\.8$/),
    });
    const { server } = GRAPH.system;
    const slower = { ...GRAPH.system, server: { ...server, initialRates: { law: "constant", rate: 0.98 } as const } };
    const found = inputsOf(GRAPH, slower, 400).get("relative_service_rate");
    expect(found?.verdict).toBe("differs");
    expect(found?.measured).toBeCloseTo(0.98, 3);
  });

  it("hold no variation to that of a law of which a few large sizes decide it: it is shown, and not judged", () => {
    const kindOf = (sizes: string) =>
      claimsOf(scenarioNamed("fleet").configure({ sizes }, "1"), { messageDelay: 0, heldUpFraction: 0 }).get(
        "job_size_scv",
      )?.[0].kind;
    for (const sizes of ["exponential", "constant", "gamma:0.5"])
      expect([sizes, kindOf(sizes)]).toEqual([sizes, "exact"]);
    for (const sizes of ["bounded-pareto:2.6,567", "lognormal:1", "weibull:0.5"])
      expect([sizes, kindOf(sizes)]).toEqual([sizes, "heuristic"]);
  });

  it("hold no rate that changes with time to a constant", () => {
    const swinging = scenarioNamed("utility").configure({ offeredLoad: "sine:4,2,40" }, "inputs");
    const rate = inputsOf(swinging, swinging.system, 300).get("arrival_rate");
    expect(rate).toMatchObject({ predictions: [], verdict: "undecided" });
  });
});

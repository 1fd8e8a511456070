import { describe, expect, it } from "vitest";
import { inlineRunner, type Runner } from "../../simulator/parallel/task.js";
import { type SimulationInput, simulation } from "../../simulator/simulation.js";

/** Threads run what has been built, so these are the built ones. */
const { Pool }: typeof import("../../simulator/parallel/pool.js") = await import(
  new URL("../../dist/simulator/parallel/pool.js", import.meta.url).href
);
const built: { readonly simulation: typeof simulation } = await import(
  new URL("../../dist/simulator/simulation.js", import.meta.url).href
);

const common = { seed: "1", familyConfidence: 0.99, traced: true };
const EXPERIMENTS: Readonly<Record<string, Pick<SimulationInput, "scenario" | "settings"> & Partial<SimulationInput>>> =
  {
    "every job by itself": { scenario: "rate-scaling", settings: { servers: "10", inverseStep: "20" } },
    "with messages that take time": {
      ...{ scenario: "rate-scaling", settings: { servers: "10", inverseStep: "20", buffer: "infinite" } },
      messageDelay: { law: "exponential", mean: 0.05 },
    },
    "the chain of the rates": {
      ...{ scenario: "rate-scaling", settings: { servers: "10", inverseStep: "20" } },
      chainWillDo: true,
    },
    "the chain of the queues": { scenario: "jsq-heavy-traffic", settings: { servers: "10", arrivalRate: "0.8" } },
    "slotted time": { scenario: "jsq-heavy-traffic", settings: { servers: "5", alpha: "1", time: "slotted" } },
    "server pools": { scenario: "utility", settings: { pools: "20", policy: "slta" } },
    "a graph": { scenario: "spatial-graphs", settings: { servers: "20", graph: "regular:3" } },
  };

/** Three runs of each experiment, in turn. */
const inputs = (seed: string): SimulationInput[] =>
  Object.values(EXPERIMENTS).flatMap((experiment) =>
    [1, 2, 3].map((replication) => ({
      ...{ ...common, ...experiment, seed, replication, warmUpTime: 20, measuringTime: 40 },
    })),
  );

async function traces(runner: Runner, seed = "1", task = built.simulation): Promise<string[]> {
  const outputs = await runner.map(task, inputs(seed));
  return outputs.map(({ traceHash = "none" }) => traceHash);
}

async function tracesOn(workers: number): Promise<string[]> {
  const pool = new Pool(workers);
  try {
    return await traces(pool);
  } finally {
    await pool.close();
  }
}

describe("the same seed", () => {
  it("makes every policy decide the same at every job, in every engine, run after run, on any number of threads", async () => {
    const once = await traces(inlineRunner, "1", simulation);
    for (const trace of once) expect(trace).toMatch(/^[0-9a-f]{16}$/);
    // Another run of the same system is another one, and so is the same under another seed.
    expect(new Set(once).size).toBe(once.length);
    const others = await traces(inlineRunner, "2", simulation);
    expect(others.filter((trace) => once.includes(trace))).toEqual([]);
    expect(await tracesOn(1)).toEqual(once);
    expect(await tracesOn(3)).toEqual(once);
  });
});

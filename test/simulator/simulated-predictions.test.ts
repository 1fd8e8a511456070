import { describe, expect, it } from "vitest";
import { fleet } from "../../scenarios/fleet/index.js";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { simulatePredictions } from "../../simulator/simulated-predictions.js";
import type { SimulationInput } from "../../simulator/simulation.js";

const run = (settings: Record<string, string>) => ({
  settings,
  seed: "1",
  warmUpTime: 50,
  measuringTime: 4000,
  familyConfidence: 0.999,
});

/** Mean wait of E2/M/1 at rate 1: every second job of a Poisson process, whose probability of waiting solves s = (2 load / (2 load + 1 - s))^2. */
function erlangWait(load: number): number {
  let waits = 0;
  for (let round = 0; round < 1000; round++) waits = ((2 * load) / (2 * load + 1 - waits)) ** 2;
  return waits / (1 - waits);
}

describe("predictions by simulation", () => {
  it("are what theory knows of two servers in turns, and nothing of what is known without", async () => {
    const settings = { servers: "2", arrivalRate: "0.6", policy: "round-robin" };
    const experiment = fleet.configure(settings, "1");
    let done = 0;
    const found = await simulatePredictions(experiment, run(settings), inlineRunner, (part) => {
      done = part;
    });
    expect(done).toBe(1);
    const names = Object.keys(found?.quantities ?? {});
    expect(names).toEqual(expect.arrayContaining(["mean_waiting_time", "mean_queue_length", "sojourn_time_p99"]));
    for (const known of ["busy_fraction", "blocked_fraction"]) expect(names).not.toContain(known);
    const { value, halfWidth, effects } = found?.quantities.mean_waiting_time ?? {
      value: 0,
      halfWidth: 0,
      effects: [],
    };
    expect(Math.abs(value - erlangWait(0.6)), "seed 1").toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(0.2);
    // What is sent in turns sees no queues, and messages come in order, but not at even times.
    for (const effect of effects) expect(Math.abs(effect)).toBeLessThan(0.02);
  });

  it("are of the same servers as the run, and of other jobs than its replications", async () => {
    const settings = { servers: "30", policy: "jsq" };
    const inputs: SimulationInput[] = [];
    const runner = {
      map: async (_task: unknown, all: readonly unknown[]) => {
        inputs.push(...(all as SimulationInput[]));
        throw new Error("that is all");
      },
    };
    const experiment = fleet.configure(settings, "1");
    await expect(simulatePredictions(experiment, run(settings), runner)).rejects.toThrow("that is all");
    expect(new Set(inputs.map(({ seed }) => seed))).toEqual(new Set(["1"]));
    expect(Math.min(...inputs.map(({ replication = 0 }) => replication))).toBeGreaterThan(1e6);
    expect(new Set(inputs.map((input) => JSON.stringify(input))).size).toBe(inputs.length);
  });

  it("are not made where theory predicts all, where the scenario has its own theory, and where they would take hours", async () => {
    const of = async (experiment: Parameters<typeof simulatePredictions>[0], settings = {}, measuringTime = 4000) =>
      simulatePredictions(experiment, { ...run(settings), measuringTime }, inlineRunner);
    expect(await of(jsqHeavyTraffic.configure({ servers: "3" }, "1"))).toBeUndefined();
    expect(await of(rateScaling.configure({ buffer: "infinite" }, "1"))).toBeUndefined();
    expect(await of(fleet.configure({ servers: "100" }, "1"), {}, 1e8)).toBeUndefined();
  });
});

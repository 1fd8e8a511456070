import { describe, expect, it } from "vitest";
import { stalenessFigure } from "../../figures/spatial-graphs/staleness.js";
import type { SimulationInput, SimulationOutput } from "../../simulator/simulation.js";
import { madeUpRunner } from "../support/made-up-runner.js";

/** Graph by graph another queue, to which a delay adds itself. */
const runner = madeUpRunner(
  ({ seed, messageDelay, dispatchers = 1 }: SimulationInput): Pick<SimulationOutput, "estimates" | "views"> => {
    const delay = messageDelay?.law === "constant" ? messageDelay.time : 0;
    const value = 2 + Number(seed.split("/").at(-1)) + delay;
    const views = { told: 2, age: 2 * delay, ageError: 0, compared: 4, error: 0, absoluteError: 8 * delay, wrong: 1 };
    return {
      estimates: { mean_queue_length: { value, variance: null, trials: null } },
      views: dispatchers === 1 ? undefined : views,
    };
  },
);

describe("the figure of old views", () => {
  it("has what a delay adds graph by graph, and the errors of views of several dispatchers", async () => {
    const { panels, tables } = await stalenessFigure.make({ seed: "1", preview: true, runner }, () => undefined);
    const [queues, views] = panels.map(({ series }) => new Map(series.map((one) => [one.quantity, one.points])));
    const delays = [0.03, 0.3, 3];
    expect(queues.get("4 dispatchers")?.map(({ x }) => x)).toEqual(delays);
    // Over three graphs.
    for (const { x, y } of queues.get("4 dispatchers") ?? []) expect(y).toBeCloseTo(3 + x, 10);
    expect([...views.keys()]).toEqual(["4 dispatchers", "40 dispatchers"]);
    for (const { x, y } of views.get("40 dispatchers") ?? []) expect(y).toBeCloseTo(2 * x, 10);
    for (const [dispatchers, delay, , , , added, , , age, error, wrong] of tables[0].rows) {
      expect(added).toBeCloseTo(Number(delay), 10);
      if (dispatchers === 1) expect([age, error, wrong]).toEqual([null, null, null]);
      else expect([age, wrong]).toEqual([delay, 0.25]);
      if (dispatchers !== 1) expect(error).toBeCloseTo(2 * Number(delay), 10);
    }
  });
});

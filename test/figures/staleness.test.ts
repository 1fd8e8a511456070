import { describe, expect, it } from "vitest";
import { stalenessFigure } from "../../figures/spatial-graphs/staleness.js";
import type { Runner } from "../../simulator/parallel/task.js";
import type { SimulationInput, SimulationOutput } from "../../simulator/simulation.js";

/** Graph by graph another queue, to which a delay adds itself. */
const madeUp: Runner = {
  map: async (_task, inputs, done) =>
    inputs.map((input, index) => {
      const { seed, messageDelay, dispatchers = 1 } = input as unknown as SimulationInput;
      const delay = messageDelay?.law === "constant" ? messageDelay.time : 0;
      const value = 2 + Number(seed.split("/").at(-1)) + delay;
      const views = { told: 2, age: 2 * delay, compared: 4, error: 0, absoluteError: 8 * delay, wrong: 1 };
      const output: Pick<SimulationOutput, "estimates" | "views"> = {
        estimates: { mean_queue_length: { value, variance: null, trials: null } },
        views: dispatchers === 1 ? undefined : views,
      };
      done?.(output as never, index);
      return output as never;
    }),
};

describe("the figure of old views", () => {
  it("has what a delay adds graph by graph, and the errors of views of several dispatchers", async () => {
    const { panels, tables } = await stalenessFigure.make(
      { seed: "1", preview: true, runner: madeUp },
      () => undefined,
    );
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

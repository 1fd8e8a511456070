import { describe, expect, it } from "vitest";
import type { FigureSource } from "../../figures/figure.js";
import { figureSourceOf, figureSources } from "../../figures/index.js";
import type { Runner } from "../../simulator/parallel/task.js";
import { inlineRunner } from "../../simulator/parallel/task.js";
import { independentRegularQueues } from "../../theory/power-of-d/independent-regular-queues.js";
import { jsqDFixedPoint, meanOfTail } from "../../theory/power-of-d/mean-field.js";

/** All inputs that the figure first asks to be simulated. */
async function asked(source: FigureSource, settings: Record<string, string>): Promise<readonly unknown[]> {
  let inputs: readonly unknown[] = [];
  const stop = new Error("that is all");
  const runner: Runner = {
    map: (_task, all) => {
      inputs = all;
      return Promise.reject(stop);
    },
  };
  const made = source.make({ seed: "1", preview: false, settings, runner }, () => undefined);
  await expect(made).rejects.toThrow(stop);
  return inputs;
}

describe("a figure with other values of its parameters", () => {
  it.each([
    ["rate-scaling/1", { servers: "3,30", inverseStep: "50", costG: "shifted-reciprocal" }],
    ["rate-scaling/5", { start: "backlog:50", servers: "20", until: "2000" }],
    ["spatial-graphs/2", { servers: "40,80", choices: "3", arrivalRate: "0.7", replacement: "no" }],
    ["spatial-graphs/3", { servers: "50", typesPerServer: "2" }],
    ["spatial-graphs/4", { servers: "5000", choices: "1" }],
    ["spatial-graphs/effective-choices", { servers: "500", choices: "3" }],
    ["spatial-graphs/services", { servers: "60", choices: "3", arrivalRate: "0.7" }],
    ["jsq-heavy-traffic/law", { servers: "3,5", alpha: "2.5" }],
    ["spatial-graphs/mixing", { arrivalRate: "0.5" }],
    ["spatial-graphs/staleness", { servers: "30", choices: "3", arrivalRate: "0.7" }],
    ["utility/fluid", { utilities: "linear:1/log-share:9", initialRank: "7" }],
  ])("simulates those: %s", async (id, settings) => {
    const inputs = (await asked(figureSourceOf(id), settings)).map((input) => JSON.stringify(input));
    const whole = await asked(figureSourceOf(id), {});
    expect(inputs).not.toEqual(whole.map((input) => JSON.stringify(input)));
    for (const [name, value] of Object.entries(settings))
      for (const one of value.split(",")) {
        if (name === "typesPerServer") expect(inputs.every((input) => input.includes('"taskTypes":100'))).toBe(true);
        else if (name === "replacement")
          expect(inputs.every((input) => input.includes('"replacement":false'))).toBe(true);
        else expect(inputs.some((input) => new RegExp(`"${name}":"?${one}\\b`).test(input))).toBe(true);
      }
  });

  it("halves the pools that it is told, and says what the bound does not show", async () => {
    for (const input of await asked(figureSourceOf("utility/services"), { pools: "10", offeredLoad: "7" }))
      expect(input).toMatchObject({ pools: [5, 5], load: 7 });
    const odd = { seed: "1", preview: true, settings: { pools: "11" }, runner: inlineRunner };
    await expect(figureSourceOf("utility/services").make(odd, () => undefined)).rejects.toThrow(/must be even/);
    for (const input of await asked(figureSourceOf("utility/suboptimality"), { epsilon: "0.3" }))
      expect(input).toMatchObject({ utilities: "suboptimality:0.3" });
  });

  it("starts where it is told, and refuses a backlog where nothing is known of where that goes", async () => {
    for (const [id, start, given] of [
      ["spatial-graphs/3", "clustered:0.5,0.25", { tail: [0.5, 0.25], isClustered: true }],
      ["utility/fluid", "occupancy:1,0.5", { tail: [1, 0.5] }],
    ] as const)
      for (const input of await asked(figureSourceOf(id), { start })) expect(input).toMatchObject({ start: given });
    const backlog = { seed: "1", preview: true, settings: { start: "backlog:3" }, runner: inlineRunner };
    const placed = { ...backlog, settings: { start: "occupancy:0.5" } };
    await expect(figureSourceOf("rate-scaling/5").make(placed, () => undefined)).rejects.toThrow(
      /use empty or backlog/,
    );
    await expect(figureSourceOf("spatial-graphs/3").make(backlog, () => undefined)).rejects.toThrow(/use occupancy/);
  });

  it("looks at the coordinates about the optimal assignment, by default those of Table 1, and refuses a load that varies", async () => {
    const levelsOf = async (settings: Record<string, string>) => {
      const [first] = await asked(figureSourceOf("utility/fluid"), settings);
      return (first as { levels: unknown }).levels;
    };
    expect(await levelsOf({})).toEqual([
      ...[
        [0, 4],
        [0, 8],
        [1, 6],
        [1, 11],
        [1, 12],
      ],
    ]);
    // Levels of the second class are worth 1 each up to two tasks; the first is worth 0.5: 2 of each pool of the second class, the rest on the first.
    const two = { utilities: "linear:0.5/piecewise-linear:1@2,0", offeredLoad: "2.25" };
    expect(await levelsOf(two)).toEqual([
      ...[
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 1],
        [1, 2],
      ],
    ]);
    const varying = { seed: "1", preview: true, settings: { offeredLoad: "sine:5,2,10" }, runner: inlineRunner };
    await expect(figureSourceOf("utility/fluid").make(varying, () => undefined)).rejects.toThrow(/of a constant load/);
  });

  it("has the predictions for them: three choices of three servers, more types than servers", async () => {
    const settings = { servers: "60", choices: "3", arrivalRate: "0.5", replacement: "no", typesPerServer: "2" };
    const options = { seed: "1", preview: true, settings, runner: inlineRunner };
    const { panels, parameters } = await figureSourceOf("spatial-graphs/2").make(options, () => undefined);
    expect(parameters).toMatchObject(settings);
    const regular = panels[1].series;
    const of = (quantity: string, role: string) =>
      regular.find((one) => one.quantity === quantity && one.role === role)?.points[0].y;
    expect(of("fixed point", "limit")).toBeCloseTo(meanOfTail(jsqDFixedPoint(0.5, 3)), 12);
    const system = { arrivalRate: 0.5, choices: 3, typeDegree: 3, replacement: false };
    expect(of("degree 3", "refined")).toBeCloseTo(meanOfTail(independentRegularQueues(system)), 12);
    // At half load, queues are within a tenth of what independent ones would be.
    expect(Math.abs(Number(of("degree 3", "simulated")) / Number(of("degree 3", "refined")) - 1)).toBeLessThan(0.1);
  });

  it("is refused with unknown parameters, or values out of range, before anything runs", async () => {
    const make = (id: string, settings: Record<string, string>) =>
      figureSourceOf(id).make({ seed: "1", preview: true, settings, runner: inlineRunner }, () => undefined);
    await expect(make("rate-scaling/1", { server: "3" })).rejects.toThrow(/unknown parameter "server": did you mean/);
    await expect(make("rate-scaling/1", { servers: "3,3" })).rejects.toThrow(/servers = 3,3: a value is repeated/);
    await expect(make("rate-scaling/1", { arrivalRate: "-1" })).rejects.toThrow(/must be a number > 0/);
    await expect(make("rate-scaling/3", { until: "70" })).rejects.toThrow(/until = 70: must be a multiple of 1000/);
    await expect(make("spatial-graphs/2", { arrivalRate: "1" })).rejects.toThrow(/between 0 and 1/);
    await expect(make("jsq-heavy-traffic/law", { alpha: "2" })).rejects.toThrow(/must be above 2/);
    await expect(make("jsq-heavy-traffic/law", { servers: "2,20" })).rejects.toThrow(/servers = 20: at alpha = 3 /);
    await expect(make("fleet/rush-hour", { load: "1" })).rejects.toThrow(
      /figure fleet\/rush-hour has no parameters to set: leave out --set load/,
    );
  });
});

describe.each(figureSources.map((source) => [source.id, source] as const))("the parameters of %s", (_id, source) => {
  it("have defaults that are within their ranges, and are those with which it is made", async () => {
    const defaults = Object.entries(source.parameters).map(([name, { default: text, parse }]) => {
      expect(() => parse(text)).not.toThrow();
      return [name, text];
    });
    if (defaults.length === 0) return;
    const [own, set] = [await asked(source, {}), await asked(source, Object.fromEntries(defaults))];
    expect(set.length).toBe(own.length);
  });
});

import { describe, expect, it } from "vitest";
import { inlineRunner, type Runner } from "../../simulator/parallel/task.js";
import {
  checkPlan,
  concludeSweep,
  parseVaried,
  pointsOf,
  runSweep,
  type SweepPlan,
  type SweepRun,
} from "../../simulator/sweep.js";

const plan: SweepPlan = {
  common: {
    scenario: "rate-scaling",
    settings: { servers: "5", inverseStep: "20" },
    seed: "1",
    warmUpTime: 100,
    measuringTime: 200,
    familyConfidence: 0.99,
  },
  varied: [{ name: "arrivalRate", values: ["0.8", "0.82"] }],
  replications: 5,
};

async function runsOf(runner: Runner, done: readonly SweepRun[] = [], wanted = plan): Promise<SweepRun[]> {
  const runs = [...done];
  await runSweep(wanted, done, runner, (run) => runs.push(run));
  return runs;
}

describe("a parameter that follows others", () => {
  const tied: SweepPlan = {
    common: {
      scenario: "spatial-graphs",
      settings: { graph: "regular:{round(ln(servers))}" },
      seed: "1",
      familyConfidence: 0.99,
    },
    varied: [parseVaried("servers=20,150"), parseVaried("arrivalRate=0.5,{1 - 1 / choices ^ 2}")],
    replications: 1,
  };

  it("has the value of its expression at every point, of parameters at their defaults too", async () => {
    const asked: Readonly<Record<string, string>>[] = [];
    const stop = new Error("that is all");
    const runner: Runner = {
      map: (_task, inputs) => {
        asked.push(...inputs.map((input) => (input as SweepPlan["common"]).settings));
        return Promise.reject(stop);
      },
    };
    checkPlan(tied);
    await expect(runSweep(tied, [], runner, () => undefined)).rejects.toThrow(stop);
    expect(asked.map(({ graph, arrivalRate }) => `${graph} ${arrivalRate}`)).toEqual([
      ...["regular:3 0.5", "regular:3 0.75", "regular:5 0.5", "regular:5 0.75"],
    ]);
  });

  it("is refused before anything runs where it is none", () => {
    const settings = { graph: "regular:{ln(serves)}" };
    expect(() => checkPlan({ ...tied, common: { ...tied.common, settings } })).toThrow(
      /graph: in \{ln\(serves\)\}, no parameter "serves" that is a number: did you mean servers\?/,
    );
  });
});

describe("what is varied", () => {
  it.each([
    ["servers=2,10", ["2", "10"]],
    ["arrivalRate=0.1:0.5:0.2", ["0.1", "0.3", "0.5"]],
    ["arrivalRate=0.5:0.1:-0.2", ["0.5", "0.3", "0.1"]],
    ["servers=3:3:1", ["3"]],
    ["costH=power:0.1,2;power:0.2,2", ["power:0.1,2", "power:0.2,2"]],
    ["initialRates=constant:1", ["constant:1"]],
  ])("is read: %s", (text, values) => {
    expect(parseVaried(text)).toEqual({ name: text.split("=", 1)[0], values });
  });

  it.each([
    ["servers", /write NAME=VALUE/],
    ["=2", /write NAME=VALUE/],
    ["servers=", /a value is missing/],
    ["servers=2,,3", /a value is missing/],
    ["servers=2,2", /a value is repeated/],
    ["servers=2:5:0", /STEP must lead from FROM to TO/],
    ["servers=5:2:1", /STEP must lead from FROM to TO/],
    ["servers=0:1:1e-9", /STEP must lead from FROM to TO/],
  ])("is refused: %s", (text, message) => {
    expect(() => parseVaried(text)).toThrow(message);
  });

  it("is combined, the last fastest", () => {
    const varied = [parseVaried("a=1,2"), parseVaried("b=x,y")];
    expect(pointsOf(varied)).toEqual([
      { a: "1", b: "x" },
      { a: "1", b: "y" },
      { a: "2", b: "x" },
      { a: "2", b: "y" },
    ]);
  });

  it.each([
    [{ varied: [parseVaried("servers=1,2")] }, /servers is both set and varied/],
    [{ varied: [parseVaried("buffer=1,2"), parseVaried("buffer=3")] }, /buffer is varied twice/],
    [{ varied: [parseVaried("arrivalRate=0.5,-1")] }, /arrivalRate = -1: must be a number > 0/],
    [{ varied: [parseVaried("speed=1,2")] }, /unknown parameter "speed"/],
  ])("must be possible at every point", (change, message) => {
    expect(() => checkPlan({ ...plan, ...change })).toThrow(message);
  });
});

describe("a sweep", () => {
  it("says the same in whatever order its runs are done, and if it was interrupted", async () => {
    const whole = concludeSweep(plan, await runsOf(inlineRunner));
    const backwards: Runner = {
      async map(task, inputs, done) {
        const outputs = inputs.map(task.run);
        for (let i = inputs.length - 1; i >= 0; i--) done?.(outputs[i], i);
        return outputs;
      },
    };
    expect(concludeSweep(plan, await runsOf(backwards))).toEqual(whole);
    const part = (await runsOf(inlineRunner)).slice(3, 6);
    const again = await runsOf(inlineRunner, part);
    expect(again).toHaveLength(10);
    expect(concludeSweep(plan, again)).toEqual(whole);
  });

  it("takes in more runs later", async () => {
    const runs = await runsOf(inlineRunner, await runsOf(inlineRunner), { ...plan, replications: 6 });
    expect(runs).toHaveLength(12);
    expect(concludeSweep({ ...plan, replications: 6 }, runs)[0].replications).toBe(6);
    expect(concludeSweep(plan, runs)[0].replications).toBe(5);
  });

  it("compares points under the same randomness: far better than each with its own", async () => {
    const points = concludeSweep(plan, await runsOf(inlineRunner));
    expect(points[0].differences).toEqual({});
    const { ciLow, ciHigh } = points[1].differences.busy_fraction;
    const widths = points.map(({ quantities }) => {
      const found = quantities.find(({ name }) => name === "busy_fraction");
      return (found?.ciHigh ?? Number.NaN) - (found?.ciLow ?? Number.NaN);
    });
    // Independent points would have differences as wide as this, give or take.
    expect((ciHigh ?? Number.NaN) - (ciLow ?? Number.NaN)).toBeLessThan(Math.hypot(...widths) / 2);
  });
});

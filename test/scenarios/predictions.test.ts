import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { rateScaling } from "../../scenarios/rate-scaling.js";
import type { Scenario } from "../../scenarios/scenario.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs.js";

const predict = (scenario: Scenario, settings: Record<string, string>, messageDelay = 0) =>
  scenario.configure(settings, "1").predict({ messageDelay, heldUpFraction: 0 });

describe("what is predicted on graphs", () => {
  it("is exact for random routing: M/M/1 queues, whose tail is lambda^i and whose mean lambda/(1 - lambda)", () => {
    const found = predict(spatialGraphs, { servers: "30", choices: "1", arrivalRate: "0.8" });
    for (const level of [1, 2, 3])
      expect(found.get(`queue_tail_${level}`)?.[0]).toMatchObject({ value: expect.closeTo(0.8 ** level, 6) });
    expect(found.get("mean_queue_length")?.[0]).toMatchObject({ kind: "exact", value: expect.closeTo(4, 4) });
  });

  it("is exact for two servers on a complete graph: 5.267842 at lambda 0.9, computed independently", () => {
    const settings = { graph: "complete", servers: "2", choices: "2", replacement: "yes", arrivalRate: "0.9" };
    const [mean] = predict(spatialGraphs, settings).get("mean_queue_length") ?? [];
    expect(mean).toMatchObject({ kind: "exact", status: "applies" });
    // That computation had buffers of 40, which take something from the mean.
    expect(Math.abs(("value" in mean ? mean.value : Number.NaN) - 5.267842)).toBeLessThan(0.05);
    const [late] = predict(spatialGraphs, settings, 0.05).get("mean_queue_length") ?? [];
    expect(late.modelError).toBeGreaterThan(mean.modelError);
  });

  it("is the sharpest thing there is: pairs on regular graphs, independent queues on others and for more choices", () => {
    const source = (settings: Record<string, string>) =>
      predict(spatialGraphs, { servers: "30", arrivalRate: "0.7", ...settings }).get("mean_queue_length")?.[0].source;
    expect(source({ graph: "ring" })).toMatch(/^pair approximation/);
    expect(source({ graph: "erdos-renyi:12" })).toMatch(/^independent queues/);
    expect(source({ graph: "regular:5", choices: "3" })).toMatch(/^independent queues/);
    expect(source({ graph: "erdos-renyi:12", choices: "3" })).not.toMatch(/^independent queues/);
  });

  it("is outside of what is known too near the border of stability, and refused beyond it, naming who is overloaded", () => {
    const border = { servers: "2", taskTypes: "2", graph: "file:edges\n0,0\n0,1\n1,1", replacement: "no" };
    const near = spatialGraphs.configure({ ...border, arrivalRate: "0.9999999" }, "1");
    for (const { status } of near.predict({ messageDelay: 0, heldUpFraction: 0 }).get("mean_queue_length") ?? [])
      expect(status).toBe("outside assumptions");
    expect(near.assumptions[0].consequence).toMatch(/here it is too near the border of stability to tell$/);
    const edges = "3,0\n4,0\n3,1\n4,1\n3,2\n4,2\n0,3\n1,3\n2,4\n0,4\n1,5\n2,5\n5,5";
    const overloaded = { servers: "6", taskTypes: "6", graph: `file:edges\n${edges}`, arrivalRate: "0.8" };
    expect(() => spatialGraphs.configure({ ...overloaded, replacement: "no" }, "1")).toThrow(
      "the queues grow without end: 2 servers (servers 3, 4) must do 1.200 jobs each per time unit without help, " +
        "among them all of 3 task types (task types 0, 1, 2)",
    );
  });
});

describe("what is predicted of rates", () => {
  it("is Erlang's loss where they are fixed and equal, and nothing where they differ", () => {
    const fixed = { rateControl: "fixed", servers: "1", arrivalRate: "0.5", initialRates: "constant:1" };
    expect(predict(rateScaling, fixed).get("blocked_fraction")?.[0]).toMatchObject({ value: expect.closeTo(1 / 3, 9) });
    expect(predict(rateScaling, fixed).get("mean_service_rate")).toBeUndefined();
  });

  it.each([
    [{ start: "full" }, "start = full: must be empty or backlog:JOBS"],
    [{ servers: "3", initialRates: "list:1,2" }, "initialRates: the list has 2 rates for 3 servers"],
    [{ inverseStep: "0.5" }, "inverseStep = 0.5: must be at least 1"],
  ])("is refused with %j", (settings, message) => {
    expect(() => rateScaling.configure(settings, "1")).toThrow(UserError);
    expect(() => rateScaling.configure(settings, "1")).toThrow(message);
  });

  it.each([
    [{ policy: "random" }, "the theorems are about jiq, not random"],
    [{ buffer: "infinite" }, "derived for unit buffers, not infinite ones"],
    [{ buffer: "3" }, "derived for unit buffers, not 3"],
    [{ costH: "power:9,3", arrivalRate: "3" }, "Assumption 2.1 (v) is violated"],
  ])("is outside assumptions with %j, and says why", (settings, why) => {
    const claims = [...predict(rateScaling, settings).values()].flat();
    const outside = claims.filter(({ status }) => status === "outside assumptions");
    expect(outside.length).toBeGreaterThan(0);
    for (const prediction of outside) expect(prediction.why).toContain(why);
  });
});

import { describe, expect, it } from "vitest";
import { WITHIN_LIVE } from "../../experiments/evidence.js";
import type { Scenario } from "../../experiments/scenario.js";
import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import { UserError } from "../../model/errors.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { spatialGraphs } from "../../scenarios/spatial-graphs/index.js";
import { simulate } from "../../simulator/simulation.js";
import { relaxationTime } from "../../theory/rate-scaling/rate-scaling.js";

const predict = (scenario: Scenario, settings: Record<string, string>, messageDelay = 0) =>
  scenario.configure(settings, "1").predict({ messageDelay, heldUpFraction: 0 });

const repeat = (servers: number, rate: number): number[] => new Array<number>(servers).fill(rate);
const fixedAt = (rates: readonly number[], arrivalRate: string) => ({
  rateControl: "fixed",
  servers: String(rates.length),
  initialRates: `list:${rates.join(",")}`,
  arrivalRate,
});
const costs = { g: parseSojournCost("reciprocal"), h: parseRateCost("power:0.1,2") };

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
    expect(near.assumptions[0].consequence).toMatch(/here it is too close to the boundary of stability to tell$/);
    const edges = "3,0\n4,0\n3,1\n4,1\n3,2\n4,2\n0,3\n1,3\n2,4\n0,4\n1,5\n2,5\n5,5";
    const overloaded = { servers: "6", taskTypes: "6", graph: `file:edges\n${edges}`, arrivalRate: "0.8" };
    expect(() => spatialGraphs.configure({ ...overloaded, replacement: "no" }, "1")).toThrow(
      "unstable: servers 3, 4 have load 1.200 from jobs that only they are drawn for, all of task types 0, 1, 2 among them",
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
    ["50 of 0.5, 50 of 6", [...repeat(50, 0.5), ...repeat(50, 6)], "0.8", 0.477875, 0.597343],
    ["10 of 1.6, 20 of 0.7", [...repeat(10, 1.6), ...repeat(20, 0.7)], "0.7", 0.719878, 1.04691],
  ])(
    "is exact where they are fixed and differ, as computed independently: %s",
    (_, rates, arrivalRate, busy, sojourn) => {
      const found = predict(rateScaling, fixedAt(rates, arrivalRate));
      expect(found.get("busy_fraction")?.[0]).toMatchObject({ kind: "exact", value: expect.closeTo(busy, 6) });
      expect(found.get("mean_sojourn_time")?.[0]).toMatchObject({ kind: "exact", value: expect.closeTo(sojourn, 6) });
      const late = predict(rateScaling, fixedAt(rates, arrivalRate), 0.05).get("mean_sojourn_time")?.[0];
      expect(late).toMatchObject({ status: "applies", value: expect.closeTo(sojourn + 0.05, 1) });
      const limit = found.get("busy_fraction")?.find(({ kind }) => kind === "limit");
      expect(limit).toMatchObject({ status: "outside assumptions" });
    },
  );

  it.each<MessageDelay>([{ law: "none" }, { law: "constant", time: 0.02 }])(
    "is what a simulation of fixed rates that differ finds, idle times included, with delay %o",
    (messageDelay) => {
      const rates = [0.3, 0.3, 0.9, 0.9, 0.9, 2.5];
      const input = { scenario: "rate-scaling", settings: fixedAt(rates, "0.7"), seed: "3", familyConfidence: 0.999 };
      const { quantities } = simulate({
        ...input,
        within: WITHIN_LIVE,
        measuringTime: 60_000,
        messageDelay,
      });
      for (const { name, role, verdict, measured, predictions } of quantities) {
        const [first] = predictions;
        expect([name, first.kind]).toEqual([name, "exact"]);
        // The interval of a spread between six servers is too wide to decide.
        if (role === "input") expect([name, verdict]).not.toEqual([name, "differs"]);
        else if (name !== "idle_time_spread") expect([name, verdict]).toEqual([name, "agrees"]);
        else
          expect(Math.abs((measured ?? Number.NaN) - ("value" in first ? first.value : Number.NaN))).toBeLessThan(0.01);
      }
    },
  );

  it("has no exact idle times where every server is of a class of its own", () => {
    const found = predict(rateScaling, { rateControl: "fixed", servers: "100", initialRates: "uniform:0.5,2" });
    expect(found.get("busy_fraction")?.[0]).toMatchObject({ kind: "exact", status: "applies" });
    const idle = found.get("mean_idle_time") ?? [];
    expect(idle.map(({ kind, status }) => [kind, status])).toEqual([
      ["limit", "outside assumptions"],
      ["bound", "applies"],
    ]);
  });

  it("bounds idle times by 1/lambda at fixed rates only: with one server and m = 1 it is 1.321 > 1.25 at lambda 0.8", () => {
    const bound = predict(rateScaling, {})
      .get("mean_idle_time")
      ?.find(({ kind }) => kind === "bound");
    expect(bound).toMatchObject({ atMost: 1.25, status: "outside assumptions" });
    expect(bound?.why).toMatch(/^proved for fixed rates/);
  });

  it("is, in overload, where the rule rests without idle times: 0.5, with 0.375 blocked, for 1/x and 2 x^2 at 0.8", () => {
    const settings = { costH: "power:2,2", arrivalRate: "0.8" };
    const limits = Object.entries({
      mean_service_rate: 0.5,
      blocked_fraction: 0.375,
      mean_idle_time: 0,
      busy_fraction: 1,
    });
    for (const [name, value] of limits) {
      const limit = predict(rateScaling, settings)
        .get(name)
        ?.find(({ kind }) => kind === "limit");
      expect([name, limit]).toMatchObject([name, { value: expect.closeTo(value, 9), status: "outside assumptions" }]);
    }
    const { targetRate, warmUpTime } = rateScaling.configure(settings, "1");
    expect(targetRate).toBeCloseTo(0.5, 9);
    expect(warmUpTime).toBeLessThan(3000);
  });

  it("is only a heuristic where steps are so large that it is fitted to simulations, and nothing is judged by the limit then", () => {
    for (const [name, claims] of predict(rateScaling, { inverseStep: "1" })) {
      if (name === "idle_time_spread") continue;
      const judged = claims.filter(({ kind, status }) => kind !== "heuristic" && status === "applies");
      expect([name, claims[0].kind, judged]).toEqual([name, "heuristic", []]);
    }
    expect(predict(rateScaling, { inverseStep: "10" }).get("mean_service_rate")?.[0].kind).toBe("refined");
  });

  it("warms up thousands of servers for as long as their slowest and fastest need", () => {
    const few = rateScaling.configure({ servers: "2000" }, "1");
    const many = rateScaling.configure({ servers: "20000" }, "1");
    // The tolerance shrinks with the root of the number of servers, and what is left of the start exponentially.
    const relaxation = relaxationTime({ arrivalRate: 0.8, inverseStep: 50, ...costs });
    expect(many.warmUpTime - few.warmUpTime).toBeGreaterThan(0.9 * relaxation * Math.log(Math.sqrt(10)));
    expect(many.warmUpTime - few.warmUpTime).toBeLessThan(1.5 * relaxation * Math.log(Math.sqrt(10)));
  });

  it.each([
    [{ start: "full" }, 'unknown start "full": use one of empty | backlog:JOBS'],
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

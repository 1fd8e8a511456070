import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divided } from "../../experiments/division.js";
import { claimsOf } from "../../experiments/evidence.js";
import { UserError } from "../../model/errors.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { type SimulationOutput, simulate } from "../../simulator/simulation.js";
import { Twin } from "../../simulator/twin.js";

const RUN = { scenario: "fleet", seed: "1", familyConfidence: 1 - 1e-4 } as const;
const TYPES = "types:0.8x1x1+0.2x4x0";

function predicted(settings: Record<string, string>, dispatchers = 1): Map<string, number> {
  const experiment = divided(fleet.configure(settings, "1"), { dispatchers, views: "told" });
  const claims = claimsOf(experiment, { messageDelay: 0, heldUpFraction: 0 });
  return new Map(
    [...claims].flatMap(([name, [claim]]) =>
      claim?.kind === "exact" && claim.status === "applies" && "value" in claim ? [[name, claim.value]] : [],
    ),
  );
}

function found({ quantities }: SimulationOutput, name: string) {
  const { measured, ciLow, ciHigh } = quantities.find((one) => one.name === name) ?? expect.fail(`${name} is missing`);
  return { measured: measured ?? Number.NaN, low: ciLow ?? 0, high: ciHigh ?? Number.POSITIVE_INFINITY };
}

describe("percentiles by class", () => {
  it("are those of M/M/1 under random routing: P(T > t) = exp(-(mu - lambda) t), and P(W > t) = rho times that", () => {
    const speed = fc.double({ min: 0.2, max: 5, noNaN: true });
    fc.assert(
      fc.property(speed, speed, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (first, second, part) => {
        const lambda = part * Math.min(first, second);
        const classes = `1x${first},2x${second}`;
        const common = { classes, arrivalRate: String(lambda), policy: "random", slo: "1.5", percentilesBy: "class" };
        const claims = predicted(common);
        for (const [index, rate] of [first, second].entries()) {
          const of = (name: string): number => claims.get(`${name}_class_${index + 1}`) ?? Number.NaN;
          const over = (time: number): number => Math.exp(-(rate - lambda) * time);
          expect(over(of("sojourn_time_p50"))).toBeCloseTo(0.5, 9);
          expect(over(of("sojourn_time_p999"))).toBeCloseTo(0.001, 9);
          expect(of("sojourn_over_slo")).toBeCloseTo(over(1.5), 9);
          const wait = of("waiting_time_p99");
          if (wait > 0) expect((lambda / rate) * over(wait)).toBeCloseTo(0.01, 9);
          else expect(lambda / rate).toBeLessThanOrEqual(0.01 + 1e-9);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ["random", "2x2,2x1"],
    ["weighted-random", "2x1.5,3x0.5"],
  ])("are what simulation measures under %s, and make the percentile of all as their mixture", (policy, classes) => {
    const settings = { classes, policy, load: "0.5", percentilesBy: "class" };
    const output = simulate({ ...RUN, settings, measuringTime: 20_000 });
    const claims = predicted(settings);
    for (const group of ["class_1", "class_2"]) {
      for (const name of ["sojourn_time_p50", "sojourn_time_p99", "waiting_time_p90"]) {
        const value = claims.get(`${name}_${group}`) ?? Number.NaN;
        const { measured, low, high } = found(output, `${name}_${group}`);
        expect(value, `${name}_${group}, seed 1`).toBeGreaterThan(low);
        expect(value, `${name}_${group}, seed 1`).toBeLessThan(high);
        expect(Math.abs(measured / value - 1), `${name}_${group}, seed 1`).toBeLessThan(0.15);
      }
    }
    const shareOf = (first: number, count: number): number =>
      Array.from({ length: count }, (_, i) => claims.get(`server_share_${first + i}`) ?? Number.NaN).reduce(
        (sum, share) => sum + share,
        0,
      );
    const [one, other] = classes.split(",").map((text) => Number(text.split("x")[0]));
    // The rate of each law follows from its predicted median.
    const rateOf = (group: string): number => Math.LN2 / (claims.get(`sojourn_time_p50_${group}`) ?? Number.NaN);
    const over = (time: number): number =>
      shareOf(0, one) * Math.exp(-rateOf("class_1") * time) + shareOf(one, other) * Math.exp(-rateOf("class_2") * time);
    const { low, high } = found(output, "sojourn_time_p99");
    expect(over(low), "seed 1").toBeGreaterThan(0.01);
    expect(over(high), "seed 1").toBeLessThan(0.01);
  });
});

describe("percentiles by type", () => {
  it("are predicted under random routing, and measured: all wait alike, each for its own time of service", () => {
    const settings = { servers: "4", policy: "random", load: "0.5", sizes: TYPES, slo: "3", percentilesBy: "type" };
    const claims = predicted(settings);
    const output = simulate({ ...RUN, settings, measuringTime: 20_000 });
    for (const type of [1, 2]) {
      expect(claims.get(`waiting_time_p99_type_${type}`)).toBe(claims.get("waiting_time_p99"));
      for (const name of ["sojourn_time_p50", "sojourn_time_p90", "waiting_time_p90", "sojourn_over_slo"]) {
        const { low, high } = found(output, `${name}_type_${type}`);
        const value = claims.get(`${name}_type_${type}`) ?? Number.NaN;
        expect(value, `${name}_type_${type}, seed 1`).toBeGreaterThan(0.99 * low);
        expect(value, `${name}_type_${type}, seed 1`).toBeLessThan(1.01 * high);
      }
    }
    // Constant sizes of 4 / (0.8 * 1 + 0.2 * 4), and half of the jobs find their server idle.
    expect(claims.get("sojourn_time_p50_type_2")).toBeGreaterThan(2.499);
    expect(claims.get("sojourn_time_p50_type_2")).toBeLessThan(2.6);
  });

  it("are the same of waiting times under any policy that is not told types", () => {
    const settings = { classes: "2x2,3x1", policy: "jsq-d", load: "0.8", sizes: TYPES, percentilesBy: "type" };
    const output = simulate({ ...RUN, settings, measuringTime: 20_000 });
    for (const p of ["p90", "p99"]) {
      const [one, other] = [1, 2].map((type) => found(output, `waiting_time_${p}_type_${type}`));
      expect(one.low, "seed 1").toBeLessThan(other.high);
      expect(other.low, "seed 1").toBeLessThan(one.high);
      expect(Math.abs(one.measured / other.measured - 1), "seed 1").toBeLessThan(0.1);
    }
  });
});

describe("percentiles by dispatcher", () => {
  it("are those of all under random routing, exactly", () => {
    const settings = { servers: "3", policy: "random", load: "0.5", percentilesBy: "dispatcher" };
    const claims = predicted(settings, 3);
    const output = simulate({ ...RUN, settings, dispatchers: 3, measuringTime: 20_000 });
    for (const dispatcher of [0, 1, 2]) {
      const name = `sojourn_time_p90_dispatcher_${dispatcher}`;
      expect(claims.get(name)).toBeCloseTo(Math.log(10) / 0.5, 9);
      const { low, high } = found(output, name);
      expect(low, "seed 1").toBeLessThan(Math.log(10) / 0.5);
      expect(high, "seed 1").toBeGreaterThan(Math.log(10) / 0.5);
    }
  });
});

describe("the groups of jobs", () => {
  it("have each job once, and change no decision", () => {
    const settings = { classes: "2x2,3x1", policy: "jsq", load: "0.8", sizes: TYPES, keys: "7" };
    const apart = { ...settings, percentilesBy: "class+type+dispatcher" };
    const several = { dispatchers: 3, measuringTime: 1000, traced: true };
    expect(simulate({ ...RUN, ...several, settings: apart }).traceHash).toBe(
      simulate({ ...RUN, ...several, settings }).traceHash,
    );
    const { system } = divided(fleet.configure(apart, "1"), { dispatchers: 3, views: "told" });
    const nothing = (): void => undefined;
    const run = { phase: "measuring" as const, start: nothing, observeServer: nothing, tick: nothing };
    const twin = new Twin({ system, seed: "1", run });
    for (let event = 0; event < 20_000; event++) twin.next();
    const { all, groups } = twin.view.times ?? expect.fail("times are counted");
    for (const these of [groups.slice(0, 2), groups.slice(2, 4), groups.slice(4)]) {
      for (const kind of ["sojourn", "waiting"] as const) {
        const sums = all[kind].counts.map((_, bin) => these.reduce((sum, one) => sum + one[kind].counts[bin], 0));
        expect(sums).toEqual(all[kind].counts);
      }
      expect(Math.min(...these.map((one) => one.sojourn.sum))).toBeGreaterThan(0);
    }
  });

  it.each<[Record<string, string>, string]>([
    [{ percentilesBy: "class" }, "percentilesBy: by class needs several of them; set classes"],
    [{ percentilesBy: "type", sizes: "types:1x1x1" }, "by type needs several of them; set sizes=types:"],
    [{ percentilesBy: "class", classes: new Array(21).fill("1x1").join(",") }, "tells at most 20 apart, not 21"],
    [{ percentilesBy: "size" }, '"size" is none of class, type, dispatcher'],
    [{ percentilesBy: "type+type" }, "names the same twice"],
    [{ percentilesBy: "class", classes: "1x1,1x2", policy: "redundancy-d" }, "is of no single group"],
  ])("are refused where there are none to tell apart: %j", (settings, message) => {
    const configure = () => fleet.configure(settings, "1");
    expect(configure).toThrow(UserError);
    expect(configure).toThrow(message);
  });

  it("need several dispatchers to be told apart by them, once their number is known", () => {
    const experiment = fleet.configure({ percentilesBy: "dispatcher" }, "1");
    expect(experiment.quantities.some(({ name }) => name.includes("dispatcher"))).toBe(false);
    expect(() => divided(experiment, { dispatchers: 1, views: "told" })).toThrow("set --dispatchers");
  });
});

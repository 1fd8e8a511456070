import { describe, expect, it } from "vitest";
import { loadOf } from "../../experiments/load.js";
import {
  bufferSize,
  confidence,
  oneOf,
  positiveNumber,
  readParameters,
  readSettings,
  wholeNumber,
} from "../../experiments/parameters.js";
import { plainRouting, policyOf, routingLawNamed, routingLawOf } from "../../experiments/routing.js";
import { UserError } from "../../model/errors.js";
import { generalPolicies } from "../../policies/index.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { scenarioNamed, scenarios } from "../../scenarios/index.js";

describe("parameters", () => {
  const definition = { description: "", unit: "", default: "7", range: "", parse: wholeNumber(2, 9) };

  it("have the value that is set, else their default", () => {
    expect(readParameters({ a: definition, b: definition }, { b: "3" })).toEqual({
      values: { a: 7, b: 3 },
      texts: { a: definition.default, b: "3" },
    });
  });

  it.each([
    [{ c: "3" }, 'unknown parameter "c": use one of a'],
    [{ toString: "3" }, 'unknown parameter "toString": use one of a'],
    [{ a: "1" }, "a = 1: must be a whole number of at least 2"],
    [{ a: "2.5" }, "a = 2.5: must be a whole number of at least 2"],
    [{ a: " " }, "a =  : must be a whole number of at least 2"],
    [{ a: "10" }, "a = 10: must be at most 9"],
    [{ a: "10\nof a file" }, "a = 10: must be a whole number of at least 2"],
  ])("set to %j are refused, naming what is wrong", (settings, message) => {
    expect(() => readParameters({ a: definition }, settings)).toThrow(new UserError(message));
  });

  it.each<[string, (text: string) => unknown, string, unknown, readonly string[]]>([
    ["a number > 0", positiveNumber, "0.5", 0.5, ["0", "-1", "x", "Infinity"]],
    ["one of fast, slow", oneOf("fast", "slow"), "slow", "slow", ["quick", ""]],
    ["a whole number of at least 1, or infinite", bufferSize, "3", 3, ["0", "2.5", "Infinity"]],
    ["a number between 0.5 and 1, e.g. 0.99", confidence, "0.99", 0.99, ["0.5", "1", "high"]],
  ])("that must be %s are read, or refused saying so", (what, parse, right, value, wrong) => {
    expect(parse(right)).toBe(value);
    for (const text of wrong) expect(() => parse(text)).toThrow(new UserError(`must be ${what}`));
    expect(bufferSize("infinite")).toBe(Number.POSITIVE_INFINITY);
  });

  it("that are nearly a word are refused with the word that was meant", () => {
    expect(() => oneOf("fast", "slow")("Slwo")).toThrow("must be one of fast, slow; did you mean slow?");
  });
});

describe("settings", () => {
  it("are names and values, with whatever equals signs and spaces", () => {
    expect(readSettings(["a=1", " b = x=y "])).toEqual({ a: "1", b: "x=y" });
  });

  it.each([
    [["a"], "--set a: write NAME=VALUE"],
    [["=1"], "--set =1: write NAME=VALUE"],
    [["a=1", "a=2"], "--set a=2: a is set twice"],
  ])("written %j are refused", (settings, message) => {
    expect(() => readSettings(settings)).toThrow(new UserError(message));
  });
});

describe("the load", () => {
  const values = { servers: 100, alpha: 0.5, arrivalRate: "by-alpha" } as const;

  it("is 1 - n^-alpha, whichever of the two is set", () => {
    expect(loadOf(values, {})).toEqual({ arrivalRate: 0.9, alpha: 0.5 });
    expect(loadOf({ ...values, arrivalRate: 0.9 }, {}).alpha).toBeCloseTo(0.5, 12);
    expect(loadOf({ ...values, arrivalRate: 1.2 }, {})).toEqual({ arrivalRate: 1.2, alpha: undefined });
    expect(loadOf({ ...values, servers: 1, arrivalRate: 0.5 }, {})).toEqual({ arrivalRate: 0.5, alpha: undefined });
  });

  it.each([
    [{ ...values, servers: 1 }, {}, "servers = 1: 1 - n^-alpha is then 0"],
    [{ ...values, alpha: 9 }, {}, "alpha = 9: 1 - n^-alpha rounds to 1"],
    [{ ...values, arrivalRate: 0.5 }, { alpha: "2", arrivalRate: "0.5" }, "alpha = 2, arrivalRate = 0.5: set one"],
  ])("%j with %j is refused", (wrong, settings, message) => {
    expect(() => loadOf(wrong, settings)).toThrow(UserError);
    expect(() => loadOf(wrong, settings)).toThrow(message);
  });
});

describe("policies that a scenario lets one choose", () => {
  it("have a law for theory, but for round-robin, which depends on more than queues and rates", () => {
    const options = { choices: 2, replacement: "no" } as const;
    for (const policy of ["jsq", "jfsq", "jsq-d", "jiq", "random"] as const) {
      const law = routingLawOf({ policy, ...options });
      const probabilities = law?.([0, 1, 0], [1, 1, 1]) ?? [];
      expect(Array.from(probabilities).reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
    expect(routingLawOf({ policy: "round-robin", ...options })).toBeUndefined();
    expect(() => policyOf({ policy: "jsq-d", choices: 3, replacement: "yes" })).not.toThrow();
  });

  it("are all that there are for any fleet, in every scenario with such a parameter", () => {
    for (const { name } of generalPolicies)
      for (const scenario of scenarios.filter(({ name: own }) => own !== "utility" && own !== "spatial-graphs"))
        expect(scenario.configure({ policy: name }, "1").parameters.policy).toBe(name);
  });

  it("are for theorems what their options say, however they are written", () => {
    const options = { choices: 5, replacement: "yes" } as const;
    const plain = (policy: string) => plainRouting({ policy, ...options });
    expect(plain("jsq-d")).toEqual({ policy: "jsq-d", ...options });
    expect(plain("jsq-d:3")).toEqual({ policy: "jsq-d", choices: 3, replacement: "no" });
    expect(plain("jsq-d:replacement=yes")).toEqual({ policy: "jsq-d", choices: 2, replacement: "yes" });
    expect(plain("jsq:ties=uniform").policy).toBe("jsq");
    expect(plain("jfsq:lowest-number").policy).toBe("jfsq:lowest-number");
    expect(routingLawNamed("jfsq:lowest-number")).toBeUndefined();
    const thirds = [...(routingLawNamed("jsq-d:3")?.([0, 1, 1], [1, 1, 1]) ?? [])];
    expect(thirds).toEqual([1, 0, 0]);
    const { assumptions } = scenarioNamed("jsq-heavy-traffic").configure({ alpha: "3", policy: "jsq-d:2" }, "1");
    expect(assumptions).toMatchObject([{ condition: "alpha > 5/2, infinite buffers", holds: true }, {}]);
  });
});

describe("scenarios", () => {
  it("have names, and no other is known", () => {
    for (const scenario of scenarios) expect(scenarioNamed(scenario.name)).toBe(scenario);
    expect(() => scenarioNamed("magic")).toThrow(/^unknown scenario "magic": use one of rate-scaling, /);
  });

  it("each measure every quantity that they define, from the first observation on", () => {
    for (const scenario of scenarios) {
      const { quantities, measure } = scenario.configure({}, "1");
      const found = measure().measured();
      expect(quantities.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
    }
  });
});

describe("what is known of a balancer", () => {
  const predict = (settings: Record<string, string>, messageDelay = 0) =>
    fleet.configure(settings, "1").predict({ messageDelay, heldUpFraction: 0 });

  it("is that work that arrives is done, and under random routing M/M/1: W = rho/(1 - rho)/mu", () => {
    const random = predict({ policy: "random", arrivalRate: "1.2", initialRates: "constant:2" });
    expect(random.get("busy_fraction")?.[0]).toMatchObject({ value: 0.6, kind: "exact" });
    expect(random.get("mean_queue_length")?.[0]).toMatchObject({ value: expect.closeTo(1.5, 12) });
    expect(random.get("mean_waiting_time")?.[0]).toMatchObject({ value: expect.closeTo(0.75, 12) });
    const other = predict({ policy: "round-robin", arrivalRate: "0.6" });
    const shares = Array.from({ length: 10 }, (_, server) => `server_share_${server}`);
    expect([...other.keys()]).toEqual(["blocked_fraction", "busy_fraction", ...shares]);
    const unequal = predict({ policy: "random", servers: "2", initialRates: "list:1,2", arrivalRate: "0.6" });
    // Loads 0.6 and 0.3.
    expect(unequal.get("mean_queue_length")?.[0]).toMatchObject({ value: expect.closeTo((1.5 + 3 / 7) / 2, 12) });
  });

  it("is nothing of finite buffers where the policy has no law, or the fleet has too many states", () => {
    const ofTwo = predict({ policy: "round-robin", servers: "2", buffer: "2" });
    expect([...ofTwo.keys()]).toEqual(["server_share_0", "server_share_1"]);
    expect(predict({ policy: "jsq", servers: "1000", buffer: "20" }).size).toBe(0);
    // Erlang's formula with one place: blocked with probability rho/(1 + rho).
    const one = predict({ policy: "random", servers: "1", buffer: "1", arrivalRate: "0.5" });
    expect(one.get("blocked_fraction")?.[0]).toMatchObject({ value: expect.closeTo(1 / 3, 10), modelError: 0 });
    const late = predict({ policy: "random", servers: "1", buffer: "1", arrivalRate: "0.5" }, 0.05);
    expect(late.get("blocked_fraction")?.[0]?.modelError).toBeGreaterThan(0);
  });
});

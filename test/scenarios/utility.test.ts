import { describe, expect, it } from "vitest";
import { FAMILY_CONFIDENCE, WITHIN_LIVE } from "../../experiments/evidence.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { parseUtilities } from "../../model/utility-functions.js";
import { utility } from "../../scenarios/utility/index.js";
import { simulate } from "../../simulator/simulation.js";
import { greedyUtility } from "../../theory/utility/greedy-suboptimality.js";
import { jlmuFiniteSize } from "../../theory/utility/jlmu-finite-size.js";
import { meanOptimalUtility, optimalUtility } from "../../theory/utility/optimal-assignment.js";
import { poissonPoolUtility } from "../../theory/utility/poisson-pools.js";

const NO_CONDITIONS = { messageDelay: 0, heldUpFraction: 0 };
const EXAMPLE = { utilities: "suboptimality:0.05", pools: "2", offeredLoad: "0.5" };

describe("server pools in virtual time: the live dispatcher, pools, policies and messages", () => {
  // A family-wise error of 1 % per run, so a seed could be unlucky: these are fixed, and were not chosen.
  it.each<[string, Record<string, string>, MessageDelay?]>([
    ["JLMU, two classes, 10 pools", {}],
    ["SLTA, two classes, 10 pools", { policy: "slta", offeredLoad: "9.75" }],
    ["SLTA with messages that take time", { policy: "slta", offeredLoad: "9.75" }, { law: "exponential", mean: 0.02 }],
    ["JLMU with messages that take time", {}, { law: "constant", time: 0.03 }],
    [
      "JLMU, three classes",
      {
        utilities: "linear:1/quadratic:2,0.05/piecewise-linear:1.5@20,0",
        fractions: "0.5,0.25,0.25",
        pools: "20",
        offeredLoad: "9",
      },
    ],
    ["random", { policy: "random" }],
    ["the example of section 9.3, JLMU", EXAMPLE],
    ["the example of section 9.3, all to the second pool", { ...EXAMPLE, policy: "class:2" }],
    ["tasks that stay for the same time, at random", { policy: "random", sizes: "constant" }],
    ["tasks whose times differ much, at random", { policy: "random", sizes: "lognormal:4" }],
    ["a load that swings", { policy: "jlmu", offeredLoad: "sine:9.75,3,40" }],
  ])("do not differ from theory: %s", (_what, settings, messageDelay) => {
    const { quantities, whyVoid } = simulate({
      scenario: utility.name,
      settings,
      seed: "1",
      familyConfidence: FAMILY_CONFIDENCE,
      within: WITHIN_LIVE,
      messageDelay,
    });
    expect(whyVoid).toBeNull();
    const differing = quantities.filter(({ verdict }) => verdict === "differs");
    expect(differing.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([]);
    // Late messages leave some claims about SLTA too vague to decide.
    const own = quantities.filter(({ role }) => role !== "input");
    expect(own.filter(({ verdict }) => verdict === "agrees").length).toBeGreaterThanOrEqual(0.4 * own.length);
  });

  it("has the utility of section 9.3 whatever the law of service: the second pool is M/G/1/1, and loses as M/M/1/1 does", () => {
    for (const sizes of ["constant", "gamma:4"]) {
      const settings = { ...EXAMPLE, sizes };
      const { estimates } = simulate({
        ...{ scenario: utility.name, settings, seed: "1", familyConfidence: FAMILY_CONFIDENCE, measuringTime: 100_000 },
      });
      // Some 100 000 tasks: the standard error is below 1 %.
      expect(Math.abs(estimates.mean_utility.value / greedyUtility(0.05, 1) - 1)).toBeLessThan(0.03);
    }
  });

  it("is seen to differ where the prediction is of another policy", () => {
    const other = utility.configure({}, "1");
    const { quantities } = simulate({
      scenario: utility.name,
      settings: { policy: "random" },
      seed: "1",
      familyConfidence: FAMILY_CONFIDENCE,
    });
    const claims = other.predict(NO_CONDITIONS).get("mean_utility") ?? [];
    const measured = quantities.find(({ name }) => name === "mean_utility");
    const [refined] = claims;
    expect("value" in refined && (measured?.ciHigh ?? 0) < refined.value - refined.modelError).toBe(true);
  });
});

describe("predictions of the utility scenario", () => {
  const claims = (settings: Record<string, string>) =>
    utility.configure(settings, "1").predict(NO_CONDITIONS).get("mean_utility") ?? [];

  it("are bounds for every policy, and for JLMU and SLTA a finite-size value below them and the limit", () => {
    const classes = { utilities: parseUtilities("log-share:20/log-share:30"), fractions: [0.5, 0.5] };
    const bounds = [{ atMost: meanOptimalUtility(classes, 10, 10) }, { atMost: optimalUtility(classes, 10) }];
    for (const policy of ["jlmu", "slta"]) {
      const [refined, limit, ...others] = claims({ policy });
      expect(refined).toMatchObject({ kind: "refined", value: jlmuFiniteSize(classes, 10, 10).utility });
      expect(limit).toMatchObject({ kind: "limit", value: bounds[1].atMost });
      expect(others).toMatchObject(bounds);
    }
    expect(claims({ policy: "jsq" })).toMatchObject(bounds);
    expect(claims({ policy: "random" })[0]).toMatchObject({
      kind: "exact",
      value: poissonPoolUtility(classes, [10, 10]),
    });
  });

  it("are exact for the example of section 9.3, with the load that messages add", () => {
    expect(claims(EXAMPLE)[0]).toMatchObject({ kind: "exact", value: greedyUtility(0.05, 1) });
    const [delayed] =
      utility.configure(EXAMPLE, "1").predict({ messageDelay: 0.1, heldUpFraction: 0 }).get("mean_utility") ?? [];
    expect(delayed).toMatchObject({ value: greedyUtility(0.05, 1.1) });
  });

  it.each([
    [
      "a beta outside its condition",
      { policy: "slta", offeredLoad: "9.75", beta: "n^-0.6" },
      /exponent must be below 1\/2/,
    ],
    ["a constant beta", { policy: "slta", offeredLoad: "9.75", beta: "0.1" }, /does not tend to 0/],
    ["a load that fills levels completely", { policy: "slta", offeredLoad: "10" }, /fills levels completely/],
    ["a load that changes", { policy: "slta", offeredLoad: "sine:10,2,20" }, /assume a constant load/],
  ])("are outside assumptions with %s, and say why", (_what, settings, why) => {
    const experiment = utility.configure(settings, "1");
    const limit = experiment
      .predict(NO_CONDITIONS)
      .get("rank_distance")
      ?.find(({ kind }) => kind === "limit");
    expect(limit).toMatchObject({ status: "outside assumptions", why: expect.stringMatching(why) });
  });

  it("hold whatever the law of service where they rest on a Poisson number of tasks, and are outside assumptions elsewhere", () => {
    const experiment = utility.configure({ sizes: "gamma:4" }, "1");
    const statuses = (quantity: string) =>
      experiment
        .predict(NO_CONDITIONS)
        .get(quantity)
        ?.map(({ kind, status }) => `${kind} ${status}`);
    expect(statuses("total_tasks")).toEqual(["exact applies"]);
    expect(statuses("total_tasks_dispersion")).toEqual(["exact applies"]);
    expect(statuses("mean_utility")).toEqual([
      ...["refined outside assumptions", "limit outside assumptions"],
      ...["bound applies", "bound applies"],
    ]);
    expect(statuses("occupancy_1_8")?.every((claim) => claim.endsWith("outside assumptions"))).toBe(true);
    const swinging = utility.configure({ sizes: "gamma:4", offeredLoad: "sine:9.75,3,40" }, "1");
    const claimed = [...swinging.predict(NO_CONDITIONS).values()].flat();
    expect(new Set(claimed.map(({ status }) => status))).toEqual(new Set(["outside assumptions"]));
  });

  it("leave what a wrong beta makes of SLTA undecided, the bounds apart", () => {
    const [refined, , ...bounds] = claims({ policy: "slta", offeredLoad: "9.75", beta: "n^-0.6" });
    expect(refined).toMatchObject({ kind: "refined", status: "outside assumptions" });
    expect(bounds.map(({ status }) => status)).toEqual(["applies", "applies"]);
  });

  it("name unbounded marginal utilities, which Theorem 2 excludes for the utility alone", () => {
    const [, limit] = claims({});
    expect(limit).toMatchObject({ status: "outside assumptions", why: expect.stringContaining("log-share:20") });
    const occupancy = utility.configure({}, "1").predict(NO_CONDITIONS).get("occupancy_1_8") ?? [];
    expect(occupancy.map(({ status }) => status)).toEqual(["applies", "applies"]);
    expect(claims({ utilities: "linear:1/piecewise-linear:2@5,0" })[1]).toMatchObject({ status: "applies" });
  });
});

describe("settings of the utility scenario", () => {
  it("spread the pools over the classes by largest remainders", () => {
    const thirds = utility.configure({ pools: "10", fractions: "1/3, 2/3" }, "1").system;
    expect(Array.from({ length: 10 }, (_, pool) => thirds.classOf(pool)).filter((one) => one === 0).length).toBe(3);
    const { system } = utility.configure({ pools: "10", fractions: "0.55,0.45" }, "1");
    expect(Array.from({ length: 10 }, (_, pool) => system.classOf(pool))).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(system.classNames).toEqual(["class-1", "class-2"]);
  });

  it.each([
    [{ fractions: "0.5,0.6" }, /fractions = 0\.5,0\.6: the fractions sum to 1\.1, not to 1/],
    [{ fractions: "1/3,1/3" }, /fractions = 1\/3,1\/3: the fractions sum to 0\.666667, not to 1/],
    [{ fractions: "1/0,1/2" }, /every fraction must be a number > 0, such as 0\.25 or 1\/4/],
    [{ fractions: "1/2/2,3/4" }, /every fraction must be a number > 0/],
    [{ fractions: "1" }, /1 fractions for 2 utilities/],
    [{ fractions: "0.5,-0.5,1" }, /every fraction must be a number > 0/],
    [{ pools: "2", fractions: "0.9,0.1" }, /leave class 2 without any: use more pools/],
    [{ utilities: "table:0,1,3/linear:1" }, /not concave at 1 tasks: task 1 adds 1, and task 2 adds 2/],
    [{ utilities: "sqrt:2" }, /unknown utility/],
    [{ policy: "class:3" }, /the classes are numbered 1 to 2/],
    [{ policy: "magic" }, /unknown policy/],
    [{ beta: "0" }, /must be n\^-EXPONENT or a number, either of them > 0/],
    [{ beta: "n^-x" }, /must be n\^-EXPONENT/],
    [{ offeredLoad: "-1" }, /must be a number > 0/],
  ])("are refused where they make no sense: %j", (settings, message) =>
    expect(() => utility.configure(settings as Record<string, string>, "1")).toThrow(message),
  );
});

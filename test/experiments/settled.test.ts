import { describe, expect, it } from "vitest";
import type { Experiment } from "../../experiments/scenario.js";
import { settled } from "../../experiments/settled.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { utility } from "../../scenarios/utility/index.js";
import { simulate } from "../../simulator/simulation.js";
import { judge } from "../../theory/verdict.js";

const NO_CONDITIONS = { messageDelay: 0, heldUpFraction: 0 };
const experiment = rateScaling.configure({ servers: "2" }, "1");
const claimsOf = (warmUpTime: number, of: Experiment = experiment) =>
  [...settled(of, warmUpTime).predict(NO_CONDITIONS).values()].flat();
/** Why nothing is predicted any more of what was predicted in a steady state. */
const whyNot = (warmUpTime: number, of: Experiment): Set<string | undefined> => {
  const before = [...of.predict(NO_CONDITIONS).values()].flat();
  return new Set(claimsOf(warmUpTime, of).flatMap(({ why }, i) => (before[i].status === "applies" ? [why] : [])));
};

describe("a run that may still show its start", () => {
  it("is one that warmed up for less than theory asks for: nothing is predicted of it, and it says why", () => {
    const short = claimsOf(experiment.warmUpTime - 1);
    expect(short.length).toBeGreaterThan(5);
    for (const { status } of short) expect(status).toBe("outside assumptions");
    expect([...whyNot(experiment.warmUpTime - 1, experiment)]).toEqual([
      `the start may still show: the warm-up of ${experiment.warmUpTime - 1} time units is shorter than the ` +
        `${experiment.warmUpTime} that theory asks for; leave out --warmup`,
    ]);
    const { verdict, reason } = judge({ low: -1, high: -0.9 }, short, { within: 1, floor: 0 });
    expect(verdict).toBe("undecided");
    expect(reason).toContain("the start may still show");
  });

  it("is not one that warmed up for as long, or longer, or whose predictions follow it from its start", () => {
    for (const warmUpTime of [experiment.warmUpTime, 0.1 * experiment.warmUpTime * 10, Infinity])
      expect(settled(experiment, warmUpTime)).toBe(experiment);
    const followed = utility.configure({ offeredLoad: "sine:4,2,40" }, "1");
    expect(settled(followed, 0)).toBe(followed);
  });

  it("is one with a start that no warm-up is known to cover", () => {
    const settings = { rateControl: "fixed", buffer: "infinite", initialRates: "list:1.5,0.5", arrivalRate: "0.6" };
    const start = (policy: string) =>
      rateScaling.configure({ ...settings, policy, servers: "2", start: "backlog:20" }, "1");
    // Under jiq the slow server has 22 jobs when the fast one has none, after 22 time units, and takes 44 for them, or some more.
    expect(start("jiq").warmUpTime).toBe(100 + Math.ceil(200 / 3 + (4 * Math.sqrt(100 / 3)) / 0.5));
    expect(start("jiq").whyNeverSettled).toBeUndefined();
    // Under jsq its queue falls by 0.5 a time unit at least, or with the other by 0.4.
    expect(start("jsq").warmUpTime).toBe(100 + Math.ceil(50 + (4 * Math.sqrt(50)) / 1));
    const why = "no warm-up is known that covers a start with 20 jobs at a server";
    expect(start("jsq-d").whyNeverSettled).toBe(why);
    expect(settled({ ...experiment, whyNeverSettled: why }, 1e9)).not.toBe(experiment);
    expect([...whyNot(1e9, { ...experiment, whyNeverSettled: why })]).toEqual([why]);
  });

  it("has no verdict, and is not void", () => {
    const output = simulate({
      ...{ scenario: "rate-scaling", settings: { servers: "2" }, seed: "1", familyConfidence: 0.99 },
      ...{ warmUpTime: 0, measuringTime: 500 },
    });
    expect(output.whyVoid).toBeNull();
    const theory = output.quantities.filter(({ role }) => role !== "input");
    expect(new Set(theory.map(({ verdict }) => verdict))).toEqual(new Set(["undecided"]));
  });
});

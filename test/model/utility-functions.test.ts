import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUtilities, parseUtility } from "../../model/utility-functions.js";

describe.each([
  ["log-share:20", (x: number) => (x === 0 ? 0 : x * Math.log(20 / x))],
  ["linear:-0.3", (x: number) => -0.3 * x],
  ["quadratic:2,0.05", (x: number) => 2 * x - x ** 2 / 20],
  ["quadratic:2,0.05,12.5", (x: number) => 2 * Math.min(x, 12.5) - Math.min(x, 12.5) ** 2 / 20],
  ["piecewise-linear:1.5@20,0", (x: number) => Math.min(1.5 * x, 30)],
  ["piecewise-linear:3@1.5,1@4,-1", (x: number) => Math.min(3 * x, 4.5 + (x - 1.5), 7 - (x - 4))],
  ["table:0,4,7,9", (x: number) => [0, 4, 7, 9][x] ?? 9 + 2 * (x - 3)],
])("the utility %s", (text, formula) => {
  const utility = parseUtility(text);

  it("is known by what it was read from", () => expect(utility.name).toBe(text));

  it("has its value, what each task adds, and no task that adds more than the one before", () => {
    for (let tasks = 0; tasks < 60; tasks++) {
      expect(utility.value(tasks)).toBeCloseTo(formula(tasks), 10);
      expect(utility.marginal(tasks)).toBeCloseTo(formula(tasks + 1) - formula(tasks), 10);
      expect(utility.marginal(tasks + 1)).toBeLessThanOrEqual(utility.marginal(tasks));
    }
  });
});

describe("a utility that is not concave is refused, and the message names the point", () => {
  it.each([
    ["table:0,1,3", /not concave at 1 tasks: task 1 adds 1, and task 2 adds 2/],
    ["table:0,5,6,6,8", /not concave at 3 tasks/],
    ["quadratic:2,-0.1", /not concave at 1 tasks/],
    ["quadratic:1,0.1,8", /not concave at 8 tasks: task 8 adds -0\.5.*, and task 9 adds 0/],
    ["piecewise-linear:1@3,2", /not concave at 3 tasks/],
    ["piecewise-linear:1@2.5,2", /not concave at 2 tasks/],
  ])("%s", (text, message) => expect(() => parseUtility(text)).toThrow(message));

  it("finds a random bend upwards", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 }), (marginals) => {
        const values = [0];
        for (const marginal of marginals) values.push(values[values.length - 1] + marginal);
        const bend = marginals.findIndex((marginal, j) => j > 0 && marginal > marginals[j - 1]);
        const read = (): unknown => parseUtility(`table:${values.join(",")}`);
        if (bend < 0) expect(read).not.toThrow();
        else expect(read).toThrow(`not concave at ${bend} tasks`);
      }),
    );
  });
});

describe("utilities as text", () => {
  it("are read for all classes at once", () =>
    expect(parseUtilities("log-share:20/linear:1").map(({ name }) => name)).toEqual(["log-share:20", "linear:1"]));

  it("include the example of section 9.3", () =>
    expect(parseUtilities("suboptimality:0.1").map((utility) => [0, 1, 2].map(utility.value))).toEqual([
      [0, 0.1, 0.2],
      [0, 1, 1],
    ]));

  it.each([
    ["cubic:1", /unknown utility "cubic:1": use one of log-share/],
    ["log-share", /resources is missing; write log-share:RESOURCES/],
    ["log-share:0", /must be a number > 0/],
    ["linear:a", /write linear:SLOPE/],
    ["linear:1,2", /write linear:SLOPE/],
    ["table:1", /at least two values/],
    ["quadratic:1", /write quadratic:A,B/],
    ["quadratic:1,1,0", /must be a number > 0/],
    ["piecewise-linear:1@2", /none for the last slope/],
    ["piecewise-linear:1@2,0@1,0", /with increasing ends/],
    ["piecewise-linear:1@2,", /write piecewise-linear:SLOPE@END/],
    ["quadratic:1,0,1e9", /the last bend must be at 1000000 or fewer/],
    ["suboptimality:2", /epsilon = 2: must be a number > 0 and < 1/],
  ])("are refused: %s", (text, message) => expect(() => parseUtilities(text)).toThrow(message));
});

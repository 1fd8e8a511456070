import { describe, expect, it } from "vitest";
import { confirmationOf, type LiveRun, predictionInterval } from "../../compare/confirmation.js";
import { randomStream } from "../../model/random.js";
import { gaussian } from "../support/gaussian.js";

function run(policy: string, measured: number, halfWidth: number | null): LiveRun {
  const [low, high] = halfWidth === null ? [null, null] : [measured - halfWidth, measured + halfWidth];
  return { policy, measured, low, high, expected: { low: 9, high: 13 } };
}

describe("a confirmation by live runs", () => {
  it("agrees where all lie where they were expected, and the best is the best", () => {
    expect(confirmationOf([run("a", 10, 0.2), run("b", 11, 0.2)], false).verdict).toBe("agrees");
    expect(confirmationOf([run("a", 10, 0.6), run("b", 11, 0.6)], false).verdict).toBe("undecided");
    expect(confirmationOf([run("a", 10, null), run("b", 11, 0.2)], false).verdict).toBe("undecided");
    expect(confirmationOf([run("a", 11, 0.2), run("b", 10, 0.2)], false)).toEqual({
      verdict: "differs",
      why: "b is better than a",
    });
    // Of those that could not be told apart, either may be the better one.
    expect(confirmationOf([run("a", 11, 0.2), run("b", 10, 0.2)], true).verdict).toBe("agrees");
  });

  it("differs where one lies elsewhere", () => {
    for (const areTied of [false, true])
      expect(confirmationOf([run("a", 10, 0.2), run("b", 14, 0.2)], areTied).why).toContain("b does not lie");
  });

  it("expects a run of any length where 95 of 100 such runs lie", () => {
    const random = randomStream("confirmation", "runs");
    const trials = 4000;
    let within = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 12 }, () => 10 + 2 * gaussian(random));
      const pooled = values.reduce((sum, value) => sum + value, 0) / values.length;
      const { low, high } = predictionInterval({ pooled, values }, 100, 400, 0.95);
      // Four times as long: half the standard deviation.
      const live = 10 + gaussian(random);
      if (live >= low && live <= high) within++;
    }
    expect(within / trials).toBeGreaterThan(0.93);
    expect(within / trials).toBeLessThan(0.97);
  });
});

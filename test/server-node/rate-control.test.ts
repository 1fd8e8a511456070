import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { rateControlFor } from "../../server-node/rate-control/index.js";

describe("the rate control that a model names", () => {
  it("is a rate that stays, busy and idle", () => {
    const control = rateControlFor({ kind: "fixed" });
    expect(control.name).toBe("fixed");
    for (const idle of [true, false])
      expect(control.evolve(1.5, 3, idle, 4)).toEqual({ duration: 4, work: 6, rate: 1.5 });
    expect(control.serve(1.5, 3, 6)).toEqual({ duration: 4, work: 6, rate: 1.5 });
  });

  it("is the rule (2.2) with the costs and the step of these names", () => {
    const slope = (costG: string, costH: string, inverseStep: number): number => {
      const control = rateControlFor({ kind: "idle-time", costG, costH, inverseStep });
      expect(control.name).toBe("idle-time");
      return (control.evolve(2, 3, false, 1e-4).rate - 2) / 1e-4;
    };
    // -(1/m) [g'(2) + h'(2) (3 + 1/2)]
    expect(slope("reciprocal", "power:0.1,2", 10)).toBeCloseTo(-(-1 / 4 + 0.4 * 3.5) / 10, 5);
    expect(slope("shifted-reciprocal", "power:0.1,2", 10)).toBeCloseTo(-(-1 / 9 + 0.4 * 3.5) / 10, 5);
    expect(slope("reciprocal", "power:0.1,3", 50)).toBeCloseTo(-(-1 / 4 + 1.2 * 3.5) / 50, 5);
  });

  it("is refused as the user's error where a cost has no such name", () => {
    const named = (costG: string, costH: string) => () =>
      rateControlFor({ kind: "idle-time", costG, costH, inverseStep: 10 });
    expect(named("linear", "power:0.1,2")).toThrow(UserError);
    expect(named("reciprocal", "exponential")).toThrow(UserError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";

describe("erlangB (Erlang 1917)", () => {
  it("is a^n/n! over the sum of a^k/k!", () => {
    for (const [n, a] of [
      [1, 1],
      [2, 1],
      [5, 3.2],
      [20, 25],
    ]) {
      let term = 1;
      let sum = 1;
      for (let k = 1; k <= n; k++) sum += term *= a / k;
      expect(erlangB(n, a)).toBeCloseTo(term / sum, 13);
    }
  });

  it("stays sound at sizes at which factorials overflow", () => {
    expect(erlangB(100_000, 200_000)).toBeCloseTo(0.5, 4);
    expect(erlangB(100_000, 50_000)).toBe(0);
  });

  it("rises with the load and falls with the number of servers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.01, max: 400, noNaN: true }), (n, a) => {
        expect(erlangB(n, a * 1.01)).toBeGreaterThanOrEqual(erlangB(n, a));
        expect(erlangB(n + 1, a)).toBeLessThanOrEqual(erlangB(n, a));
      }),
    );
  });

  it("refuses what is not a number of servers or a load", () => {
    expect(() => erlangB(1.5, 1)).toThrow(UserError);
    expect(() => erlangB(2, -1)).toThrow(/offered load -1/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AliasTable } from "../../model/alias-table.js";

describe("an alias table", () => {
  it("gives every integer its weight", () => {
    const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 12 }), (weights) => {
        fc.pre(weights.some((one) => one > 0));
        const table = new AliasTable(weights);
        const total = weights.reduce((sum, one) => sum + one, 0);
        expect(table.total).toBeCloseTo(total, 8);
        // Equal steps through every column: each draws its integer and its alias in proportion to the cut.
        const steps = 2000;
        const counts = weights.map(() => 0);
        for (let i = 0; i < steps * weights.length; i++) counts[table.at((i + 0.5) / (steps * weights.length))]++;
        for (const [i, one] of weights.entries()) {
          // Each of the columns that an integer has a part of is off by one step at most.
          expect(Math.abs(counts[i] / (steps * weights.length) - one / total)).toBeLessThanOrEqual(1 / steps + 1e-12);
          if (one === 0) expect(counts[i]).toBe(0);
        }
      }),
    );
  });

  it("refuses weights that are all 0", () => {
    expect(() => new AliasTable([0, 0])).toThrow("some weight is positive");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decades, powersOfTen, valueRange } from "../../page/axis.js";

const anyValue = fc.oneof(
  fc.constant(null),
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

describe("a logarithmic axis", () => {
  it("spans whole decades around what is shown, with few marks that rise by powers of ten", () => {
    fc.assert(
      fc.property(anyValue, anyValue, (one, other) => {
        const [low, high] =
          one === null || other === null ? [one, other] : [Math.min(one, other), Math.max(one, other)];
        const [first, last] = decades(low, high);
        expect(first).toBeGreaterThan(0);
        expect(last / first).toBeGreaterThan(9);
        if (low !== null && high !== null && low >= 1e-9) {
          expect(first).toBeLessThanOrEqual(low * (1 + 1e-12));
          expect(last).toBeGreaterThanOrEqual(high * (1 - 1e-12));
        }
        const marks = powersOfTen(first, last);
        expect(marks.length).toBeGreaterThanOrEqual(2);
        expect(marks.length).toBeLessThanOrEqual(7);
        expect(marks[0]).toBe(first);
        for (const [i, mark] of marks.slice(1).entries()) expect(mark).toBeGreaterThan(9 * (marks[i] ?? 0));
      }),
      { numRuns: 2000 },
    );
  });

  it("shows no decade below 1e-9: a tail may be predicted far below what is measured", () => {
    expect(decades(1e-40, 0.5)).toEqual([1e-9, 1]);
    expect(decades(null, null)).toEqual([0.1, 1]);
  });
});

describe("the range of values", () => {
  it("holds them, and spans something", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.boolean(),
        (low, span, fromZero) => {
          const [bottom, top] = valueRange(low, low + span, fromZero);
          expect(bottom).toBeLessThanOrEqual(low);
          expect(top).toBeGreaterThanOrEqual(low + span);
          expect(top).toBeGreaterThan(bottom);
        },
      ),
    );
  });
});

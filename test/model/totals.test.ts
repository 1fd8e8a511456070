import { describe, expect, it } from "vitest";
import {
  addDispatcherTotals,
  addServerTotals,
  copyServerTotals,
  noDispatcherTotals,
  noServerTotals,
  subtractServerTotals,
} from "../../model/totals.js";

/** Totals with a different number in every field, from `first` on. */
function numbered<Totals extends object>(none: Totals, first: number): Totals {
  return Object.fromEntries(Object.keys(none).map((name, i) => [name, first + i * i])) as Totals;
}

/** Each field of both, by a function of the two numbers. */
function each<Totals extends object>(one: Totals, other: Totals, of: (a: number, b: number) => number): Totals {
  const fields = Object.entries(other) as [string, number][];
  return Object.fromEntries(
    fields.map(([name, b]) => [name, of((one as Record<string, number>)[name], b)]),
  ) as unknown as Totals;
}

describe("totals, written field by field", () => {
  it("leave no field of a dispatcher's out", () => {
    const [sum, more] = [numbered(noDispatcherTotals(), 3), numbered(noDispatcherTotals(), 100)];
    const expected = each(sum, more, (a, b) => a + b);
    addDispatcherTotals(sum, more);
    expect(sum).toEqual(expected);
  });

  it("leave no field of a server's out", () => {
    const [one, other, into] = [numbered(noServerTotals(), 3), numbered(noServerTotals(), 100), noServerTotals()];
    subtractServerTotals(into, other, one);
    expect(into).toEqual(each(other, one, (a, b) => a - b));
    copyServerTotals(into, other);
    expect(into).toEqual(other);
    addServerTotals(into, one);
    expect(into).toEqual(each(other, one, (a, b) => a + b));
  });
});

import { describe, expect, it } from "vitest";
import { verdictTable } from "../../cli/table.js";
import type { QuantityEvidence } from "../../experiments/evidence.js";

const WIDE = { width: Number.POSITIVE_INFINITY, lines: Number.POSITIVE_INFINITY, hasColours: false };

function quantity(name: string, verdict: QuantityEvidence["verdict"], reason: string): QuantityEvidence {
  return {
    ...{ name, role: "other", description: "", unit: "", measured: 1, ciLow: 0, ciHigh: 2, predictions: [] },
    ...{ verdict, reason, decidedBy: null, margin: null, wouldFind: null },
  } as QuantityEvidence;
}

const notes = (...quantities: QuantityEvidence[]): string[] =>
  verdictTable(quantities, WIDE)
    .split("\n")
    .slice(2 + quantities.length);

describe("the reasons under a verdict table", () => {
  const none = quantity("a", "undecided", "there is no prediction");
  const differing = quantity("b", "differs", "it is too far off");

  it("are said once, with all whose reasons they are, in the order of the table", () => {
    expect(notes(none, differing, quantity("c", "agrees", "it is near"), { ...none, name: "d" })).toEqual([
      "a, d are undecided: there is no prediction",
      "b differs: it is too far off",
    ]);
    expect(notes(none, quantity("b", "differs", none.reason))).toHaveLength(2);
  });

  it("name the first where they hold for many", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ ...none, name: `q${i}` }));
    expect(notes(...many, differing)[0]).toBe("q0, q1, q2 and 6 others are undecided: there is no prediction");
    expect(notes(...many.slice(0, 6), differing)[0]).toContain("q4, q5 are undecided");
  });

  it("name nobody where they hold for all of several", () => {
    expect(notes(none, { ...none, name: "d" })).toEqual(["all quantities are undecided: there is no prediction"]);
    expect(notes(none)).toEqual(["a is undecided: there is no prediction"]);
  });
});

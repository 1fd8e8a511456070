import { describe, expect, it } from "vitest";
import type { QuantityEvidence } from "../../experiments/evidence.js";
import { countsInWords, decidingOne, decisive } from "../../page/summary.js";
import { bound, exact } from "../../theory/prediction.js";
import { describePrediction, type Verdict } from "../../theory/verdict.js";

const judged = (verdict: Verdict, role = "other") => ({ verdict, role, decidedBy: "the exact 1" }) as QuantityEvidence;
const unpredicted = { verdict: "undecided", role: "other", decidedBy: null } as QuantityEvidence;

describe("the verdict on several quantities", () => {
  it.each([
    [["agrees", "agrees"], "agrees", "2 agree"],
    [["agrees", "undecided"], "undecided", "1 agrees, 1 undecided"],
    [["undecided", "differs", "agrees", "differs"], "differs", "1 agrees, 1 undecided, 2 differ"],
    [["differs", "void"], "void", "1 differs, 1 void"],
  ] as const)("%s is %s: %s", (verdicts, expected, words) => {
    const quantities = verdicts.map((verdict) => judged(verdict));
    expect(decidingOne(quantities)?.verdict).toBe(expected);
    expect(countsInWords(quantities)).toBe(words);
  });

  it("is that on the headline where it has any, unless another differs", () => {
    const headline = judged("agrees", "headline");
    expect(decidingOne([judged("undecided"), headline])).toBe(headline);
    expect(decidingOne([judged("differs"), headline])?.verdict).toBe("differs");
  });

  it("is void in a void run, which decides nothing", () => {
    const isVoid = { verdict: "void", role: "headline", decidedBy: null } as QuantityEvidence;
    expect(decidingOne([unpredicted, isVoid])).toBe(isVoid);
  });

  it("passes over what nothing is predicted of with a known error", () => {
    expect(decidingOne([unpredicted, judged("agrees")])?.verdict).toBe("agrees");
    expect(decidingOne([unpredicted])).toBeUndefined();
    expect(countsInWords([unpredicted])).toBe("");
  });
});

describe("the prediction that is shown", () => {
  it("is the one that decides, or else the sharpest", () => {
    const predictions = [exact(1, "a theorem"), bound({ atMost: 2 }, "another")];
    const decidedBy = describePrediction(predictions[1]);
    expect(decisive({ predictions, decidedBy } as unknown as QuantityEvidence)).toBe(predictions[1]);
    expect(decisive({ predictions, decidedBy: null } as unknown as QuantityEvidence)).toBe(predictions[0]);
  });
});

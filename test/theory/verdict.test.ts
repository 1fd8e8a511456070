import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim, Prediction } from "../../theory/prediction.js";
import { describeClaim, describePrediction, judge } from "../../theory/verdict.js";

type Details = Partial<Pick<Prediction, "kind" | "status" | "modelError" | "why">>;

const predictionOf = (claim: Claim, details: Details = {}): Prediction => ({
  ...claim,
  kind: "atMost" in claim || "atLeast" in claim ? "bound" : "limit",
  status: "applies",
  modelError: 0,
  source: "here",
  ...details,
});

const between = (low: number, high: number) => ({ low, high });
const verdictOf = (...given: Parameters<typeof judge>): string => judge(...given).verdict;

const claims: fc.Arbitrary<Claim> = fc.oneof(
  fc.record({ value: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ atMost: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ atLeast: fc.integer({ min: -9, max: 9 }) }),
);
const claimed: fc.Arbitrary<Prediction> = fc
  .tuple(claims, fc.nat(3), fc.constantFrom("applies" as const, "outside assumptions" as const))
  .map(([claim, modelError, status]) => predictionOf(claim, { modelError, status }));
const intervals = fc
  .tuple(fc.integer({ min: -12, max: 12 }), fc.nat(8))
  .map(([low, width]) => between(low, low + width));

/** Whether a claim that may be off by its error allows this value. */
function allows(prediction: Prediction, x: number): boolean {
  const errors = Array.from({ length: 2 * prediction.modelError + 1 }, (_, i) => i - prediction.modelError);
  return errors.some((error) => {
    if ("value" in prediction) return x === prediction.value + error;
    if ("atMost" in prediction) return x <= prediction.atMost + error;
    return x >= prediction.atLeast + error;
  });
}

describe("a verdict", () => {
  it("is differs just where no value of the interval is allowed by some claim that decides, by a scan of all values", () => {
    fc.assert(
      fc.property(fc.array(claimed, { maxLength: 5 }), intervals, fc.nat(5), (predictions, interval, precision) => {
        const values = Array.from({ length: interval.high - interval.low + 1 }, (_, i) => interval.low + i);
        const applicable = predictions.filter(({ status }) => status === "applies");
        const bounds = applicable.filter(({ kind }) => kind === "bound");
        const sharpest = applicable.filter(({ kind }) => kind !== "bound").slice(0, 1);
        const deciding = [...bounds, ...sharpest];
        const isMissed = deciding.some((prediction) => !values.some((x) => allows(prediction, x)));
        const isWide = interval.high - interval.low > 2 * precision;
        const expected = isMissed ? "differs" : deciding.length === 0 || isWide ? "undecided" : "agrees";
        expect(verdictOf(interval, predictions, precision)).toBe(expected);
        expect(judge(interval, predictions, precision, "the machine slept")).toEqual({
          verdict: "void",
          reason: "the machine slept",
        });
      }),
      { numRuns: 2000 },
    );
  });

  it("is that of the sharpest prediction, whatever those after it say, and of every bound", () => {
    const [refined, limit] = [predictionOf({ value: 1 }, { kind: "refined" }), predictionOf({ value: 5 })];
    expect(judge(between(0.5, 1.5), [refined, limit], 1)).toEqual({
      verdict: "agrees",
      reason: "the interval meets the refined 1",
    });
    expect(judge(between(4, 6), [refined, limit], 1)).toEqual({
      verdict: "differs",
      reason: "the interval misses the refined 1",
    });
    const bound = predictionOf({ atMost: 0.25 }, { modelError: 0.125 });
    expect(judge(between(0.5, 1.5), [refined, bound], 1)).toEqual({
      verdict: "differs",
      reason: "the interval misses the bound <= 0.25 (± 0.125)",
    });
  });

  it("differs where the interval misses the prediction, however wide it is; only a narrow one agrees", () => {
    const prediction = predictionOf({ value: 200 });
    expect(verdictOf(between(0, 100), [prediction], 1)).toBe("differs");
    expect(judge(between(150, 250), [prediction], 49.5)).toEqual({
      verdict: "undecided",
      reason: "half-width 50 is over the 49.5 asked for",
    });
    expect(verdictOf(between(150, 250), [prediction], 50)).toBe("agrees");
    const nothing = between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(judge(nothing, [prediction], 1).reason).toBe("too few data for an interval");
  });

  it("is undecided where no theorem covers the parameters, and says why", () => {
    const why = "Assumption 2.1 (ii) is violated";
    const outside = predictionOf({ value: 0 }, { status: "outside assumptions", why });
    expect(judge(between(1, 1), [outside], 1)).toEqual({
      verdict: "undecided",
      reason: `no prediction covers these parameters: ${why}`,
    });
    expect(judge(between(1, 1), [], 1).reason).toBe("nothing is predicted of it at these parameters");
  });
});

describe("a prediction in words", () => {
  it("has its kind, its relation and its error, to five digits", () => {
    const refined = predictionOf({ value: 1.58140123 }, { kind: "refined", modelError: 0.00201239 });
    expect(describePrediction(refined)).toBe("the refined 1.5814 (± 0.0020124)");
    expect(describePrediction(predictionOf({ atLeast: 123456 }))).toBe("the bound >= 123460");
    expect(describeClaim({ atMost: 0.8 })).toBe("<= 0.8");
  });
});

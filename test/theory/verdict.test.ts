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
/** A difference that never matters, in the unit of the values. */
const floorOf = (floor: number) => ({ within: 0, floor });
const verdictOf = (...given: Parameters<typeof judge>): string => judge(...given).verdict;

const claims: fc.Arbitrary<Claim> = fc.oneof(
  fc.record({ value: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ atMost: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ atLeast: fc.integer({ min: -9, max: 9 }) }),
);
const claimed: fc.Arbitrary<Prediction> = fc
  .tuple(claims, fc.nat(3), fc.constantFrom("applies" as const, "outside assumptions" as const), fc.boolean())
  .map(([claim, modelError, status, isHeuristic]) =>
    predictionOf(claim, { modelError, status, ...(isHeuristic ? { kind: "heuristic" } : {}) }),
  );
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
  it("is differs just where no value of the interval is allowed by some claim that decides, and agrees where all are by the first, widened, by a scan of all values", () => {
    fc.assert(
      fc.property(fc.array(claimed, { maxLength: 5 }), intervals, fc.nat(5), (predictions, interval, floor) => {
        const values = Array.from({ length: interval.high - interval.low + 1 }, (_, i) => interval.low + i);
        const applicable = predictions.filter(({ status, kind }) => status === "applies" && kind !== "heuristic");
        const bounds = applicable.filter(({ kind }) => kind === "bound");
        const sharpest = applicable.filter(({ kind }) => kind !== "bound").slice(0, 1);
        const deciding = [...bounds, ...sharpest];
        const isMissed = deciding.some((prediction) => !values.some((x) => allows(prediction, x)));
        const decisive = sharpest[0] ?? bounds[0];
        const widened = decisive && { ...decisive, modelError: decisive.modelError + floor };
        const isEquivalent = widened !== undefined && values.every((x) => allows(widened, x));
        const expected = isMissed ? "differs" : isEquivalent ? "agrees" : "undecided";
        expect(verdictOf(interval, predictions, floorOf(floor))).toBe(expected);
        const slept = { verdict: "void", reason: "the machine slept" } as const;
        expect(judge(interval, predictions, floorOf(floor), slept)).toMatchObject(slept);
      }),
      { numRuns: 2000 },
    );
  });

  it("is that of the sharpest prediction, whatever those after it say, and of every bound", () => {
    const [refined, limit] = [predictionOf({ value: 1 }, { kind: "refined" }), predictionOf({ value: 5 })];
    expect(judge(between(0.5, 1.5), [refined, limit], floorOf(1))).toEqual({
      verdict: "agrees",
      reason: "the whole interval is within 1 of the refined 1",
      decidedBy: "the refined 1",
      margin: 1,
      wouldFind: 1,
    });
    expect(judge(between(4, 6), [refined, limit], floorOf(1))).toEqual({
      verdict: "differs",
      reason: "the interval misses the refined 1",
      decidedBy: "the refined 1",
      margin: 1,
      wouldFind: 2,
    });
    const bound = predictionOf({ atMost: 0.25 }, { modelError: 0.125 });
    expect(judge(between(0.5, 1.5), [refined, bound], floorOf(1))).toEqual({
      verdict: "differs",
      reason: "the interval misses the bound <= 0.25 (± 0.125)",
      decidedBy: "the bound <= 0.25 (± 0.125)",
      margin: 1.125,
      wouldFind: 1.125,
    });
  });

  it("allows a deviation relative to the prediction, or the floor if that is more, beyond the prediction's error", () => {
    const prediction = predictionOf({ value: -8 }, { modelError: 0.5 });
    expect(judge(between(-9.5, -7), [prediction], { within: 0.125, floor: 0.75 })).toMatchObject({
      verdict: "agrees",
      margin: 1.5,
    });
    expect(judge(between(-9.5, -7), [prediction], { within: 0.1, floor: 0.75 }).verdict).toBe("undecided");
    expect(judge(between(-9.5, -7), [prediction], { within: 0.1, floor: 1 }).verdict).toBe("agrees");
  });

  it("takes no rounding for a difference: 3 of 8 pools always occupied are 0.375, and not below a sum that comes to a little more", () => {
    const exact = predictionOf({ value: 0.1 + 0.2 + 0.075 }, { kind: "exact" });
    expect(exact).toMatchObject({ value: 0.37500000000000006 });
    expect(verdictOf(between(0.374, 0.375), [exact], floorOf(0.01))).toBe("agrees");
    expect(verdictOf(between(0.374, 0.37499), [exact], floorOf(0.01))).toBe("differs");
  });

  it("differs where the interval misses the prediction, however wide it is; only a narrow one agrees", () => {
    const prediction = predictionOf({ value: 200 });
    expect(verdictOf(between(0, 100), [prediction], floorOf(1))).toBe("differs");
    expect(judge(between(150, 250), [prediction], floorOf(49.5))).toMatchObject({
      verdict: "undecided",
      reason: "the interval meets the limit 200, but reaches more than 49.5 from it",
    });
    expect(verdictOf(between(150, 250), [prediction], floorOf(50))).toBe("agrees");
    const nothing = between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(judge(nothing, [prediction], floorOf(1)).reason).toBe("too few data for an interval");
  });

  it("is undecided where no theorem covers the parameters, and says why", () => {
    const why = "Assumption 2.1 (ii) is violated";
    const outside = predictionOf({ value: 0 }, { status: "outside assumptions", why });
    expect(judge(between(1, 1), [outside], floorOf(1))).toEqual({
      verdict: "undecided",
      reason: `no prediction covers these parameters: ${why}`,
      decidedBy: null,
      margin: null,
      wouldFind: null,
    });
    expect(judge(between(1, 1), [], floorOf(1)).reason).toBe("there is no prediction at these parameters");
  });

  it("never rests on a heuristic, whatever it says, and is that of what comes after it", () => {
    const heuristic = predictionOf({ value: 3 }, { kind: "heuristic" });
    for (const interval of [between(3, 3), between(7, 7)])
      expect(judge(interval, [heuristic], floorOf(1))).toMatchObject({
        verdict: "undecided",
        reason: "the heuristic 3 decides nothing: its error is not known",
      });
    expect(judge(between(5, 5), [heuristic, predictionOf({ value: 5 })], floorOf(1)).verdict).toBe("agrees");
    expect(judge(between(3, 3), [heuristic, predictionOf({ value: 5 })], floorOf(1)).verdict).toBe("differs");
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

import { describe, expect, it } from "vitest";
import { claimsOf, isDecided, overallVerdict, weigh } from "../../experiments/evidence.js";
import type { Experiment, Measured, RunConditions } from "../../experiments/scenario.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { jfsqZeroWaiting } from "../../scenarios/jfsq-zero-waiting/index.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { bound, type Prediction } from "../../theory/prediction.js";
import { deciding } from "../../theory/verdict.js";

const CONDITIONS: RunConditions = { messageDelay: 0.01, heldUpFraction: 0 };
const THREE: Prediction = { value: 3, kind: "exact", status: "applies", modelError: 0, source: "here" };

/** An experiment whose prediction depends on the conditions of the run: 3, and an error that is the message delay. */
const experiment: Experiment = {
  ...rateScaling.configure({ servers: "2" }, "1"),
  quantities: ["found", "absent", "unbounded", "unclaimed"].map((name) => ({
    name,
    description: `the ${name} quantity`,
    unit: "jobs",
    role: "other" as const,
    floor: 2,
  })),
  predict: ({ messageDelay }) =>
    new Map(["found", "absent", "unbounded"].map((name) => [name, [{ ...THREE, modelError: messageDelay }]])),
};

/** The half-width is 1 at a confidence of 0.9975 and more at a higher one: what four intervals need to hold jointly at 0.99. */
const narrow: Measured = {
  value: 2,
  interval: (confidence) => {
    const halfWidth = 1 + 400 * (confidence - 0.9975);
    return { low: 2 - halfWidth, high: 2 + halfWidth };
  },
};
const unlimited: Measured = {
  value: Number.NaN,
  interval: () => ({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }),
};
const measured = new Map([
  ["found", narrow],
  ["unbounded", unlimited],
  ["unclaimed", narrow],
]);

const weighed = (
  given: Experiment,
  {
    familyConfidence = 0.99,
    unjudged,
  }: { familyConfidence?: number; unjudged?: { verdict: "void"; reason: string } } = {},
) => weigh(given, measured, CONDITIONS, { familyConfidence, within: 0.05, unjudged });

describe("the evidence", () => {
  it("sets every quantity beside its predictions for this run, with intervals that hold jointly", () => {
    const [found, absent, unbounded, unclaimed] = weighed(experiment);
    expect(found).toMatchObject({ name: "found", description: "the found quantity", unit: "jobs", measured: 2 });
    expect(found.ciLow).toBeCloseTo(1, 9);
    expect(found.ciHigh).toBeCloseTo(3, 9);
    expect(found.predictions).toEqual([{ ...THREE, modelError: 0.01 }]);
    expect(found).toMatchObject({ verdict: "agrees", margin: 2.01 });
    expect(found.reason).toBe("the whole interval is within 2.01 of the exact 3 (± 0.01)");
    for (const nothing of [absent, unbounded]) {
      expect(nothing).toMatchObject({ measured: null, ciLow: null, ciHigh: null, verdict: "undecided" });
      expect(nothing.reason).toBe("too few data for an interval");
    }
    expect(unclaimed).toMatchObject({ measured: 2, predictions: [], verdict: "undecided" });
    expect(unclaimed.reason).toBe("there is no prediction at these parameters");
  });

  it("decides nothing where a higher confidence makes intervals reach beyond the margin", () => {
    const [found] = weighed(experiment, { familyConfidence: 0.999 });
    expect(found.ciHigh).toBeCloseTo(3.9, 9);
    expect(found.verdict).toBe("undecided");
  });

  it.each([
    [{ ...THREE, modelError: 2.9 }, "applies"],
    [{ ...THREE, modelError: 3.1 }, "outside assumptions"],
    [{ ...THREE, value: 0, modelError: 1.9 }, "applies"],
    [{ ...THREE, value: 0, modelError: 16_000 }, "outside assumptions"],
  ] satisfies [Prediction, string][])(
    "judges by no claim whose error exceeds the value and the floor: %o %s",
    (claim, status) => {
      const vague = { ...experiment, predict: () => new Map([["found", [claim]]]) };
      const [found] = weighed(vague);
      expect(found.predictions[0].status).toBe(status);
      if (status === "applies") return;
      expect(found.verdict).toBe("undecided");
      expect(found.reason).toMatch(/it may be off by (3.1|16000), more than the value itself$/);
    },
  );

  it("lets only bounds decide where the error of a sharper prediction says that nothing is known", () => {
    const claims: Prediction[] = [
      { ...THREE, kind: "refined", modelError: 9 },
      { ...THREE, kind: "refined", modelError: 0.001 },
      { ...THREE, kind: "limit" },
      bound({ atMost: 9 }, "there"),
    ];
    const vague = { ...experiment, predict: () => new Map([["found", claims]]) };
    const [found] = weighed(vague);
    const outside = "outside assumptions";
    expect(found.predictions.map(({ status }) => status)).toEqual([outside, outside, outside, "applies"]);
    expect(found.reason).toContain("bound");
  });

  it("does not hold a run with pauses to what is predicted without them", () => {
    // Found by the containers on a busy machine: 0.054 [0.029, 0.091] blocked, where 0.0204 are without delays.
    const paused = { messageDelay: 0.07, heldUpFraction: 0.065 };
    const claims = claimsOf(rateScaling.configure({ servers: "10" }, "1"), paused);
    expect(deciding(claims.get("blocked_fraction") ?? []).filter(({ kind }) => kind !== "bound")).toEqual([]);
    const jfsq = jfsqZeroWaiting.configure({ servers: "5" }, "1");
    const blocked = (heldUpFraction: number) =>
      claimsOf(jfsq, { messageDelay: 0.01, heldUpFraction }).get("blocked_fraction")?.[0].modelError ?? 0;
    expect(blocked(0.004) - blocked(0)).toBeCloseTo(0.004, 9);
    const times = fleet.configure({ servers: "2", policy: "random" }, "1");
    const whyNot = (heldUpFraction: number) =>
      ["sojourn_time_p90", "sojourn_time_p99"].map(
        (name) => claimsOf(times, { messageDelay: 0.01, heldUpFraction }).get(name)?.[0].why,
      );
    const hidden = "pauses held up 1.1 % of the jobs, and 1 % are above this percentile";
    expect(whyNot(0.009)).toEqual([undefined, undefined]);
    expect(whyNot(0.011)).toEqual([undefined, hidden]);
  });

  it("decides nothing at all in a void run, whatever was measured", () => {
    for (const quantity of weighed(experiment, { unjudged: { verdict: "void", reason: "a server left" } }))
      expect(quantity).toMatchObject({ verdict: "void", reason: "a server left" });
  });
});

describe("the verdict of a run", () => {
  const agrees = { role: "headline", verdict: "agrees" } as const;
  const undecided = { role: "headline", verdict: "undecided" } as const;

  it("needs its headline quantities, and nothing but them, to agree", () => {
    expect(overallVerdict([agrees, { ...undecided, role: "other" }, { ...undecided, role: "input" }])).toBe("agrees");
    expect(overallVerdict([agrees, undecided])).toBe("undecided");
    expect(overallVerdict([{ ...agrees, role: "other" }])).toBe("undecided");
    expect(overallVerdict([])).toBe("undecided");
  });

  it("differs if any quantity does, an input among them, and is void if any is", () => {
    const differs = { role: "input", verdict: "differs" } as const;
    expect(overallVerdict([agrees, undecided, differs])).toBe("differs");
    expect(overallVerdict([differs, { role: "other", verdict: "void" }])).toBe("void");
  });
});

describe("a run is decided", () => {
  it("once a difference is found, or all that can be decided is", () => {
    const agrees = { name: "a", verdict: "agrees", decidedBy: "the exact 3" } as const;
    const undecided = { ...agrees, verdict: "undecided" } as const;
    const unpredicted = { ...undecided, decidedBy: null } as const;
    const none = new Set<string>();
    expect(isDecided([agrees, unpredicted], none)).toBe(true);
    expect(isDecided([agrees, undecided], none)).toBe(false);
    expect(isDecided([agrees, { ...undecided, name: "distance" }], new Set(["distance"]))).toBe(true);
    expect(isDecided([undecided, { ...agrees, verdict: "differs" }], none)).toBe(true);
    expect(isDecided([unpredicted], none)).toBe(false);
    expect(isDecided([], none)).toBe(false);
  });
});

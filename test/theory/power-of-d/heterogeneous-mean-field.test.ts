import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { solveLyapunov } from "../../../theory/numerics/lyapunov.js";
import type { DrawnFleet } from "../../../theory/power-of-d/drawn-fleet.js";
import { heterogeneousMeanField } from "../../../theory/power-of-d/heterogeneous-mean-field.js";
import { jsqDRefinement } from "../../../theory/power-of-d/refined-mean-field.js";
import { ExactFleet } from "../../../theory/queues/exact-fleet.js";
import { byExpectedDelay, byLength, byLengthThenSpeed, type Preference } from "../../../theory/queues/preferences.js";
import type { RoutingLaw } from "../../../theory/queues/routing-laws.js";
import { denseSolve } from "../../support/dense-solve.js";

const HALVES = [
  { fraction: 0.5, rate: 1.5 },
  { fraction: 0.5, rate: 0.5 },
];
const solve = (changes: Partial<DrawnFleet>) =>
  heterogeneousMeanField({
    classes: HALVES,
    arrivalRate: 0.8,
    choices: 2,
    replacement: true,
    preference: byLength,
    ...changes,
  });

/** Every draw of two servers, one by one. */
const twoDrawn =
  (preference: Preference, replacement: boolean): RoutingLaw =>
  (lengths, rates) => {
    const chances = new Float64Array(rates.length);
    const draws = rates.length * (rates.length - (replacement ? 0 : 1));
    for (let one = 0; one < rates.length; one++) {
      for (let other = 0; other < rates.length; other++) {
        if (one === other && !replacement) continue;
        const better = preference(
          { length: lengths[one], rate: rates[one] },
          { length: lengths[other], rate: rates[other] },
        );
        if (better <= 0) chances[one] += (better === 0 ? 0.5 : 1) / draws;
        if (better >= 0) chances[other] += (better === 0 ? 0.5 : 1) / draws;
      }
    }
    return chances;
  };

describe("the mean field of the best of d", () => {
  it.each([
    ["jsq-d", byLength, 2.84974, 2.9693, 2.8216],
    ["sed-d", byExpectedDelay, 1.9883, 2.081, 1.9841],
    ["jfsq-d", byLengthThenSpeed, 2.60279, 2.7241, 2.5794],
  ] as const)("under %s is the one solved elsewhere, in a second", (_, preference, limit, withReplacement, without) => {
    const start = performance.now();
    const mean = solve({ preference })?.meanQueue;
    const distinct = solve({ preference, replacement: false })?.meanQueue;
    expect(mean?.value).toBeCloseTo(limit, 5);
    expect((mean?.value ?? 0) + (mean?.correction ?? 0) / 30).toBeCloseTo(withReplacement, 4);
    expect(distinct?.value).toBe(mean?.value);
    expect((distinct?.value ?? 0) + (distinct?.correction ?? 0) / 30).toBeCloseTo(without, 4);
    // Against a loop without end, not a machine that is busy.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("of one class is that of JSQ(d)", () => {
    for (const [arrivalRate, choices] of [
      [0.9, 2],
      [0.7, 3],
    ] as const) {
      const found = solve({ classes: [{ fraction: 1, rate: 1 }], arrivalRate, choices });
      const { fixedPoint, correction } = jsqDRefinement(arrivalRate, choices);
      for (const level of [1, 2, 3, 4]) {
        expect(found?.tail[level].value).toBeCloseTo(fixedPoint[level], 10);
        expect(found?.tail[level].correction).toBeCloseTo(correction[level], 8);
      }
    }
    expect(solve({ classes: [{ fraction: 1, rate: 1 }], arrivalRate: 0.9 })?.meanQueue.correction).toBeCloseTo(
      3.9864,
      4,
    );
  });

  it.each([
    [true, byExpectedDelay],
    [false, byExpectedDelay],
    [true, byLengthThenSpeed],
    [false, byLength],
  ])(
    "is what exact chains of few servers come to, but for terms of order 1/n^2; replacement %s",
    (replacement, preference) => {
      const arrivalRate = 0.4;
      const mean = solve({ arrivalRate, replacement, preference })?.meanQueue ?? { value: 0, correction: 0 };
      const errors = [2, 3, 4].map((half) => {
        const serviceRates = [...new Array<number>(half).fill(1.5), ...new Array<number>(half).fill(0.5)];
        const routing = twoDrawn(preference, replacement);
        const fleet = new ExactFleet({ totalArrivalRate: 2 * half * arrivalRate, serviceRates, buffer: 5, routing });
        const exact = fleet.mean((jobs) => jobs.reduce((sum, length) => sum + length, 0)) / (2 * half);
        const error = exact - (mean.value + mean.correction / (2 * half));
        // Much nearer than the limit itself, or as near.
        expect(Math.abs(error)).toBeLessThan(0.5 * Math.abs(exact - mean.value) + 0.01);
        return Math.abs(error) * 4 * half * half;
      });
      expect(errors[2]).toBeLessThan(1.3 * errors[1] + 0.02);
    },
  );

  it("serves what arrives, and is finite at the ends of the range", () => {
    const classes = [
      { fraction: 0.2, rate: 3 },
      { fraction: 0.8, rate: 0.5 },
    ];
    const found = solve({ classes, arrivalRate: 0.9, choices: 5, preference: byExpectedDelay });
    expect(found?.tail[0]).toEqual({ value: 1, correction: 0, correctionSize: 0 });
    expect(found?.tail.at(-1)?.value).toBeLessThan(1e-9);
    for (let i = 1; i < (found?.tail.length ?? 0); i++)
      expect(found?.tail[i].value).toBeLessThanOrEqual((found?.tail[i - 1].value ?? 0) + 1e-12);
    const idle = solve({ arrivalRate: 1e-100, choices: 100, preference: byExpectedDelay });
    expect((idle?.meanQueue.value ?? 0) * 1e100).toBeCloseTo(1 / 1.5, 6);
    for (const { value, correction } of idle?.tail ?? []) expect(Number.isFinite(value + correction)).toBe(true);
  });

  it("is undefined where queues grow for ever, and refuses what is out of range", () => {
    expect(solve({ arrivalRate: 1 })).toBeUndefined();
    expect(solve({ arrivalRate: 1e100 })).toBeUndefined();
    // Only the slow ones are drawn for a quarter of the jobs, of which they can do 0.05.
    const slow = [
      { fraction: 0.5, rate: 1.9 },
      { fraction: 0.5, rate: 0.1 },
    ];
    expect(solve({ classes: slow, arrivalRate: 0.21, preference: byExpectedDelay })).toBeUndefined();
    expect(() => solve({ choices: 1 })).toThrow(UserError);
    expect(() => solve({ arrivalRate: 0 })).toThrow(/arrival rate 0/);
    expect(() => solve({ classes: [{ fraction: 0.5, rate: 1 }] })).toThrow(/add up to 0.5/);
    expect(() => solve({ classes: [{ fraction: 1, rate: 0 }] })).toThrow(/service rate 0/);
    expect(() => solve({ classes: [...HALVES, { fraction: 0, rate: 1 }] })).toThrow(/fraction of servers 0/);
  });
});

describe("the Lyapunov equation", () => {
  it("is solved as by elimination, and not for a matrix that is not stable", () => {
    const a = [
      [-2, 1, 0.3],
      [0.5, -1, 0.2],
      [0, 4, -6],
    ];
    const noise = [1, 0.5, 3];
    const pairs = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j]));
    const equations = pairs.map(([i, j]) => pairs.map(([k, l]) => (l === j ? a[i][k] : 0) + (k === i ? a[j][l] : 0)));
    const expected = denseSolve(
      equations,
      pairs.map(([i, j]) => (i === j ? -noise[i] : 0)),
    );
    const found = solveLyapunov(new Matrix(a), noise).to1DArray();
    for (const [k, value] of expected.entries()) expect(found[k]).toBeCloseTo(value, 12);
    expect(() => solveLyapunov(new Matrix([[0.1]]), [1])).toThrow(/not stable/);
  });
});

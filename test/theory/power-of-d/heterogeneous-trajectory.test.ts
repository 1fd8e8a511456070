import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { meanOf } from "../../../model/statistics/across-runs.js";
import { type FleetCourse, fleetCourse } from "../../../simulator/fleet-course.js";
import type { DrawnFleet } from "../../../theory/power-of-d/drawn-fleet.js";
import { heterogeneousMeanField } from "../../../theory/power-of-d/heterogeneous-mean-field.js";
import { type FleetTransient, heterogeneousTrajectory } from "../../../theory/power-of-d/heterogeneous-trajectory.js";
import { JsqDTrajectory } from "../../../theory/power-of-d/mean-field.js";
import { byExpectedDelay, byLength, byLengthThenSpeed } from "../../../theory/queues/preferences.js";

const HALVES = [
  { fraction: 0.5, rate: 1.5 },
  { fraction: 0.5, rate: 0.5 },
];
const fleetOf = (changes: Partial<DrawnFleet> = {}): DrawnFleet => ({
  ...{ classes: HALVES, arrivalRate: 0.8, choices: 2, replacement: true, preference: byLength },
  ...changes,
});
const EMPTY = [[1], [1]];
const follow = (fleet: DrawnFleet, times: readonly number[], changes: Partial<FleetTransient> = {}) =>
  heterogeneousTrajectory({ phases: [{ from: 0, fleet }], start: EMPTY, times, ...changes }) ?? [];

describe("the mean field of the best of d over time", () => {
  it("of one class is that of JSQ(d), from empty and from queues", () => {
    for (const start of [[1], [1, 0.9, 0.5, 0.5, 0.1]]) {
      const fleet = fleetOf({ classes: [{ fraction: 1, rate: 1 }], arrivalRate: 0.7 });
      const times = [0, 0.3, 2, 9];
      const found = follow(fleet, times, { start: [start] });
      const other = new JsqDTrajectory(0.7, 2, start);
      for (const [k, time] of times.entries()) {
        const tail = other.at(time);
        for (const level of [0, 1, 2, 3, 4, 5]) expect(found[k].tail[level].value).toBeCloseTo(tail[level] ?? 0, 5);
      }
    }
  });

  it.each([
    ["jsq-d", byLength, true],
    ["sed-d", byExpectedDelay, true],
    ["jfsq-d", byLengthThenSpeed, false],
  ] as const)("under %s ends where it stays, with its correction", (_, preference, replacement) => {
    const fleet = fleetOf({ preference, replacement, arrivalRate: 0.4 });
    const [late] = follow(fleet, [80]);
    const rest = heterogeneousMeanField(fleet);
    expect(late.meanQueue.value).toBeCloseTo(rest?.meanQueue.value ?? Number.NaN, 5);
    expect(late.meanQueue.correction).toBeCloseTo(rest?.meanQueue.correction ?? Number.NaN, 3);
    for (const level of [1, 2, 3]) {
      expect(late.tail[level].value).toBeCloseTo(rest?.tail[level].value ?? Number.NaN, 5);
      expect(late.tail[level].correction).toBeCloseTo(rest?.tail[level].correction ?? Number.NaN, 3);
    }
  });

  it("serves what comes: jobs grow by what arrives and is not served, whatever the rates are", () => {
    const phases = [
      { from: 0, fleet: fleetOf({ arrivalRate: 1.3 }) },
      { from: 2, fleet: fleetOf({ arrivalRate: 0.4, classes: [HALVES[1], HALVES[0]], preference: byExpectedDelay }) },
    ];
    // While every server is busy, all serve.
    const start = [
      [1, 1, 1, 1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1, 1, 1, 1],
    ];
    const found = follow(phases[0].fleet, [0, 1, 2, 3], { phases, start });
    const jobs = found.map(({ meanQueue }) => meanQueue.value);
    expect(jobs[0]).toBe(8);
    expect(jobs[1]).toBeCloseTo(8 + 0.3, 4);
    expect(jobs[2]).toBeCloseTo(8 + 0.6, 3);
    expect(jobs[3]).toBeCloseTo(8 + 0.6 - 0.6, 2);
  });

  /** Means of many runs with n servers: the limit, and the limit with its correction, must be as near as they say. */
  it.each([
    ["jsq-d:replacement=yes", byLength, true],
    ["sed-d:replacement=yes", byExpectedDelay, true],
    ["sed-d", byExpectedDelay, false],
  ] as const)(
    "is what simulations of %s show, in a rush hour: at n 300 nearly, at n 20 with its correction",
    (policy, preference, replacement) => {
      const rush = [
        { from: 0, arrivalRate: 0.5 },
        { from: 6, arrivalRate: 1.1 },
        { from: 12, arrivalRate: 0.5 },
      ];
      const times = [1, 3, 6, 9, 12, 14, 18];
      const phases = rush.map(({ from, arrivalRate }) => ({
        from,
        fleet: fleetOf({ preference, replacement, arrivalRate }),
      }));
      const found = follow(phases[0].fleet, times, { phases });
      for (const [servers, runs] of [
        [300, 40],
        [20, 2000],
      ]) {
        const courses = Array.from(
          { length: runs },
          (_, run): FleetCourse =>
            fleetCourse({
              ...{ policy, phases: rush, times, seed: `${policy}/${servers}/${run}` },
              rates: Array.from({ length: servers }, (_, server) => (server % 2 === 0 ? 1.5 : 0.5)),
            }),
        );
        let [withCorrection, without] = [0, 0];
        for (const [k] of times.entries()) {
          const { value, standardError } = meanOf(courses.map(({ meanQueue }) => meanQueue[k]));
          const { value: limit, correction } = found[k].meanQueue;
          const error = Math.abs(value - limit - correction / servers);
          withCorrection += error;
          without += Math.abs(value - limit);
          // Five standard errors, and terms of order 1/n^2.
          expect(error, `n ${servers}, time ${times[k]}: ${value}`).toBeLessThan(5 * standardError + 8 / servers ** 2);
        }
        // Distinct draws nearly cancel the correction, and leave too little of it to be seen.
        if (servers === 20 && replacement) expect(withCorrection).toBeLessThan(without / 2);
      }
    },
  );

  it("refuses what is no course of a fleet, and does not follow queues that become too long", () => {
    const fleet = fleetOf();
    const classes = Array.from({ length: 10 }, (_, c) => ({ fraction: 0.1, rate: 1 + c / 10 }));
    const start = classes.map(() => [1]);
    expect(follow(fleetOf({ classes, arrivalRate: 9 }), [99], { start })).toEqual([]);
    const wrong = (changes: Partial<FleetTransient>) => () => follow(fleet, [1], changes);
    expect(wrong({ phases: [] })).toThrow(UserError);
    expect(wrong({ phases: [{ from: 1, fleet }] })).toThrow("the first must be from 0");
    expect(
      wrong({
        phases: [
          { from: 0, fleet },
          { from: 0, fleet },
        ],
      }),
    ).toThrow("must be in order of time");
    const others = fleetOf({ classes: [{ fraction: 1, rate: 1 }] });
    expect(
      wrong({
        phases: [
          { from: 0, fleet },
          { from: 1, fleet: others },
        ],
      }),
    ).toThrow("must not change");
    expect(wrong({ times: [2, 1] })).toThrow("must increase");
    for (const start of [[[1]], [[1], [0.5]], [[1, 0.2, 0.3], [1]], [[1, -0.1], [1]]])
      expect(wrong({ start })).toThrow("fall from 1");
  });
});

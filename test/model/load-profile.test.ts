import { describe, expect, it } from "vitest";
import { rateScheduleNamed } from "../../model/arrivals/index.js";
import { parseLoadProfile } from "../../model/load-profile.js";

describe.each(["9.75", "steps:8,12@3,9.5@7.5", "sine:10,3,4", "sine:2,0,1", "ramp:2,9,4", "ramp:5,1,7"])(
  "the load %s",
  (text) => {
    const load = parseLoadProfile(text);

    it("has a mean number of tasks that solves m' = load - m", () => {
      expect(load.meanTasks(0, 3)).toBeCloseTo(3, 12);
      let mean = 3;
      const STEP = 1e-4;
      for (let k = 0; k < 100_000; k++) {
        // The midpoint rule: its error is of order STEP^2, and of order STEP where the load jumps.
        mean += STEP * (load.at((k + 0.5) * STEP) - mean) * (1 - STEP / 2);
        if (k % 10_000 === 9_999) expect(load.meanTasks((k + 1) * STEP, 3)).toBeCloseTo(mean, 3);
      }
    });

    it("is at most its peak", () => {
      for (let t = 0; t < 20; t += 0.1) expect(load.at(t)).toBeLessThanOrEqual(load.peak + 1e-12);
    });

    it("is what the load generator sends at, for all pools together", () => {
      const schedule = rateScheduleNamed(load.schedule(10));
      for (const t of [0.5, 2.9, 5, 11]) {
        const perTime = (schedule.expectedBy(t + 1e-4) - schedule.expectedBy(t - 1e-4)) / 2e-4;
        expect(perTime).toBeCloseTo(10 * load.at(t), 4);
      }
    });
  },
);

describe("a load", () => {
  it.each([
    ["0", "must be a number > 0"],
    ["", "must be a number > 0"],
    ["-1", "must be a number > 0"],
    ["steps:1,2", "increasing times"],
    ["steps:1,2@3,4@2", "increasing times"],
    ["steps:1@2", "increasing times"],
    ["steps:1,0@2", "must be a number > 0"],
    ["sine:1,2,3", "needs AMPLITUDE <= MEAN"],
    ["sine:1,1", "period is missing"],
    [
      "waves:1",
      "use one of constant:LOAD | steps:LOAD,LOAD@TIME,... | ramp:FROM,TO,DURATION | sine:MEAN,AMPLITUDE,PERIOD",
    ],
    ["steps:1,2@3@4", "increasing times"],
  ])("cannot be %s", (text, message) => expect(() => parseLoadProfile(text)).toThrow(message));

  it("varies or not", () => {
    expect([parseLoadProfile("3"), parseLoadProfile("steps:3,4@1")].map(({ varies }) => varies)).toEqual([false, true]);
    expect(parseLoadProfile("3").initial).toBe(3);
  });
});

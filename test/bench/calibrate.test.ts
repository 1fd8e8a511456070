import { describe, expect, it } from "vitest";
import { CASES, judgeCase } from "../../bench/calibrate/cases.js";
import { reportOf } from "../../bench/calibrate/report.js";
import { DRAWS } from "../../bench/calibrate/settings.js";
import { calibrate, isOutside } from "../../bench/calibrate/trial.js";
import { randomStream } from "../../model/random.js";
import { scenarios } from "../../scenarios/index.js";

/** Settings of each scenario: CALIBRATED_SETTINGS=50 for a long run. */
const SETTINGS = Number(process.env.CALIBRATED_SETTINGS ?? 1);

describe.each(scenarios.map(({ name }) => name))("calibration of %s", (scenario) => {
  it("finds no prediction outside its error and no healthy run that differs, at a few settings", () => {
    const trials = Array.from({ length: SETTINGS }, (_, i) => {
      const seed = `1/${i + 1}`;
      return calibrate({ scenario, settings: DRAWS[scenario](randomStream(seed, scenario)), seed });
    });
    for (const trial of trials) {
      const at = JSON.stringify(trial.settings);
      expect(trial.crashed, at).toBeUndefined();
      expect(trial.quantities.filter(isOutside), at).toEqual([]);
      expect(trial.run?.differ ?? [], at).toEqual([]);
    }
    expect(trials.filter(({ refused }) => refused === undefined).length).toBeGreaterThan(0);
    expect(reportOf(trials, [])).toContain(`| ${scenario} |`);
  });
});

// Wrong inputs are found even sooner: test/experiments/inputs.test.ts.
describe("a system with a wrong policy", () => {
  it.each(CASES.filter(({ name, wrong }) => wrong !== undefined && !name.includes("2 %")).map(({ name }) => name))(
    "is told from the right one: %s",
    (name) => {
      const seed = "1";
      expect(judgeCase({ case: name, seed }).verdict).toBe("differs");
    },
  );
});

import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { lateBindingSojourn } from "../../../theory/power-of-d/late-binding.js";
import { phasesCorrection, refinedLateBinding } from "../../../theory/power-of-d/refined-late-binding.js";
import { jsqDRefinement } from "../../../theory/power-of-d/refined-mean-field.js";

describe("the correction of late binding", () => {
  it.each([
    [0.9, 2],
    [0.7, 3],
  ])("at load %d, d %d, with phases of a job each is that of JSQ(d)", (load, choices) => {
    const { correction } = jsqDRefinement(load, choices);
    // Little's law: n times what is added to the jobs that wait, per server.
    const jobs = correction.reduce((sum, one) => sum + one, 0);
    expect(load * phasesCorrection(load, choices, true, 1).byBend).toBeCloseTo(jobs, 5);
    expect(phasesCorrection(load, choices, true, 1).byDraws).toBe(0);
    // Distinct draws find shorter queues.
    expect(phasesCorrection(load, choices, false, 1).byDraws).toBeLessThan(0);
  });

  it("converges as phases become short, and adds to the limit of Hellemans and Van Houdt (2018)", () => {
    for (const [load, choices] of [
      [0.5, 2],
      [0.8, 2],
      [0.9, 3],
    ] as const) {
      const wait = refinedLateBinding(load, choices, true);
      expect(wait.value).toBe(lateBindingSojourn(load, choices) - 1);
      expect(wait.correction).toBeGreaterThan(0);
      expect(wait.correctionError).toBeLessThan(0.1 * wait.correction);
      // Linear in the length of phases, for short ones.
      const short = phasesCorrection(load, choices, true, 1 / 8).byBend;
      expect(Math.abs(short / wait.correction - 1)).toBeLessThan(0.2);
    }
  });

  it("exists at every load, and refuses what is out of range", () => {
    expect(refinedLateBinding(0.9999, 2, true).correction).toBeGreaterThan(100);
    expect(refinedLateBinding(1e-9, 5, false).value).toBeLessThan(1e-9);
    expect(() => refinedLateBinding(1, 2, true)).toThrow(UserError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { merged } from "../../load-generator/merge.js";
import { Recorder } from "../../load-generator/recorder.js";
import { statistics } from "../../load-generator/result.js";
import { readThreshold } from "../../load-generator/thresholds.js";
import { UserError } from "../../model/errors.js";

/** The file that a generator with these sojourn times, in seconds, writes. */
function fileOf(name: string, sojourns: readonly number[], changes: object = {}) {
  const recorder = new Recorder();
  for (const seconds of sojourns) {
    recorder.counts.sent++;
    recorder.record("sojourn", seconds);
    recorder.ended("completed");
  }
  const what = { version: "1", target: "ws://d", arrivals: "poisson at rate 20", sizes: "exponential", seed: name };
  const measured = statistics({ recorder, measuredSeconds: 10, underWay: 1 }, []);
  const recorded = recorder.snapshot();
  const result = { format: 1, ...what, timeUnitSeconds: 0.05, ...measured, whyVoid: null, recorded, ...changes };
  return { name, text: JSON.stringify(result) };
}

/** The smallest value that has p percent of all at or below it. */
function percentileOf(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil((p * values.length) / 100) - 1)];
}

describe("results of several generators", () => {
  it("have the percentiles of all their jobs together, and their mean", () => {
    const times = fc.array(fc.double({ min: 1e-3, max: 100, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), (generators) => {
        const { seconds, jobs, completedPerSecond } = merged(
          generators.map((sojourns, i) => fileOf(`g${i}`, sojourns)),
          [],
        );
        const all = generators.flat();
        expect(jobs).toMatchObject({ sent: all.length, completed: all.length, underWay: generators.length });
        expect(completedPerSecond).toBeCloseTo(all.length / 10, 9);
        const { sojourn } = seconds;
        expect(sojourn?.mean).toBeCloseTo(all.reduce((sum, x) => sum + x, 0) / all.length, 9);
        for (const [name, p] of [
          ["p50", 50],
          ["p90", 90],
          ["p99", 99],
          ["p99.9", 99.9],
          ["max", 100],
        ] as const) {
          const exact = percentileOf(all, p);
          // Three significant digits, and whole microseconds.
          expect(Math.abs((sojourn?.[name] ?? Number.NaN) - exact)).toBeLessThan(0.001 * exact + 1e-6);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("meet a threshold together that one of them alone does not meet, and can be merged again", () => {
    const [fast, slow] = [fileOf("a", Array<number>(99).fill(0.1)), fileOf("b", Array<number>(2).fill(1))];
    const threshold = readThreshold("sojourn_p90<0.2s");
    expect(merged([slow], [threshold]).thresholds[0].holds).toBe(false);
    const both = merged([fast, slow], [threshold]);
    expect(both.thresholds[0].holds).toBe(true);
    expect(both.seed).toBe("a, b");
    const again = merged([{ name: "ab", text: JSON.stringify(both) }], [threshold]);
    expect(again.seconds).toEqual(both.seconds);
  });

  it("are void if one of them is, with its name", () => {
    expect(merged([fileOf("a", [1]), fileOf("b.json", [1], { whyVoid: "late" })], []).whyVoid).toBe("b.json: late");
  });

  it("are refused in one line if they are none, or of different time units", () => {
    const good = fileOf("a", [1]);
    const refused = (text: string, remedy: RegExp): void => {
      const merge = (): unknown => merged([good, { name: "b.json", text }], []);
      expect(merge).toThrow(UserError);
      expect(merge).toThrow(remedy);
    };
    refused("sent 3", /b\.json is not the result of a load generator: .*--output json/);
    refused(JSON.stringify({ ...JSON.parse(good.text), recorded: undefined }), /b\.json is not the result/);
    const { recorded } = JSON.parse(good.text);
    const broken = { ...recorded, histograms: { ...recorded.histograms, sojourn: "HISTFAAAA" } };
    refused(JSON.stringify({ ...JSON.parse(good.text), recorded: broken }), /b\.json: its histograms cannot be read/);
    refused(fileOf("b", [1], { timeUnitSeconds: 1 }).text, /time units of the results differ: 0\.05 s, 1 s/);
  });
});

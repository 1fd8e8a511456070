import { describe, expect, it } from "vitest";
import { together } from "../../load-generator/generator-group.js";
import { Recorder } from "../../load-generator/recorder.js";
import { readThreshold } from "../../load-generator/thresholds.js";
import { UserError } from "../../model/errors.js";
import { exponential, randomStream } from "../../model/random.js";

const TOTALS = {
  ...{ sent: 2, resent: 0, unsent: 1, completed: 1, blocked: 1, lost: 0, timedOut: 0 },
  ...{ lagTotal: 3, lagMax: 2, heldUp: 0, sojournTotal: 5, pauses: 1 },
};

/** What percentile p of the values is, by sorting: the smallest value that has p percent of all at or below it. */
function percentileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p * sorted.length) / 100) - 1)];
}

describe("the recorder", () => {
  it("has exact means and the percentiles of the values to three digits, alone and put together", () => {
    const random = randomStream("1", "durations");
    const values = Array.from({ length: 5000 }, () => exponential(random, 0.02));
    const parts = [new Recorder(), new Recorder()];
    for (const [i, value] of values.entries()) {
      parts[i % 2].record("sojourn", value);
      parts[i % 2].ended("completed");
    }
    const { recorder, totals, underWay } = together(
      parts.map((part) => ({
        totals: TOTALS,
        underWay: 4,
        running: true,
        measuredSeconds: 1,
        recorded: part.snapshot(),
      })),
    );
    expect(recorder.count("sojourn")).toBe(5000);
    expect(recorder.counts.completed).toBe(5000);
    expect(recorder.mean("sojourn")).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / 5000, 12);
    for (const p of [1, 50, 90, 99, 99.9, 100]) {
      const exact = percentileOf(values, p);
      // Three significant digits, and whole microseconds.
      expect(Math.abs(recorder.percentile("sojourn", p) - exact)).toBeLessThan(0.001 * exact + 1e-6);
    }
    expect(totals).toEqual({
      ...TOTALS,
      sent: 4,
      unsent: 2,
      completed: 2,
      blocked: 2,
      lagTotal: 6,
      sojournTotal: 10,
      pauses: 2,
    });
    expect(underWay).toBe(8);
  });

  it("has no mean and no percentile of nothing, and takes no time for another, however long, alone or put together", () => {
    const recorder = new Recorder();
    expect(recorder.mean("waiting")).toBeNaN();
    expect(recorder.percentile("waiting", 50)).toBeNaN();
    recorder.record("waiting", 1e6);
    recorder.record("waiting", 1);
    const both = new Recorder();
    both.add(recorder.snapshot());
    for (const one of [recorder, both]) {
      expect(one.percentile("waiting", 100) / 1e6).toBeCloseTo(1, 2);
      expect(one.percentile("waiting", 50)).toBeCloseTo(1, 2);
    }
  });
});

describe("a threshold", () => {
  const recorder = new Recorder();
  for (const value of [0.1, 0.2, 0.3, 0.4]) recorder.record("sojourn", value);
  for (const outcome of ["completed", "completed", "completed", "completed", "blocked"] as const)
    recorder.ended(outcome);

  it.each([
    ["sojourn_mean<251ms", true],
    ["sojourn_mean<249ms", false],
    ["sojourn_mean > 0.249s", true],
    ["sojourn_p50<205ms", true],
    ["sojourn_p50<195ms", false],
    ["sojourn_p99.9<405ms", true],
    ["sojourn_max>0.39s", true],
    ["blocked_fraction<21%", true],
    ["blocked_fraction<0.19", false],
    ["lost_fraction<1%", true],
    ["lag_p99<1ms", undefined],
    ["rate>1.9/s", true],
    ["rate > 2.1/s", false],
  ])("%s on four sojourn times of 0.1 to 0.4 s and a blocked job within 2 s: %s", (text, holds) => {
    expect(readThreshold(text).holds({ recorder, measuredSeconds: 2 })).toBe(holds);
  });

  it("on the rate is decided at the end only", () => {
    expect(readThreshold("rate>95/s").mayAbort).toBe(false);
    expect(readThreshold("lost_fraction<1%").mayAbort).toBe(true);
  });

  it.each([
    ["sojourn_p99", 'threshold "sojourn_p99": write METRIC<VALUE'],
    ["sojourn_p101<1s", "unknown metric sojourn_p101"],
    ["speed<1", "unknown metric speed"],
    ["sojourn_p99<250", "sojourn_p99 is a time: write 250ms"],
    ["blocked_fraction<1ms", "blocked_fraction is a fraction: write 0.01"],
    ["rate>95", "rate is a rate: write 95/s"],
    ["sojourn_p99<95/s", "sojourn_p99 is a time: write 250ms"],
    ["sojourn_p99<1.2.3s", "1.2.3 is not a number"],
  ])("written %s is refused", (text, message) => {
    expect(() => readThreshold(text)).toThrow(UserError);
    expect(() => readThreshold(text)).toThrow(message);
  });
});

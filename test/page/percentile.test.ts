import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeHistogram } from "../../model/statistics/time-histogram.js";
import { timeExceededBy } from "../../page/percentile.js";

describe("percentiles of a tail", () => {
  it("are those of an exponential law where its values are spread evenly", () => {
    const histogram = new TimeHistogram();
    const count = 20_000;
    for (let i = 0; i < count; i++) histogram.add(-Math.log((i + 0.5) / count));
    for (const fraction of [0.9, 0.5, 0.05, 0.01])
      expect((timeExceededBy(fraction, histogram.tail()) ?? 0) / -Math.log(fraction)).toBeCloseTo(1, 2);
  });

  it("are unknown before there are jobs", () => {
    expect(timeExceededBy(0.5, new TimeHistogram().tail())).toBeNull();
  });

  it("are within the width of a bin of the sorted values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 20, maxLength: 300 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (values, fraction) => {
          const histogram = new TimeHistogram();
          for (const value of values) histogram.add(value);
          const found = timeExceededBy(fraction, histogram.tail()) ?? Number.NaN;
          // As many values lie above it as it says, but for those of its own bin, which is at most 1/16 wide.
          const above = (time: number) => values.filter((value) => value > time).length / values.length;
          expect(above(found * 1.07)).toBeLessThanOrEqual(fraction + 1e-9);
          expect(above(found / 1.07 - 1e-9)).toBeGreaterThanOrEqual(fraction - 1e-9);
        },
      ),
    );
  });
});

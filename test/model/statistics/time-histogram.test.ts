import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeHistogram } from "../../../model/statistics/time-histogram.js";

describe("the histogram of times", () => {
  it("has at each edge the very fraction of the times that are longer", () => {
    const times = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, (values) => {
        const histogram = new TimeHistogram();
        for (const value of values) histogram.add(value);
        const { times: edges, fractions } = histogram.tail();
        expect(fractions[0]).toBe(1);
        expect(fractions.at(-1)).toBe(0);
        for (const [i, edge] of edges.entries()) {
          // A value at an edge to the last bits may be counted on either side of it.
          const least = values.filter((value) => value > edge * (1 + 1e-12)).length / values.length;
          const most = values.filter((value) => value >= edge * (1 - 1e-12)).length / values.length;
          expect(fractions[i]).toBeGreaterThanOrEqual(least - 1e-12);
          expect(fractions[i]).toBeLessThanOrEqual(most + 1e-12);
        }
      }),
    );
  });

  it("puts what is longer than its last edge, 2^14, into its last bin", () => {
    const histogram = new TimeHistogram();
    for (const time of [5, 16_000, 1e9]) histogram.add(time);
    const { times, fractions } = histogram.tail();
    expect([fractions.at(-2), fractions.at(-1)]).toEqual([2 / 3, 0]);
    expect(times.at(-1) ?? 0).toBe(2 ** 14);
    expect(times.at(-2) ?? 0).toBeLessThan(16_000);
  });

  it("is the sum of others whose bins it was told", () => {
    const times = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), (parts) => {
        const [sum, whole] = [new TimeHistogram(), new TimeHistogram()];
        for (const part of parts) {
          const one = new TimeHistogram();
          for (const time of part) for (const histogram of [one, whole]) histogram.add(time);
          sum.addBins(one.bins());
        }
        expect(sum.tail()).toEqual(whole.tail());
        expect(sum.bins()).toEqual(whole.bins());
      }),
    );
  });

  it("forgets what it saw when it is cleared", () => {
    const histogram = new TimeHistogram();
    histogram.add(1);
    histogram.clear();
    expect(histogram.tail()).toEqual({ times: [0], fractions: [1] });
  });
});

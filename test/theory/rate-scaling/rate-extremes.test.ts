import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { expectedDistance, expectedRange } from "../../../theory/rate-scaling/rate-extremes.js";
import { gaussian } from "../../support/gaussian.js";

describe("the extremes of independent normal rates (Lemma 2.10 and Theorem 2.11 of Rutten, Zubeldia and Mukherjee 2023)", () => {
  it.each([
    [1, 0],
    [2, 1.128379],
    [3, 1.692569],
    [5, 2.325929],
    [10, 3.077505],
    [25, 3.930629],
    [100, 5.015188],
  ])("have the mean range of %i standard normal values, as in tables", (servers, range) => {
    expect(expectedRange({ servers, mean: 7, standardDeviation: 1 })).toBeCloseTo(range, 5);
    expect(expectedRange({ servers, mean: 7, standardDeviation: 0.02 })).toBeCloseTo(0.02 * range, 7);
  });

  it("have the mean distance of one value from its mean, sd sqrt(2/pi), and nearly the offset where that is greater", () => {
    const one = { servers: 1, mean: 1.5, standardDeviation: 0.1 };
    expect(expectedDistance(one, 1.5)).toBeCloseTo(0.1 * Math.sqrt(2 / Math.PI), 6);
    expect(expectedDistance(one, 3)).toBeCloseTo(1.5, 6);
    expect(expectedDistance({ ...one, servers: 50, standardDeviation: 1e-6 }, 1.6)).toBeCloseTo(0.1, 5);
  });

  it("are those of samples", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        (servers, offset, seed) => {
          const random = randomStream(String(seed), "rates");
          const [range, distance] = [0, 0].map(() => [] as number[]);
          for (let i = 0; i < 2000; i++) {
            const rates = Array.from({ length: servers }, () => 2 + 0.1 * gaussian(random));
            range.push(Math.max(...rates) - Math.min(...rates));
            distance.push(Math.max(...rates.map((rate) => Math.abs(rate - 2 - offset))));
          }
          const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
          const system = { servers, mean: 2, standardDeviation: 0.1 };
          // Six standard errors of the mean of 2000 samples, each of a deviation of at most 0.09.
          expect(Math.abs(mean(range) - expectedRange(system))).toBeLessThan(0.012);
          expect(Math.abs(mean(distance) - expectedDistance(system, 2 + offset))).toBeLessThan(0.012);
        },
      ),
      { numRuns: 20 },
    );
  });
});

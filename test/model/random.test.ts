import { describe, expect, it } from "vitest";
import { exponential, randomStream, uniformIndex } from "../../model/random.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

const draw = (seed: string, purpose: string, count: number): number[] => {
  const random = randomStream(seed, purpose);
  return Array.from({ length: count }, () => random());
};

describe("named random streams", () => {
  it("are the same for the same seed and purpose, and different for any other", () => {
    expect(draw("1", "arrivals", 10)).toEqual(draw("1", "arrivals", 10));
    expect(draw("1", "arrivals", 10)).not.toEqual(draw("1", "works", 10));
    expect(draw("1", "arrivals", 10)).not.toEqual(draw("2", "arrivals", 10));
  });

  it("are uniform on [0, 1), and two of them are uncorrelated", () => {
    const [x, y] = [draw("1", "arrivals", 20_000), draw("1", "works", 20_000)];
    expect(kolmogorovSmirnov(x, (p) => p, 1e-4)).toBeLessThan(1);
    const covariance = x.reduce((sum, value, i) => sum + (value - 0.5) * (y[i] - 0.5), 0) / x.length;
    // Five standard errors, a twelfth over the root of the count each.
    expect(Math.abs(covariance)).toBeLessThan(5 / 12 / Math.sqrt(x.length));
  });

  it("give exponential variables by inversion, at both ends of the stream's range too", () => {
    const random = randomStream("1", "exponential");
    const values = Array.from({ length: 20_000 }, () => exponential(random, 3));
    expect(kolmogorovSmirnov(values, (x) => 1 - Math.exp(-x / 3), 1e-4)).toBeLessThan(1);
    expect(exponential(() => 0, 3)).toBeCloseTo(0, 12);
    expect(exponential(() => 1 - 2 ** -53, 3)).toBeCloseTo(3 * 53 * Math.LN2, 9);
  });

  it("give every index below a bound, the last one included, and never the bound", () => {
    expect(uniformIndex(() => 0, 7)).toBe(0);
    expect(uniformIndex(() => 1 - 2 ** -53, 7)).toBe(6);
  });
});

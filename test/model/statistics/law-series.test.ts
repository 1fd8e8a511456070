import { describe, expect, it } from "vitest";
import { exponential, randomStream } from "../../../model/random.js";
import { acrossRuns } from "../../../model/statistics/across-runs.js";
import {
  kolmogorovToExponential,
  stepQuantile,
  wassersteinToExponential,
} from "../../../model/statistics/exponential-distance.js";
import { LawSeries } from "../../../model/statistics/law-series.js";

describe("the distance of a law to the exponential one", () => {
  it("of a single point is known in closed form", () => {
    // Between a point at x and Exp(1): x - 1 + 2 e^-x.
    for (const x of [0, 0.3, 1, 4]) {
      const law = { values: [x], cumulative: [1] };
      expect(wassersteinToExponential(law, 1)).toBeCloseTo(x - 1 + 2 * Math.exp(-x), 12);
      expect(kolmogorovToExponential(law, 1)).toBeCloseTo(Math.max(1 - Math.exp(-x), Math.exp(-x)), 12);
    }
  });

  it("of a geometric law on a fine lattice is the distance between their means, by stochastic order", () => {
    const [step, mean] = [0.01, 0.8];
    const q = 0.985;
    const values = Array.from({ length: 5000 }, (_, k) => k * step);
    const law = { values, cumulative: values.map((_, k) => 1 - q ** (k + 1)) };
    const geometricMean = (step * q) / (1 - q);
    expect(geometricMean).toBeLessThan(mean);
    expect(wassersteinToExponential(law, mean)).toBeCloseTo(mean - geometricMean, 9);
  });

  it("agrees with the integral taken numerically", () => {
    const law = { values: [0.1, 0.5, 0.6, 2, 3], cumulative: [0.2, 0.4, 0.5, 0.9, 1] };
    let area = 0;
    const step = 1e-4;
    for (let x = step / 2; x < 40; x += step) {
      const index = law.values.findLastIndex((value) => value <= x);
      const level = index < 0 ? 0 : law.cumulative[index];
      area += step * Math.abs(level - (1 - Math.exp(-x / 1.3)));
    }
    expect(wassersteinToExponential(law, 1.3)).toBeCloseTo(area, 4);
    expect(stepQuantile(law, 0.45)).toBe(0.6);
    expect(stepQuantile({ values: [1, 2], cumulative: [0.5, 1 - 1e-15] }, 1)).toBe(2);
  });
});

/** A stationary series with exponential(1) marginals that forgets each value with probability `renewal`. */
function series(seed: string, length: number, renewal: number): LawSeries {
  const random = randomStream(seed, "law");
  const law = new LawSeries();
  let value = exponential(random, 1);
  for (let i = 0; i < length; i++) {
    if (random() < renewal) value = exponential(random, 1);
    law.add(value);
  }
  return law;
}

describe("the law of a dependent series", () => {
  // 200 runs; a true coverage of 95 % gives fewer than 180 with probability below 1e-3.
  it.each([
    [1, 2000],
    [0.3, 2500],
  ])("has intervals that cover, renewed with probability %d", (renewal, length) => {
    const covered = { median: 0, wasserstein: 0, kolmogorov: 0 };
    const away = -Math.log(1 - 0.5);
    // The true law is Exp(1); its distance to Exp(1.2) is 0.2, and the greatest difference of the two is where densities meet.
    const x = (Math.log(1.2) * 1.2) / 0.2;
    const kolmogorov = Math.exp(-x / 1.2) - Math.exp(-x);
    for (let run = 0; run < 200; run++) {
      const law = series(`${run}`, length, renewal);
      const holds = ({ low, high }: { low: number; high: number }, value: number): number =>
        low <= value && value <= high ? 1 : 0;
      covered.median += holds(law.quantile(0.5).interval(0.95), away);
      covered.wasserstein += holds(law.wasserstein(1.2).interval(0.95), 0.2);
      covered.kolmogorov += holds(law.kolmogorov(1.2).interval(0.95), kolmogorov);
    }
    for (const count of Object.values(covered)) expect(count).toBeGreaterThanOrEqual(180);
  });

  it("keeps bounded memory and the law", () => {
    const law = series("long", 200_000, 1);
    expect(law.law().values.length).toBeLessThanOrEqual(16_384);
    const { low, high } = law.wasserstein(1).interval(0.999);
    expect(low).toBe(0);
    expect(high).toBeLessThan(0.09);
  });

  it("covers a quantile that may be the greatest value seen, or the only one", () => {
    // P(X >= k) = 0.4^k: the 95th percentile is 3, and short series often end at 2 or 3 or have nothing above 4.
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const random = randomStream(`${run}`, "law");
      const law = new LawSeries();
      for (let look = 0; look < 100; look++) law.add(Math.floor(Math.log(1 - random()) / Math.log(0.4)));
      const { low, high } = law.quantile(0.95).interval(0.99);
      if (low <= 3 && 3 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(392);
    const same = new LawSeries();
    for (let look = 0; look < 100; look++) same.add(1);
    expect(same.quantile(0.95).interval(0.9).high).toBe(Number.POSITIVE_INFINITY);
  });

  it("has no interval where there are too few looks", () => {
    const few = series("few", 10, 1);
    expect(few.wasserstein(1).interval(0.9).high).toBe(Number.POSITIVE_INFINITY);
    expect(few.quantile(0.5).interval(0.9).low).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("distances averaged over short runs", () => {
  it("keep what noise adds to each of them out of the verdict", () => {
    // The true distance is 0; every run sees more.
    const runs = Array.from({ length: 60 }, (_, run) => {
      const { value, bias } = series(`short ${run}`, 200, 1).wasserstein(1);
      return { value, variance: null, trials: null, bias: bias?.() ?? 0 };
    });
    const { value, interval } = acrossRuns(runs, 0.99);
    expect(value).toBeGreaterThan(0.04);
    expect(
      acrossRuns(
        runs.map(({ bias: _, ...run }) => run),
        0.99,
      ).interval.low,
    ).toBeGreaterThan(0.03);
    expect(interval.low).toBeLessThan(0);
  });
});

describe("an interval of a law", () => {
  /** Values on a lattice, each as likely. */
  const onLattice = (steps: number): LawSeries => {
    const random = randomStream("lattice", String(steps));
    const law = new LawSeries();
    for (let i = 0; i < 4000; i++) law.add(Math.floor(steps * random()));
    return law;
  };

  it("of a quantile on a lattice reaches to the neighbouring values at least", () => {
    const { value, interval } = onLattice(3).quantile(0.5);
    expect(value).toBe(1);
    expect(interval(0.99)).toEqual({ low: 0, high: 2 });
    // Of two values, nothing was seen above the greater one.
    const { high, low } = onLattice(2).quantile(0.9).interval(0.99);
    expect([low, high]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it("of a distance says nothing where all values are equal", () => {
    const law = onLattice(1);
    for (const { interval } of [law.wasserstein(1), law.kolmogorov(1)])
      expect(interval(0.99)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});

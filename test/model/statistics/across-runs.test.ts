import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { acrossRuns, meanOf, type RunEstimate } from "../../../model/statistics/across-runs.js";
import { gaussian } from "../../support/gaussian.js";

const STUDIES = 4000;
/** Beyond this the fraction of 4000 intervals of 95 % that cover is in one study of 10,000. */
const SLACK = 3.89 * Math.sqrt((0.95 * 0.05) / STUDIES);

const run = (value: number, variance: number | null = null, trials: number | null = null): RunEstimate => ({
  value,
  variance,
  trials,
});

function coverage(truth: number, runs: (study: number) => RunEstimate[]): number {
  let covered = 0;
  for (let study = 0; study < STUDIES; study++) {
    const { low, high } = acrossRuns(runs(study), 0.95).interval;
    if (low <= truth && truth <= high) covered++;
  }
  return covered / STUDIES;
}

describe("a quantity from independent runs", () => {
  it("has Student's interval: of 1, 2, 3 it is 2 -/+ 4.303 / sqrt(3)", () => {
    const { value, interval } = acrossRuns([run(1), run(2), run(3)], 0.95);
    expect(value).toBe(2);
    expect(interval.high - 2).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(2 - interval.low).toBeCloseTo(interval.high - 2, 12);
  });

  it("cannot be told from one run", () => {
    expect(meanOf([7]).standardError).toBe(Number.POSITIVE_INFINITY);
    expect(acrossRuns([run(7)], 0.95).interval.high).toBe(Number.POSITIVE_INFINITY);
  });

  it("is covered as often as it should be", () => {
    const random = randomStream("across", "mean");
    const covered = coverage(3, () => Array.from({ length: 5 }, () => run(3 + gaussian(random))));
    expect(Math.abs(covered - 0.95)).toBeLessThan(SLACK);
  });

  it("is averaged by its square if it is a standard deviation, so that one of 0 is not taken for more", () => {
    const random = randomStream("across", "variance");
    const runs = () =>
      Array.from({ length: 5 }, () => {
        const variance = gaussian(random);
        return run(Math.sqrt(Math.max(0, variance)), variance);
      });
    // The upper end lies above 0 but for those studies whose interval of the square is below it all.
    expect(coverage(0, runs)).toBeGreaterThan(0.95 - SLACK);
    const values = Array.from({ length: 2000 }, () => acrossRuns(runs(), 0.95).value);
    expect(values.filter((value) => value === 0).length).toBeGreaterThan(900);
  });

  it("is not known to be 0 if it is a fraction and nothing happened in so many trials", () => {
    const { interval } = acrossRuns(
      Array.from({ length: 10 }, () => run(0, null, 1000)),
      0.95,
    );
    expect(interval.low).toBeCloseTo(0, 15);
    // The rule of three, for 0 of 10,000.
    expect(interval.high).toBeCloseTo(1 - 0.025 ** (1 / 10_000), 10);
  });
});

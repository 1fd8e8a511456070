import { describe, expect, it } from "vitest";
import { judgeCourse } from "../../figures/trajectory-band.js";
import { randomStream } from "../../model/random.js";

const TIMES = Array.from({ length: 50 }, (_, k) => k / 10);

/** Independent runs of a curve with noise of standard deviation 1 at every time, uniform. */
function runsOf(curve: (time: number) => number, count: number, seed: string): number[][] {
  const random = randomStream(seed, "noise");
  return Array.from({ length: count }, () => TIMES.map((time) => curve(time) + Math.sqrt(12) * (random() - 0.5)));
}

describe("a course of means against a prediction", () => {
  const curve = (time: number): number => Math.exp(-time);
  const predicted = TIMES.map(curve);

  it("is not seen to differ from the curve it has, in all but one of a hundred cases", () => {
    let differing = 0;
    for (let trial = 0; trial < 400; trial++) {
      const runs = runsOf(curve, 12, `trial ${trial}`);
      if (judgeCourse({ name: "", times: TIMES, runs, predicted }).verdict === "differs") differing++;
    }
    // At most 4 expected, Poisson: more than 12 has a probability of 3e-4, and the seeds are fixed.
    expect(differing).toBeLessThanOrEqual(12);
  });

  it("differs from one that leaves its band at a single time, and says when", () => {
    const runs = runsOf((time) => curve(time) + (time === 2 ? 1.5 : 0), 100, "off");
    const found = judgeCourse({ name: "", times: TIMES, runs, predicted });
    expect(found).toMatchObject({ verdict: "differs", at: 2 });
    expect(Math.abs(found.distance - 1.5)).toBeLessThan(0.5);
    expect(found.within).toBeCloseTo(found.distance + found.halfWidth, 1);
  });

  it("has no band where all runs are the same, and says how far they are off", () => {
    const runs = [1, 2, 3].map(() => TIMES.map(() => 1));
    const half = TIMES.map((time) => (time === 2 ? 0.5 : 1));
    const found = judgeCourse({ name: "", times: TIMES, runs, predicted: half });
    expect(found).toEqual({ distance: 0.5, at: 2, halfWidth: NaN, verdict: "not seen to differ", within: NaN });
  });

  it("has half widths that shrink with the square root of the runs, and leaves out times without variance", () => {
    const at = (count: number): number => {
      const runs = runsOf(curve, count, "width").map((run) => [curve(0), ...run.slice(1)]);
      return judgeCourse({ name: "", times: TIMES, runs, predicted }).within;
    };
    expect(at(100) / at(1600)).toBeGreaterThan(2.5);
    expect(at(100) / at(1600)).toBeLessThan(6);
  });
});

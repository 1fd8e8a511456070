import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { empiricalJobSizes } from "../../model/job-sizes/empirical.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import type { JobSizeLaw } from "../../model/job-sizes/job-size-law.js";
import { randomStream } from "../../model/random.js";
import { kolmogorovSmirnov } from "../support/kolmogorov-smirnov.js";

const LAWS = [
  "exponential",
  "gamma:0.25",
  "gamma:4",
  "hyperexponential:1",
  "hyperexponential:4",
  "lognormal:0.5",
  "lognormal:4",
  "bounded-pareto:1.5,1000",
  "bounded-pareto:1,100",
  "bounded-pareto:2,100",
  "weibull:0.5",
  "weibull:1",
  "weibull:3",
  "types:1x5x2",
  "types:0.9x1x1+0.1x20x4",
  "types:2x1x0.5+1x3x1+1x0.2x2",
];
const DRAWS = 20_000;

function draws(law: JobSizeLaw, seed: string, count: number): number[] {
  const works = law.sequence(randomStream(seed, "works"));
  return Array.from({ length: count }, () => works.next());
}

/** The integral of f over [0, upTo], by the midpoints of n parts of equal length in log x, and from 0 on one part more. */
function integral(f: (x: number) => number, upTo: number): number {
  const parts = 200_000;
  const least = 1e-9;
  const ratio = (upTo / least) ** (1 / parts);
  let sum = f(least / 2) * least;
  for (let i = 0, x = least; i < parts; i++, x *= ratio) sum += f(x * Math.sqrt(ratio)) * x * (ratio - 1);
  return sum;
}

describe("job sizes", () => {
  it.each(LAWS)("%s are drawn from the distribution that the law claims", (name) => {
    const law = jobSizeLawNamed(name);
    expect(law.name).toBe(name);
    expect(kolmogorovSmirnov(draws(law, "1", DRAWS), law.distribution, 1e-5), "seed 1").toBeLessThan(1);
  });

  it.each(LAWS)("%s have unit mean and the variation claimed, by integrals of the distribution", (name) => {
    const { distribution, squaredVariation } = jobSizeLawNamed(name);
    // Beyond this no law has any mass that counts: the heaviest is Weibull of shape 1/2, with exp(-sqrt(2e4)) < 1e-61.
    const upTo = 1e4;
    expect(integral((x) => 1 - distribution(x), upTo)).toBeCloseTo(1, 5);
    expect(integral((x) => 2 * x * (1 - distribution(x)), upTo) - 1).toBeCloseTo(squaredVariation, 3);
  });

  it.each(LAWS)("%s are never negative, and none is 0 for certain", (name) => {
    expect(jobSizeLawNamed(name).distribution(0)).toBe(0);
  });

  it("of types that do not vary are as often of each mean as their shares say", () => {
    const law = jobSizeLawNamed("types:3x1x0+1x5x0");
    expect(law.distribution(0.49)).toBe(0);
    expect(law.distribution(0.5)).toBe(0.75);
    expect(law.distribution(2.5)).toBe(1);
    expect(law.squaredVariation).toBeCloseTo(0.75 * 0.25 + 0.25 * 6.25 - 1, 12);
    const sizes = draws(law, "1", DRAWS);
    expect(new Set(sizes)).toEqual(new Set([0.5, 2.5]));
    // Within five standard deviations.
    expect(Math.abs(sizes.filter((size) => size === 0.5).length / DRAWS - 0.75)).toBeLessThan(0.016);
  });

  it("of shape and variation 1 are the exponential law", () => {
    for (const name of ["hyperexponential:1", "weibull:1"]) {
      for (const x of [0.1, 1, 3]) expect(jobSizeLawNamed(name).distribution(x)).toBeCloseTo(1 - Math.exp(-x), 12);
    }
  });

  it("that are constant are all 1", () => {
    const law = jobSizeLawNamed("constant");
    expect(draws(law, "1", 3)).toEqual([1, 1, 1]);
    expect([0, 0.999, 1, 2].map(law.distribution)).toEqual([0, 0, 1, 1]);
  });

  it("that were observed are drawn each with the same probability", () => {
    const law = empiricalJobSizes("observed", [3, 1, 1, 7]);
    // Scaled to a mean of 1.
    expect(law.mean).toBe(1);
    expect(law.squaredVariation).toBeCloseTo(6 / 9, 12);
    expect([0, 1 / 3, 2 / 3, 1, 7 / 3].map(law.distribution)).toEqual([0, 0.5, 0.5, 0.75, 1]);
    const counts = new Map<number, number>();
    for (const size of draws(law, "1", 4000)) counts.set(size, (counts.get(size) ?? 0) + 1);
    // Five standard errors of a count of 1 in 4.
    for (const size of [1, 7 / 3]) expect(Math.abs((counts.get(size) ?? 0) - 1000)).toBeLessThan(5 * Math.sqrt(750));
    expect([...counts.keys()].toSorted()).toEqual([1 / 3, 1, 7 / 3]);
  });

  it.each([
    ["pareto", 'unknown job sizes "pareto": use one of exponential'],
    [
      "lognormal",
      'job sizes "lognormal": squaredVariation is missing; write lognormal:SQUARED_VARIATION with SQUARED_VARIATION > 0',
    ],
    ["lognormal:", "write lognormal:"],
    ["lognormal:0", "write lognormal:"],
    ["hyperexponential:0.5", "SQUARED_VARIATION >= 1"],
    ["bounded-pareto:1.5", "write bounded-pareto:SHAPE,SPAN with SHAPE > 0, SPAN > 1"],
    ["weibull:x", "write weibull:SHAPE"],
    ["exponential:2", "write exponential"],
    ["types:1x2", '"1x2" has not these three numbers; write types:SHARExMEANxSQUARED_VARIATION+...'],
    ["types:1x0x1", "must be a number > 0"],
  ])("written %s are refused with the remedy", (text, message) => {
    expect(() => jobSizeLawNamed(text)).toThrow(UserError);
    expect(() => jobSizeLawNamed(text)).toThrow(message);
  });

  it.each([
    [[], "the list is empty"],
    [[1, -2], "size 2 is -2"],
    [[Number.NaN], "size 1 is NaN"],
    [[0, 0], "all of them are 0"],
  ])("observed as %j are refused", (observed, message) => {
    expect(() => empiricalJobSizes("observed", observed)).toThrow(message);
  });
});

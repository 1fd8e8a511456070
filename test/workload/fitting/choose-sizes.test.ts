import { describe, expect, it } from "vitest";
import { jobSizeLawNamed } from "../../../model/job-sizes/index.js";
import { randomStream } from "../../../model/random.js";
import { Moments } from "../../../model/statistics/moments.js";
import { TimeCounts } from "../../../model/statistics/time-counts.js";
import { chooseSizes, type SizeChoice } from "../../../workload/fitting/choose-sizes.js";
import { empiricalLaw } from "../../../workload/fitting/empirical-law.js";

const LOAD = 0.8;
/** Of all sizes, those that laws are fitted to. */
const SAMPLE = 20_000;

/** What is made of these sizes, as of those of a log without ticks. */
function chosenFor(sizes: Float64Array, limit = 0): SizeChoice {
  const counts = new TimeCounts();
  const moments = new Moments();
  for (const size of sizes) {
    counts.add(size);
    moments.add(size);
  }
  const law = empiricalLaw(counts, moments.mean, moments.variance / moments.mean ** 2);
  const observed = { law, count: sizes.length, limit, load: LOAD };
  return chooseSizes(sizes.slice(0, SAMPLE), observed, randomStream("1", "tests"));
}

function sizesOf(name: string, count: number, seed: string): Float64Array {
  const sizes = jobSizeLawNamed(name).sequence(randomStream(seed, "sizes"));
  return Float64Array.from({ length: count }, () => sizes.next());
}

describe("job sizes of a known law", () => {
  it.each([
    ["exponential", []],
    ["constant", []],
    ["gamma", [0.3]],
    ["gamma", [3]],
    ["weibull", [0.7]],
    ["lognormal", [1.5]],
    ["hyperexponential", [5, 0.4]],
  ])("%s with parameters %j are found to have it", (family, parameters) => {
    const name = [family, ...(parameters.length === 0 ? [] : [parameters.join(":shortShare=")])].join(":");
    const { chosen, candidates } = chosenFor(sizesOf(name, 100_000, "known"));
    const found = chosen?.law.name ?? "";
    expect(found, candidates.map(({ law, deviation }) => `${law.name} ${deviation}`).join(", ")).toMatch(
      new RegExp(`^${family}`),
    );
    for (const [i, parameter] of parameters.entries()) {
      const [, first, second] = /:([\d.]+)(?::shortShare=([\d.]+))?$/.exec(found) ?? [];
      const value = Number(i === 0 ? first : second);
      // Of 20 000 sizes, whose fourth moments are large.
      expect(Math.abs(value / parameter - 1)).toBeLessThan(0.1);
    }
    // The test is of 5000 sizes: the law would fail it once in a hundred times.
    if (family !== "constant") expect(chosen?.pValue).toBeGreaterThan(0.01);
  });

  it("in ticks are found to have it, though short ones cannot be told apart", () => {
    const ticks = sizesOf("exponential", 50_000, "ticks").map((size) => Math.round(size * 50) / 50);
    expect(chosenFor(ticks, 4 / 50).chosen?.law.name).toBe("exponential");
  });
});

describe("job sizes with a long tail", () => {
  // The longest jobs decide the p99 behind a queue, and these happen to have few.
  const sizes = sizesOf("lognormal:4", 300_000, "3");

  it("have their law although the p99 behind a queue is further off than 5 %, where chance does that", () => {
    const { chosen, p99 } = chosenFor(sizes);
    expect(chosen?.law.name).toMatch(/^lognormal:[34]\./);
    expect(Math.abs(chosen?.p99Deviation ?? 0)).toBeGreaterThan(0.05);
    expect(p99).toBeGreaterThan(chosen?.p99ByChance?.low ?? Number.POSITIVE_INFINITY);
    expect(p99).toBeLessThan(chosen?.p99ByChance?.high ?? 0);
  });

  it("that ends where no chance would end it are of no family", () => {
    const longest = sizes.toSorted()[sizes.length - 60];
    const { chosen, candidates } = chosenFor(sizes.filter((size) => size < longest));
    expect(chosen).toBeUndefined();
    // Its quantiles would do.
    const [lognormal] = candidates.filter(({ law }) => law.name.startsWith("lognormal"));
    expect(lognormal.deviation).toBeLessThan(0.05);
    expect(lognormal.p99ByChance).toBeDefined();
  });
});

describe("job sizes of no known law", () => {
  it("are said to be of none", () => {
    const random = randomStream("1", "two sizes");
    const two = Float64Array.from({ length: 50_000 }, () => (random() < 0.7 ? 0.5 : 3) * (0.95 + 0.1 * random()));
    const { chosen, candidates } = chosenFor(two);
    expect(chosen).toBeUndefined();
    expect(candidates.length).toBeGreaterThan(4);
    for (const { deviation } of candidates) expect(deviation).toBeGreaterThan(0.05);
  });
});

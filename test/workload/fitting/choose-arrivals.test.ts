import { describe, expect, it } from "vitest";
import { processNamed } from "../../../model/arrivals/index.js";
import { randomStream } from "../../../model/random.js";
import { Moments } from "../../../model/statistics/moments.js";
import { TimeCounts } from "../../../model/statistics/time-counts.js";
import { type ArrivalChoice, chooseArrivals } from "../../../workload/fitting/choose-arrivals.js";
import { empiricalLaw } from "../../../workload/fitting/empirical-law.js";
import { logLikelihood } from "../../../workload/fitting/markov-modulated-fit.js";
import { SumVariation } from "../../../workload/fitting/sum-variation.js";

const COUNT = 200_000;
const RUNS = 8;
const RUN_LENGTH = 2048;

function gapsOf(name: string): Float64Array {
  const process = processNamed(name).at(1, randomStream("7", "arrivals"));
  let last = 0;
  return Float64Array.from({ length: COUNT }, () => {
    const gap = process.next(last) - last;
    last += gap;
    return gap;
  });
}

/** What is made of these interarrival times, as of those of a log without ticks. */
function chosenFor(given: Float64Array): ArrivalChoice {
  const mean = given.reduce((sum, gap) => sum + gap, 0) / given.length;
  const gaps = given.map((gap) => gap / mean);
  const counts = new TimeCounts();
  const moments = new Moments();
  const variation = new SumVariation();
  for (const gap of gaps) {
    counts.add(gap);
    moments.add(gap);
    variation.add(gap);
  }
  const runs = Array.from({ length: RUNS }, (_, run) => {
    const from = Math.floor((run * (gaps.length - RUN_LENGTH)) / (RUNS - 1));
    return gaps.slice(from, from + RUN_LENGTH);
  });
  const law = empiricalLaw(counts, 1, moments.variance);
  return chooseArrivals({ count: gaps.length, limit: 0, law, variation, runs }, "1");
}

describe("arrivals", () => {
  it("of a Poisson process are found to be that", () => {
    expect(chosenFor(gapsOf("poisson")).chosen?.name).toBe("poisson");
  });

  it.each([0.25, 3])("with independent gamma interarrival times of SCV %s are found to be that", (variation) => {
    const name = chosenFor(gapsOf(`gamma:${variation}`)).chosen?.name ?? "";
    expect(name).toMatch(/^gamma:/);
    expect(Number(name.slice("gamma:".length)) / variation).toBeCloseTo(1, 1);
  });

  it("in bursts are found to have them", () => {
    const name = chosenFor(gapsOf("markov-modulated:6,0.2,60")).chosen?.name ?? "";
    const [, intensity, share, cycle] = /^markov-modulated:([\d.]+),([\d.]+),([\d.]+)$/.exec(name) ?? [];
    expect(Math.abs(Number(intensity) / 6 - 1)).toBeLessThan(0.2);
    expect(Math.abs(Number(share) / 0.2 - 1)).toBeLessThan(0.3);
    expect(Math.abs(Number(cycle) / 60 - 1)).toBeLessThan(0.3);
  });

  it.each([
    ["at equal distances", "constant"],
    ["in batches", "batch:5"],
  ])("%s are of none of the processes", (_, name) => {
    expect(chosenFor(gapsOf(name)).chosen).toBeUndefined();
  });
});

describe("the likelihood of bursts", () => {
  const runs = [Float64Array.of(0.3, 2, 0.01), Float64Array.of(1.2)];

  it("is that of a Poisson process where bursts are as intense as what is between them", () => {
    expect(logLikelihood({ intensity: 1, share: 0.3, cycle: 10 }, runs)).toBeCloseTo(-3.51, 9);
  });

  it("is that of a mixture where they last for ever", () => {
    const [share, intensity] = [0.2, 6];
    const calm = 1 / (1 - share + share * intensity);
    const parts = runs.map((run) =>
      [calm, intensity * calm]
        .map((rate, i) => {
          const part = i === 0 ? 1 - share : share;
          // The phase that an arrival finds is weighted by its rate.
          return part * rate * run.reduce((density, gap) => density * rate * Math.exp(-rate * gap), 1);
        })
        .reduce((sum, density) => sum + density),
    );
    const expected = parts.reduce((sum, density) => sum + Math.log(density), 0);
    expect(logLikelihood({ intensity, share, cycle: 1e9 }, runs)).toBeCloseTo(expected, 6);
  });
});

import { describe, expect, it } from "vitest";
import { metricOf, PooledSample, type Sample, sparse } from "../../compare/sample.js";
import { exponential, randomStream } from "../../model/random.js";
import { BIN_WIDTH, TimeCounts } from "../../model/statistics/time-counts.js";

function sampleOf(times: readonly number[]): Sample {
  const counts = new TimeCounts();
  for (const time of times) counts.add(time);
  const about = { offered: times.length, blocked: 0, timedOut: 0, messages: 2 * times.length, gained: 0 };
  return { ...about, sojournTime: counts.sum, ...sparse(counts.counts) };
}

const random = randomStream("sample", "times");
const times = Array.from({ length: 50_000 }, () => exponential(random, 3));

describe("the sample of a replication", () => {
  it("has the mean, the percentiles and the shares of its jobs", () => {
    const sample = sampleOf(times);
    const sorted = times.toSorted((a, b) => a - b);
    expect(metricOf("mean", sample, undefined)).toBeCloseTo(
      times.reduce((sum, time) => sum + time, 0) / times.length,
      9,
    );
    for (const [metric, p] of [
      ["p50", 0.5],
      ["p90", 0.9],
      ["p99", 0.99],
      ["p999", 0.999],
    ] as const) {
      const exact = sorted[Math.floor(p * times.length)];
      expect(Math.abs(metricOf(metric, sample, undefined) / exact - 1)).toBeLessThan(BIN_WIDTH);
    }
    const over = times.filter((time) => time > 7).length / times.length;
    expect(metricOf("over-slo", sample, 7)).toBeCloseTo(over, 2);
    expect(metricOf("over-slo", sample, undefined)).toBeNaN();
    expect(metricOf("messages", sample, undefined)).toBe(2);
    expect(metricOf("blocked", { ...sample, blocked: 500 }, undefined)).toBe(0.01);
    expect(metricOf("timed-out", { ...sample, timedOut: 1000 }, undefined)).toBe(0.02);
  });

  it("is the same in parts as in one", () => {
    const pool = new PooledSample();
    for (let from = 0; from < times.length; from += 5000) pool.add(sampleOf(times.slice(from, from + 5000)));
    for (const metric of ["mean", "p50", "p90", "p99", "p999", "messages", "over-slo"] as const)
      expect(metricOf(metric, pool, 7)).toBeCloseTo(metricOf(metric, sampleOf(times), 7), 9);
  });

  it("knows nothing of no jobs", () => {
    expect(metricOf("p99", sampleOf([]), undefined)).toBeNaN();
    expect(metricOf("mean", sampleOf([]), undefined)).toBeNaN();
  });
});

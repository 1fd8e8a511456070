import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, randomStream } from "../../../model/random.js";
import { QuantileSeries } from "../../../model/statistics/quantile-series.js";
import { bucketCounts, bucketLimits, bucketOf, cumulativeBuckets } from "../../../model/statistics/time-buckets.js";
import { binAt, TIME_BINS, TimeCounts } from "../../../model/statistics/time-counts.js";

const time = fc.oneof(
  fc.constant(0),
  fc.double({ min: -8, max: 14, noNaN: true }).map((x) => 10 ** x),
);
/** Seconds of a time unit. */
const unit = fc.double({ min: -4, max: 3, noNaN: true }).map((x) => 10 ** x);

/** The same times as buckets tell them. */
function coarse({ counts, end }: TimeCounts, seconds = 1): TimeCounts {
  const told = cumulativeBuckets(counts, end).map(
    ([limit, count]) => [Number(String(limit * seconds)), count] as const,
  );
  const again = new TimeCounts();
  again.isCoarse = true;
  again.addBins(bucketCounts(told.map(([limit, count]) => [limit / seconds, count])));
  return again;
}

describe("buckets of times", () => {
  it("follow one another without a gap, 7 to 13 % wide from 2^-10 on", () => {
    for (let bin = 0; bin < TIME_BINS; bin++) {
      const bucket = bucketOf(bin);
      const { low, high } = bucketLimits(bucket);
      expect(bucket <= bin && bucketOf(bucket) === bucket).toBe(true);
      if (bin > 0) expect(bucketLimits(bucketOf(bin - 1)).high >= low || bucketOf(bin - 1) === 0).toBe(true);
      if (low >= 2 ** -10 && Number.isFinite(high)) {
        expect(high / low).toBeGreaterThan(1.06);
        expect(high / low).toBeLessThan(1.13);
      }
    }
  });

  it("tell how many times each has, in any unit of time, of whatever length", () => {
    fc.assert(
      fc.property(fc.array(time, { maxLength: 100 }), unit, (times, seconds) => {
        const counts = new TimeCounts();
        for (const one of times) counts.add(one);
        const naive = new Map<number, number>();
        for (const one of times) {
          const bucket = bucketOf(binAt(one));
          naive.set(bucket, (naive.get(bucket) ?? 0) + 1);
        }
        expect(new Map(coarse(counts, seconds).bins())).toEqual(naive);
      }),
      { numRuns: 50 },
    );
  });
});

describe("quantiles of times in buckets", () => {
  const both = (times: readonly number[], perLook: number): { fine: QuantileSeries; rough: QuantileSeries } => {
    const counts = new TimeCounts();
    const [fine, rough] = [new QuantileSeries(), new QuantileSeries()];
    fine.observe(counts);
    rough.observe(coarse(counts));
    for (const [i, one] of times.entries()) {
      counts.add(one);
      if ((i + 1) % perLook > 0) continue;
      fine.observe(counts);
      rough.observe(coarse(counts));
    }
    return { fine, rough };
  };

  it("have intervals that reach to the limits of buckets: around those of the times themselves", () => {
    for (let trial = 0; trial < 10; trial++) {
      const random = randomStream(`${trial}`, "times");
      // Half do not wait.
      const times = Array.from({ length: 4000 }, () => (random() < 0.5 ? 0 : exponential(random, 1)));
      const { fine, rough } = both(times, 100);
      for (const p of [0.3, 0.5, 0.9, 0.99, 0.999]) {
        const [known, told] = [fine.quantile(p), rough.quantile(p)];
        const bucket = bucketLimits(bucketOf(binAt(known.value)));
        expect(told.value, `trial ${trial}`).toBeGreaterThanOrEqual(bucket.low);
        expect(told.value, `trial ${trial}`).toBeLessThanOrEqual(bucket.high);
        const [inner, outer] = [known.interval(0.99), told.interval(0.99)];
        expect(outer.low, `p ${p}, trial ${trial}`).toBeLessThanOrEqual(inner.low * 1.01);
        expect(outer.high, `p ${p}, trial ${trial}`).toBeGreaterThanOrEqual(inner.high * 0.99);
        // By not more than two buckets.
        if (Number.isFinite(inner.high)) expect(outer.high).toBeLessThanOrEqual(inner.high * 1.13 ** 2 + 1e-9);
      }
    }
  });

  it("enclose the fraction above any limit", () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 2, maxLength: 50 }), time, (times, limit) => {
        const { rough } = both(times, 1);
        const of = (isAbove: (one: number) => boolean): number =>
          times.filter((one) => binAt(one) > 0 && isAbove(one)).length / times.length;
        // What is the limit itself may count as either.
        const [above, orEqual] = [of((one) => one > limit), of((one) => one >= limit)];
        expect(rough.overAtLeast(limit).value).toBeLessThanOrEqual(orEqual + 1e-12);
        expect(rough.overAtMost(limit).value).toBeGreaterThanOrEqual(above - 1e-12);
        expect(rough.over(limit).value).toBeGreaterThanOrEqual(rough.overAtLeast(limit).value - 1e-12);
        expect(rough.over(limit).value).toBeLessThanOrEqual(rough.overAtMost(limit).value + 1e-12);
      }),
      { numRuns: 50 },
    );
    const { rough } = both([0.5, 1, 1.01, 1.1, 1.2], 1);
    // The limit of a bucket, where it is known, and within one, where it is not.
    expect([rough.overAtLeast(1.125).value, rough.overAtMost(1.125).value]).toEqual([0.2, 0.2]);
    expect([rough.overAtLeast(1.05).value, rough.overAtMost(1.05).value]).toEqual([0.2, 0.8]);
  });
});

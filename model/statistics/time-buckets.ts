import { binAt, edge, TIME_BINS } from "./time-counts.js";

/**
 * Coarser bins, few enough to be told one by one: times of 0, those up to 2^-10, and from there on sixteen of the bins of `TimeCounts`
 * together, eight buckets per doubling, each 7 to 13 % wide.
 */
const MERGED = 16;
const SHORTEST = binAt(2 ** -10);

/** The first bin of the bucket that a bin is in. */
export function bucketOf(bin: number): number {
  if (bin < SHORTEST) return Math.min(bin, 1);
  return bin - ((bin - SHORTEST) % MERGED);
}

/** The first bin of the bucket after the one that begins with this bin. */
export function nextBucket(bucket: number): number {
  if (bucket === 0) return 1;
  return Math.min(TIME_BINS, bucket < SHORTEST ? SHORTEST : bucket + MERGED);
}

/** The times that a bucket is about, from its first bin; the last one has no upper limit. */
export function bucketLimits(bucket: number): { readonly low: number; readonly high: number } {
  return { low: edge(bucket), high: bucket === 0 ? 0 : edge(nextBucket(bucket)) };
}

/**
 * How many times there are up to the upper limit of each bucket, as histograms of Prometheus have them, up to the longest time; the last
 * limit is infinite.
 *
 * @param end all bins from this one on are empty
 */
export function cumulativeBuckets(counts: ArrayLike<number>, end: number): [limit: number, count: number][] {
  const found: [number, number][] = [];
  let count = 0;
  for (let bucket = 0, bin = 0; bucket < end; bucket = nextBucket(bucket)) {
    for (const next = nextBucket(bucket); bin < next; bin++) count += counts[bin];
    const { high } = bucketLimits(bucket);
    if (Number.isFinite(high)) found.push([high, count]);
  }
  found.push([Number.POSITIVE_INFINITY, count]);
  return found;
}

/**
 * The reverse: how many times there are in each bucket that is not empty, by its first bin.
 *
 * @param cumulative in any order; limits may be off by rounding
 */
export function bucketCounts(
  cumulative: readonly (readonly [limit: number, count: number])[],
): [bin: number, count: number][] {
  const sorted = [...cumulative].sort(([a], [b]) => a - b);
  let before = 0;
  let bucket = 0;
  return sorted.flatMap(([limit, count]) => {
    const here = count - before;
    const own = bucket;
    before = count;
    // In the middle of the bin after the limit, where no rounding takes it to another.
    bucket = Number.isFinite(limit) ? (limit === 0 ? 1 : bucketOf(binAt(limit * (1 + 2 ** -9)))) : TIME_BINS;
    return here === 0 ? [] : [[own, here] as [number, number]];
  });
}

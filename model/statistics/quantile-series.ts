import type { Estimate } from "./interval.js";
import type { Found } from "./law-series.js";
import { proportionInterval } from "./proportion.js";
import { RatioSeries } from "./ratio-series.js";
import { bucketLimits, bucketOf } from "./time-buckets.js";
import { BIN_WIDTH, binAt, partAbove, TIME_BINS, type TimeCounts, timeAt } from "./time-counts.js";

/** From so many batches on, neighbours are merged. */
const MOST_BATCHES = 1024;

/** The times of one batch, by their bins in ascending order. */
interface Batch {
  readonly bins: Uint16Array;
  readonly counts: Float64Array;
}

/** Where a batch is put together, before its length is known. */
const NEW_BINS = new Uint16Array(TIME_BINS);
const NEW_COUNTS = new Float64Array(TIME_BINS);

function newBatch(length: number): Batch {
  return { bins: NEW_BINS.slice(0, length), counts: NEW_COUNTS.slice(0, length) };
}

/**
 * The distribution of times from counts that grow: each look adds what came since the last as a batch, so that intervals allow for how
 * much neighbouring jobs have in common.
 */
export class QuantileSeries {
  private readonly pooled = new Float64Array(TIME_BINS);
  private previous: Float64Array | undefined;
  private batches: Batch[] = [];
  private times = 0;
  private isCoarse = false;

  /** Adds the times counted since the last look; the first look only marks the beginning. */
  observe({ counts, end, isCoarse }: TimeCounts): void {
    const { previous, pooled } = this;
    this.isCoarse = isCoarse;
    if (previous === undefined) {
      this.previous = counts.slice();
      return;
    }
    let length = 0;
    for (let bin = 0; bin < end; bin++) {
      const more = counts[bin] - previous[bin];
      if (more === 0) continue;
      NEW_BINS[length] = bin;
      NEW_COUNTS[length++] = more;
      previous[bin] = counts[bin];
      pooled[bin] += more;
      this.times += more;
    }
    this.batches.push(newBatch(length));
    if (this.batches.length === MOST_BATCHES) this.batches = inPairs(this.batches);
  }

  /** The number of times. */
  get count(): number {
    return this.times;
  }

  /**
   * The fraction of times above a limit. Of times in buckets, those that are in the bucket of the limit count by the part of it that is above.
   *
   * @param memory relaxation time over the length of the series, if it is known
   */
  over(limit: number, memory = 0): Estimate {
    if (!this.isCoarse) return this.from(binAt(limit), partAbove(binAt(limit), limit), memory);
    const bucket = bucketOf(binAt(limit));
    const { low, high } = bucketLimits(bucket);
    return this.from(bucket, bucket === 0 ? 0 : Number.isFinite(high) ? (high - limit) / (high - low) : 1, memory);
  }

  /** The least and the most that `over` may be, by where those in the bucket of the limit are. */
  overAtLeast(limit: number, memory = 0): Estimate {
    if (!this.isCoarse) return this.over(limit, memory);
    const bucket = bucketOf(binAt(limit));
    // At the lower limit of a bucket nothing is left to guess.
    return this.from(bucket, bucket > 0 && limit <= bucketLimits(bucket).low ? 1 : 0, memory);
  }

  overAtMost(limit: number, memory = 0): Estimate {
    const bucket = bucketOf(binAt(limit));
    return this.isCoarse && bucket > 0 ? this.from(bucket, 1, memory) : this.over(limit, memory);
  }

  /** The fraction of times in the bins after this one, and a part of those in it. */
  private from(divided: number, part: number, memory: number): Estimate {
    const series = new RatioSeries();
    for (const { bins, counts } of this.batches) {
      let over = 0;
      let all = 0;
      for (let i = 0; i < bins.length; i++) {
        if (bins[i] >= divided) over += counts[i] * (bins[i] === divided ? part : 1);
        all += counts[i];
      }
      series.add(over, all);
    }
    return series.estimate(memory);
  }

  /**
   * A quantile, with the interval of the fraction of times above it, inverted (Woodruff 1952, Confidence intervals for medians and other
   * position measures), and widened by half a bin, or to the limits of buckets. Where less than one time is known to be above, there is no
   * upper limit.
   *
   * @param memory as for `over`
   */
  quantile(p: number, memory = 0): Found {
    const value = this.at(p);
    return {
      value,
      interval: (confidence) => {
        if (this.times === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
        const { low, high } = proportionInterval(this.around(value, 1 - p, memory), this.times, confidence);
        // Jobs that wait for no time at all make a step: as many as there are, no more are needed above.
        const lowest = Math.min(value, high >= 1 ? 0 : this.at(1 - high));
        const highest = Math.max(value, low * this.times < 1 ? Number.POSITIVE_INFINITY : this.at(1 - low));
        if (this.isCoarse) return { low: this.limitsAt(lowest).low, high: this.limitsAt(highest).high };
        return { low: lowest * (1 - BIN_WIDTH / 2), high: highest * (1 + BIN_WIDTH / 2) };
      },
    };
  }

  /**
   * How well the fraction of times above a quantile is known. Within a bucket times are spread evenly, which has less noise than they have: it is
   * as uncertain as the fraction above either limit of its bucket.
   */
  private around(quantile: number, above: number, memory: number): Estimate {
    if (!this.isCoarse || quantile === 0) return this.over(quantile, memory);
    const limits = [this.overAtLeast(quantile, memory), this.overAtMost(quantile, memory)];
    const [least, most] = limits.map(({ standardError }) => standardError);
    return { ...limits[0], value: above, standardError: Math.max(least, most) };
  }

  /** The time that a fraction p of all times does not exceed. */
  private at(p: number): number {
    return timeAt(p, this.pooled, this.times, 0, this.isCoarse ? bucketLimits : undefined);
  }

  private limitsAt(time: number): { readonly low: number; readonly high: number } {
    return bucketLimits(bucketOf(binAt(time)));
  }
}

function inPairs(batches: readonly Batch[]): Batch[] {
  return Array.from({ length: batches.length / 2 }, (_, i) => together(batches[2 * i], batches[2 * i + 1]));
}

/** The sum of two batches. */
function together(one: Batch, other: Batch): Batch {
  let length = 0;
  for (let i = 0, j = 0; i < one.bins.length || j < other.bins.length; length++) {
    const bin = Math.min(one.bins[i] ?? TIME_BINS, other.bins[j] ?? TIME_BINS);
    NEW_BINS[length] = bin;
    NEW_COUNTS[length] = (one.bins[i] === bin ? one.counts[i++] : 0) + (other.bins[j] === bin ? other.counts[j++] : 0);
  }
  return newBatch(length);
}

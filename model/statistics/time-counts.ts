const BITS = new DataView(new ArrayBuffer(8));
/** Of 128 bins per doubling, each 0.4 to 0.8 % wide: the exponent of a number and seven bits of its mantissa, read as an integer. */
const SHIFT = 13;

function binOf(time: number): number {
  BITS.setFloat64(0, time);
  return BITS.getInt32(0) >> SHIFT;
}

function lowerEdge(bin: number): number {
  BITS.setInt32(0, bin << SHIFT);
  BITS.setInt32(4, 0);
  return BITS.getFloat64(0);
}

/** Shorter times count as 0: a millionth of a time unit. */
const FIRST = binOf(2 ** -20);
const LAST = binOf(2 ** 40);
/** The bins of `counts`: times of 0, the bins of `edge`, and last the times beyond all of them. */
export const TIME_BINS = LAST - FIRST + 2;

/** The times at which a bin begins; Infinity for the one after the last. */
export function edge(bin: number): number {
  if (bin === 0) return 0;
  return bin >= TIME_BINS ? Number.POSITIVE_INFINITY : lowerEdge(FIRST + bin - 1);
}

/** The bin of a time. */
export function binAt(time: number): number {
  const bin = binOf(time) - FIRST + 1;
  return bin < 1 ? 0 : bin < TIME_BINS ? bin : TIME_BINS - 1;
}

/** How wide a bin is at most, relative to where it begins. */
export const BIN_WIDTH = 2 ** -7;

/** The times that a bin is about. */
function binLimits(bin: number): { readonly low: number; readonly high: number } {
  return { low: edge(bin), high: bin === 0 ? 0 : edge(bin + 1) };
}

/**
 * The time that a fraction p of counted times does not exceed, by interpolation within a bin; NaN where there are none.
 *
 * @param counts of the bins from number `first` on
 * @param total their sum
 * @param limits of the times counted in a bin, where they are not its own
 */
export function timeAt(p: number, counts: ArrayLike<number>, total: number, first = 0, limits = binLimits): number {
  let left = p * total;
  for (let i = 0; i < counts.length; i++) {
    const here = counts[i];
    if (here >= left && here > 0) {
      const { low, high } = limits(first + i);
      return low + (left / here) * (high - low);
    }
    left -= here;
  }
  return Number.NaN;
}

/** The part of a bin's times that is above a limit. */
export function partAbove(bin: number, limit: number): number {
  const [low, high] = [edge(bin), edge(bin + 1)];
  if (bin === 0) return limit < 0 ? 1 : 0;
  if (limit <= low) return 1;
  return limit >= high ? 0 : (high - limit) / (high - low);
}
/** Bins with how many times are in each. */
export type FilledBins = [bin: number, count: number][];

/** How many times there were of each length, in bins of nearly equal relative width. No length is taken for another. */
export class TimeCounts {
  readonly counts = new Float64Array(TIME_BINS);
  /** All bins from this one on are empty. */
  end = 0;
  /** The sum of the times, exactly. */
  sum = 0;
  /** Whether those of a bucket (model/statistics/time-buckets.ts) are all counted in its first bin: no more is known of them. */
  isCoarse = false;
  /** Of these, those already told. */
  private told: Float64Array | undefined;

  add(time: number): void {
    this.sum += time;
    this.count(binAt(time), 1);
  }

  /** The bins that are not empty. */
  bins(): FilledBins {
    return [...this.counts.entries()].filter(([, count]) => count > 0);
  }

  addBins(bins: readonly (readonly [bin: number, count: number])[]): void {
    for (const [bin, count] of bins) this.count(bin, count);
  }

  /** The counts since the last call, for another process to add. */
  news(): FilledBins {
    const { told, counts } = this;
    this.told = counts.slice();
    const since = told === undefined ? counts : counts.map((count, bin) => count - told[bin]);
    return [...since.entries()].filter(([, count]) => count > 0);
  }

  private count(bin: number, times: number): void {
    this.counts[bin] += times;
    if (bin >= this.end) this.end = bin + 1;
  }
}

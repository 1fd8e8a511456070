/** Bins are this wide relative to their times. */
const BIN_WIDTH = 0.05;
const LEAST = 1e-3;
const GREATEST = 1e4;
const BINS = Math.ceil(Math.log(GREATEST / LEAST) / BIN_WIDTH);

/** The distribution of a time in bins of equal relative width: bounded memory, and a few nanoseconds a value. */
export class TimeHistogram {
  private readonly counts = new Float64Array(BINS);
  private count = 0;

  add(time: number): void {
    const bin = Math.floor(Math.log(time / LEAST) / BIN_WIDTH);
    this.counts[bin >= 0 ? Math.min(BINS - 1, bin) : 0]++;
    this.count++;
  }

  clear(): void {
    this.counts.fill(0);
    this.count = 0;
  }

  /** The fraction of values that are at least each of these times, at the edges of the bins: from 0 to past the longest one. */
  tail(): { times: number[]; fractions: number[] } {
    const times = [0];
    const fractions = [1];
    let left = this.count;
    for (let bin = 0; bin < BINS && left > 0; bin++) {
      left -= this.counts[bin];
      if (left === this.count) continue;
      times.push(LEAST * Math.exp((bin + 1) * BIN_WIDTH));
      fractions.push(left / this.count);
    }
    return { times, fractions };
  }
}

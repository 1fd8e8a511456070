import type { Estimate } from "./interval.js";
import { RatioSeries } from "./ratio-series.js";

/** Relative bin width; percentiles are interpolated within bins. */
const BIN_WIDTH = 0.002;
const LEAST = 1e-3;
const GREATEST = 1e3;
const BINS = Math.ceil(Math.log(GREATEST / LEAST) / BIN_WIDTH) + 1;
/** Maximum number of batches; then neighbours are merged in pairs. */
const BATCHES = 120;

/**
 * The distribution of a positive quantity over servers and time, sampled at every server at each epoch: mean, standard
 * deviation and quantiles with standard errors, in bounded memory.
 */
export class RateDistribution {
  private readonly means = new RatioSeries();
  /** Sums of deviations from the first value, which avoids cancellation when the spread is small. */
  private readonly squares = new RatioSeries();
  private readonly linear = new RatioSeries();
  private origin = Number.NaN;
  private count = 0;
  private sum = 0;
  private deviation = 0;
  private square = 0;
  private batches: Uint32Array[] = [];
  private epochsPerBatch = 1;
  private epochsInBatch = 0;

  add(value: number): void {
    if (this.count === 0 && Number.isNaN(this.origin)) this.origin = value;
    if (this.epochsInBatch === 0 && this.count === 0) this.beginBatch();
    this.count++;
    this.sum += value;
    this.deviation += value - this.origin;
    this.square += (value - this.origin) ** 2;
    this.batches[this.batches.length - 1][binOf(value)]++;
  }

  closeEpoch(): void {
    if (this.count === 0) return;
    this.means.add(this.sum, this.count);
    this.linear.add(this.deviation, this.count);
    this.squares.add(this.square, this.count);
    this.count = 0;
    this.sum = 0;
    this.deviation = 0;
    this.square = 0;
    this.epochsInBatch = (this.epochsInBatch + 1) % this.epochsPerBatch;
  }

  /** @param memory relaxation time over the length of the series, if it is known */
  mean(memory = 0): Estimate {
    return this.means.estimate(memory);
  }

  /** By the delta method: the standard error of the variance over twice the standard deviation. */
  standardDeviation(memory = 0): Estimate {
    const centred = this.squares.minus(this.linear, 2 * this.linear.estimate().value).estimate(memory);
    const value = Math.sqrt(Math.max(0, centred.value + this.linear.estimate().value ** 2));
    return { ...centred, value, standardError: centred.standardError / (2 * value) };
  }

  /** By Bahadur's representation: the standard error of the distribution function over the density there. */
  quantile(p: number, memory = 0): Estimate {
    const total = new Float64Array(BINS);
    for (const batch of this.batches) for (let i = 0; i < BINS; i++) total[i] += batch[i];
    const value = quantileOf(total, p);
    const density = densityAt(total, p);
    const below = new RatioSeries();
    for (const batch of this.batches) below.add(countBelow(batch, value), sumOf(batch));
    const { standardError, degreesOfFreedom } = below.estimate(memory);
    return { value, standardError: standardError / density, degreesOfFreedom };
  }

  private beginBatch(): void {
    if (this.batches.length === BATCHES) {
      const merged: Uint32Array[] = [];
      for (let i = 0; i < BATCHES; i += 2) {
        merged.push(this.batches[i].map((count, bin) => count + this.batches[i + 1][bin]));
      }
      this.batches = merged;
      this.epochsPerBatch *= 2;
    }
    this.batches.push(new Uint32Array(BINS));
  }
}

function binOf(value: number): number {
  const bin = Math.floor(Math.log(value / LEAST) / BIN_WIDTH);
  return bin >= 0 ? Math.min(BINS - 1, bin) : 0;
}

function edgeOf(position: number): number {
  return LEAST * Math.exp(position * BIN_WIDTH);
}

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}

function quantileOf(counts: Float64Array, p: number): number {
  let missing = p * sumOf(counts);
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] > 0 && counts[bin] >= missing) return edgeOf(bin + missing / counts[bin]);
    missing -= counts[bin];
  }
  return Number.NaN;
}

/** From the distance of two quantiles around p. */
function densityAt(counts: Float64Array, p: number): number {
  const reach = Math.min(0.5 * Math.min(p, 1 - p), 0.1);
  return (2 * reach) / (quantileOf(counts, p + reach) - quantileOf(counts, p - reach));
}

function countBelow(counts: Uint32Array, value: number): number {
  const position = Math.log(value / LEAST) / BIN_WIDTH;
  const bin = Math.min(BINS - 1, Math.max(0, Math.floor(position)));
  let below = 0;
  for (let i = 0; i < bin; i++) below += counts[i];
  return below + counts[bin] * (position - bin);
}

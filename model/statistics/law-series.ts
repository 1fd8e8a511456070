import { longRunVariance } from "./batch-means.js";
import {
  kolmogorovToExponential,
  type StepLaw,
  stepQuantile,
  wassersteinToExponential,
} from "./exponential-distance.js";
import { EVERYTHING, type Interval, studentQuantile } from "./interval.js";
import { perQuantityConfidence } from "./multiplicity.js";

/** Maximum number of values; then every other one is dropped, and the sampling interval doubles. */
const CAPACITY = 16_384;
/** Number of points at which the error of the distribution function is evaluated. */
const GRID = 40;
/**
 * Effective number of independent points in the supremum of the error of a distribution function: with probability p a Brownian
 * bridge exceeds about the level that a single point exceeds with probability p/10.
 */
const SUPREMUM = 10;
/** The confidence of an interval of +/- one standard error. */
const ONE_STANDARD_ERROR = 0.6827;

/** An estimate from a series, with its interval at any confidence. */
export interface Found {
  readonly value: number;
  interval(confidence: number): Interval;
  /** Bound of the bias in a series of this length, if not 0. */
  bias?(): number;
}

/** The distribution of a quantity from a stationary series of dependent samples. */
export class LawSeries {
  private readonly values = new Float64Array(CAPACITY);
  private length = 0;
  private stride = 1;
  private skipped = 0;

  add(value: number): void {
    if (++this.skipped < this.stride) return;
    this.skipped = 0;
    if (this.length === CAPACITY) {
      for (let i = 0; i < CAPACITY / 2; i++) this.values[i] = this.values[2 * i + 1];
      this.length = CAPACITY / 2;
      this.stride *= 2;
    }
    this.values[this.length++] = value;
  }

  /** The empirical distribution so far. */
  law(): StepLaw {
    const values = this.values.slice(0, this.length).sort();
    return { values, cumulative: values.map((_, i) => (i + 1) / this.length) };
  }

  /**
   * A quantile, with the interval of the distribution function there, inverted. If many samples have exactly that value, or none is
   * above it, the error of the function is better estimated just below the value than at it: the greater of the two is used. If all
   * samples are equal, the interval is infinite.
   *
   * @param memory relaxation time over the length of the series, if it is known
   */
  quantile(p: number, memory = 0): Found {
    const law = this.law();
    const value = stepQuantile(law, p);
    return {
      value,
      interval: (confidence) => {
        const error = Math.max(
          this.errorOf((look) => look <= value, confidence, memory),
          this.errorOf((look) => look < value, confidence, memory),
        );
        if (error === 0) return EVERYTHING;
        const low = p - error > 0 ? stepQuantile(law, p - error) : Number.NEGATIVE_INFINITY;
        const high = p + error < 1 ? stepQuantile(law, p + error) : Number.POSITIVE_INFINITY;
        return low < high ? { low, high } : betweenNeighbours(law, value);
      },
    };
  }

  /**
   * The Wasserstein distance to the exponential distribution with that mean. Its error is at most the distance between the
   * empirical distribution and the true one, which is the area between their distribution functions; the interval assumes the
   * greatest error everywhere.
   */
  wasserstein(mean: number, memory = 0): Found {
    const law = this.law();
    return withinDistance(wassersteinToExponential(law, mean), (confidence) => {
      let error = 0;
      let previous = { x: 0, error: 0 };
      for (let i = 1; i <= GRID; i++) {
        const x = stepQuantile(law, i / GRID);
        const here = { x, error: this.errorOf((look) => look <= x, confidence, memory) };
        error += ((here.error + previous.error) / 2) * (x - previous.x);
        previous = here;
      }
      return error;
    });
  }

  /** Likewise the Kolmogorov-Smirnov distance. */
  kolmogorov(mean: number, memory = 0): Found {
    const law = this.law();
    return withinDistance(kolmogorovToExponential(law, mean), (confidence) => {
      const pointwise = perQuantityConfidence(confidence, SUPREMUM);
      let error = 0;
      for (let i = 1; i < GRID; i++) {
        const x = stepQuantile(law, i / GRID);
        error = Math.max(
          error,
          this.errorOf((look) => look <= x, pointwise, memory),
        );
      }
      return error;
    });
  }

  /** Half-width of the interval of the fraction of samples with a property. */
  private errorOf(isSo: (look: number) => boolean, confidence: number, memory: number): number {
    const looks = this.values.subarray(0, this.length);
    const deviations = Float64Array.from(looks, (look) => (isSo(look) ? 1 : 0));
    const fraction = deviations.reduce((sum, one) => sum + one, 0) / this.length;
    for (let i = 0; i < this.length; i++) deviations[i] -= fraction;
    const { ofSum, degreesOfFreedom } = longRunVariance(deviations, memory);
    return (Math.sqrt(ofSum) / this.length) * studentQuantile((1 + confidence) / 2, degreesOfFreedom);
  }
}

/** From the greatest value seen below this one to the least above it: a quantile on a lattice is known to less than a step at best. */
function betweenNeighbours({ values }: StepLaw, value: number): Interval {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < value) low = values[i];
    if (values[i] > value) high = Math.min(high, values[i]);
  }
  return { low, high };
}

/** A distance with error at most `error`. */
function withinDistance(value: number, error: (confidence: number) => number): Found {
  return {
    value,
    // A distance is never negative, so noise biases it upwards: by at most one standard error of the distribution.
    bias: () => error(ONE_STANDARD_ERROR),
    interval(confidence) {
      const halfWidth = error(confidence);
      // Where nothing varied, nothing is known of what is rare.
      if (!(halfWidth > 0 && Number.isFinite(halfWidth))) return EVERYTHING;
      return { low: Math.max(0, value - halfWidth), high: value + halfWidth };
    },
  };
}

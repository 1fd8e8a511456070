import { longRunVariance } from "./batch-means.js";
import {
  kolmogorovToExponential,
  type StepLaw,
  stepQuantile,
  wassersteinToExponential,
} from "./exponential-distance.js";
import { type Interval, studentQuantile } from "./interval.js";
import { perQuantityConfidence } from "./multiplicity.js";

/** Values kept at most; then every other one is dropped, and from then on only every other one is kept. */
const CAPACITY = 16_384;
/** Points at which the error of the distribution function is looked at. */
const GRID = 40;
/**
 * How many independent points the supremum of the error of a distribution function is worth: a Brownian bridge exceeds the
 * level that a single point exceeds with 1/10 of the probability about as often as that point.
 */
const SUPREMUM = 10;
/** The confidence of an interval of one standard error to each side. */
const ONE_STANDARD_ERROR = 0.6827;

/** A number found from a series, with its interval at any confidence. */
export interface Found {
  readonly value: number;
  interval(confidence: number): Interval;
  /** How far the value is off on average in a series of this length, at most, where that is not 0. */
  bias?(): number;
}

/** The law of a quantity that is looked at again and again in the stationary state, each look depending on the last ones. */
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

  /** The law of the looks so far. */
  law(): StepLaw {
    const values = this.values.slice(0, this.length).sort();
    return { values, cumulative: values.map((_, i) => (i + 1) / this.length) };
  }

  /**
   * A quantile: the interval is that of the distribution function there, read backwards. Where many looks have the very value, or none is
   * above it, the function says little of its error at the value itself, and more just below it: the greater of the two counts. If all
   * looks are the same, nothing is known of it.
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
        if (error === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
        return {
          low: p - error > 0 ? stepQuantile(law, p - error) : Number.NEGATIVE_INFINITY,
          high: p + error < 1 ? stepQuantile(law, p + error) : Number.POSITIVE_INFINITY,
        };
      },
    };
  }

  /**
   * The Wasserstein distance to the exponential law of that mean. It can be off by no more than the distance between the law
   * seen and the true one, which is the area between their distribution functions; the interval takes their error to be at its
   * limit everywhere.
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

  /** The Kolmogorov-Smirnov distance to the exponential law of that mean, likewise. */
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

  /** Half the width of the interval of the fraction of looks that are so. */
  private errorOf(isSo: (look: number) => boolean, confidence: number, memory: number): number {
    const looks = this.values.subarray(0, this.length);
    const deviations = Float64Array.from(looks, (look) => (isSo(look) ? 1 : 0));
    const fraction = deviations.reduce((sum, one) => sum + one, 0) / this.length;
    for (let i = 0; i < this.length; i++) deviations[i] -= fraction;
    const { ofSum, degreesOfFreedom } = longRunVariance(deviations, memory);
    return (Math.sqrt(ofSum) / this.length) * studentQuantile((1 + confidence) / 2, degreesOfFreedom);
  }
}

/** A distance that can be off by no more than `error`. */
function withinDistance(value: number, error: (confidence: number) => number): Found {
  return {
    value,
    // A distance is never below 0, so noise makes it longer: by no more than one standard error of the law.
    bias: () => error(ONE_STANDARD_ERROR),
    interval(confidence) {
      const halfWidth = error(confidence);
      if (!Number.isFinite(halfWidth)) return { low: 0, high: Number.POSITIVE_INFINITY };
      return { low: Math.max(0, value - halfWidth), high: value + halfWidth };
    },
  };
}

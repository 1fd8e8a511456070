import type { Law } from "../model/law.js";
import { confidenceInterval } from "../model/statistics/interval.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";

/** A quantity of a sample, compared with the law's. */
export interface LawCheck {
  readonly quantity: string;
  readonly drawn: number;
  readonly low: number;
  readonly high: number;
  readonly claimed: number;
  readonly verdict: "agrees" | "differs" | "undecided";
}

/** Batches into which the values are divided: variances are estimated from batch sums, which allows for dependent values. */
const STRETCHES = 360;
/** Where the distribution is compared, in multiples of the mean: next to the atoms of constant laws, not on them. */
const POINTS = [0.01, 0.1, 0.25, 0.5, 0.95, 1.5, 2.5, 4];
/** If a single value contributes more to the sum of squares than this, the tail is too heavy to estimate the variance. */
const GREATEST_PART = 0.03;
/** A fraction is judged only if at least this many values are expected on either side. */
const LEAST_COUNT = 100;
/** Relative allowance for rounding errors. */
const ROUNDING = 1e-9;

/**
 * Tests a sequence of values against the law that they are claimed to follow: mean, variation, and the distribution at several
 * points. The values may depend on one another over ranges much shorter than a batch.
 *
 * @param familyConfidence probability that values of the claimed law pass all tests
 */
export function checkDraws(values: Float64Array, law: Law, familyConfidence: number): LawCheck[] {
  const confidence = perQuantityConfidence(familyConfidence, POINTS.length + 2);
  const { mean } = law;
  const check = (quantity: string, claimed: number, read: (value: number) => number, scale = 1): LawCheck => {
    const { series, greatestPart } = average(values, read);
    const { low, high } = confidenceInterval(series.estimate(), confidence);
    const slack = ROUNDING * Math.max(1, Math.abs(claimed));
    const agrees = scale * low - slack <= claimed && claimed <= scale * high + slack;
    return {
      quantity,
      drawn: scale * series.estimate().value,
      low: scale * low,
      high: scale * high,
      claimed,
      verdict: greatestPart > GREATEST_PART ? "undecided" : agrees ? "agrees" : "differs",
    };
  };
  const checkFraction = (point: number): LawCheck => {
    const claimed = law.distribution(point * mean);
    const rarer = values.length * Math.min(claimed, 1 - claimed);
    const found = check(`fraction up to ${point} means`, claimed, (value) => (value <= point * mean ? 1 : 0));
    return rarer > 0 && rarer < LEAST_COUNT ? { ...found, verdict: "undecided" } : found;
  };
  return [
    check("mean", mean, (value) => value),
    check("squared variation", law.squaredVariation, (value) => (value - mean) ** 2, 1 / mean ** 2),
    ...POINTS.map(checkFraction),
  ];
}

/** The average of a function of the values, and the share of the greatest in the sum of squares. */
function average(values: Float64Array, read: (value: number) => number): { series: RatioSeries; greatestPart: number } {
  const series = new RatioSeries();
  let squares = 0;
  let greatest = 0;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const first = Math.floor((stretch * values.length) / STRETCHES);
    const end = Math.floor(((stretch + 1) * values.length) / STRETCHES);
    let sum = 0;
    for (let i = first; i < end; i++) {
      const value = read(values[i]);
      sum += value;
      squares += value * value;
      greatest = Math.max(greatest, Math.abs(value));
    }
    series.add(sum, end - first);
  }
  return { series, greatestPart: squares === 0 ? 0 : greatest ** 2 / squares };
}

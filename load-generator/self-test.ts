import type { Law } from "../model/law.js";
import { confidenceInterval } from "../model/statistics/interval.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";

/** What was drawn, beside what the law claims. */
export interface LawCheck {
  readonly quantity: string;
  readonly drawn: number;
  readonly low: number;
  readonly high: number;
  readonly claimed: number;
  readonly verdict: "agrees" | "differs" | "undecided";
}

/** Stretches into which the values are cut: their sums give the variances, which allows for dependent values. */
const STRETCHES = 360;
/** Where the distribution is compared, in means: next to the atoms of constant laws, not on them. */
const POINTS = [0.01, 0.1, 0.25, 0.5, 0.95, 1.5, 2.5, 4];
/** If one value makes up more of a sum than this, the tail is too heavy for the sum's variance to be known. */
const GREATEST_PART = 0.03;
/** A fraction that this many values do not decide is not judged. */
const LEAST_COUNT = 100;
/** Of rounding errors, relative. */
const ROUNDING = 1e-9;

/**
 * Holds values drawn one after the other against the law they are claimed to follow: mean, variation, and the distribution
 * at several points. The values may depend on each other, over stretches much shorter than a 360th of all.
 *
 * @param familyConfidence how often no value of a true law is said to differ
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

/** The average of what is read of each value, and the part that the greatest has in its sum of squares. */
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

import { assert } from "../errors.js";
import { type Estimate, studentQuantile } from "./interval.js";

/** A measured value at a size, with the half-width of its interval. */
export interface SizedValue {
  readonly size: number;
  readonly value: number;
  readonly halfWidth: number;
}

/** The exponent of a function between two sizes: its slope in logarithms. */
export function exponentBetween(of: (size: number) => number, from: number, to: number): number {
  return Math.log(of(from) / of(to)) / Math.log(to / from);
}

/**
 * The exponent e of value = constant size^-e, by least squares of logarithms, weighted by inverse variance.
 *
 * @param confidence of the intervals
 * @returns the exponent; its standard error is the greater of those from the intervals and from the residuals, since the
 *   decay need not be an exact power
 */
export function decayExponent(points: readonly SizedValue[], confidence: number): Estimate {
  const usable = points.filter(({ value, halfWidth }) => value > halfWidth && halfWidth > 0);
  if (usable.length < 3) return { value: Number.NaN, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1 };
  const z = studentQuantile((1 + confidence) / 2, Number.POSITIVE_INFINITY);
  const rows = usable.map(({ size, value, halfWidth }) => ({
    x: Math.log(size),
    y: Math.log(value),
    weight: (z * value) ** 2 / halfWidth ** 2,
  }));
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const weights = sum(({ weight }) => weight);
  const meanX = sum(({ x, weight }) => weight * x) / weights;
  const meanY = sum(({ y, weight }) => weight * y) / weights;
  const spread = sum(({ x, weight }) => weight * (x - meanX) ** 2);
  assert(spread > 0, "an exponent requires points at several sizes");
  const slope = sum(({ x, y, weight }) => weight * (x - meanX) * (y - meanY)) / spread;
  const degreesOfFreedom = usable.length - 2;
  const chiSquare = sum(({ x, y, weight }) => weight * (y - meanY - slope * (x - meanX)) ** 2);
  const inflation = Math.sqrt(Math.max(1, chiSquare / degreesOfFreedom));
  return { value: -slope, standardError: inflation / Math.sqrt(spread), degreesOfFreedom };
}

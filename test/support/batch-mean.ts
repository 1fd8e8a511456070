import { expect } from "vitest";
import { confidenceInterval } from "../../model/statistics/interval.js";

/** Probability that an interval below misses the true value. */
const FALSE_ALARM = 1e-5;

/** The interval of a mean over batches or replications that depend little on each other: its middle and half its width. */
function meanOf(values: readonly number[]): { mean: number; halfWidth: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const standardError = Math.sqrt(variance / values.length);
  const degreesOfFreedom = values.length - 1;
  const { high } = confidenceInterval({ value: mean, standardError, degreesOfFreedom }, 1 - FALSE_ALARM);
  return { mean, halfWidth: high - mean, standardError };
}

/**
 * Expects the interval, widened by what theory does not say, to hold the value; and to be a test of it at all.
 *
 * @param precision the widest half-width that counts, relative to the expected value
 * @param modelError how far the expected value itself may be off
 */
export function expectMean(values: readonly number[], expected: number, precision: number, modelError = 0): void {
  const { mean, halfWidth } = meanOf(values);
  expect(halfWidth).toBeLessThan(precision * Math.abs(expected));
  expect(Math.abs(mean - expected)).toBeLessThan(halfWidth + modelError);
}

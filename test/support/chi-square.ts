import chiSquareQuantile from "@stdlib/stats-base-dists-chisquare-quantile";

/**
 * Pearson's statistic for equal probabilities, over its critical value: above 1 equal probabilities are rejected.
 *
 * @param alpha probability of rejecting although probabilities are equal
 */
export function chiSquareUniform(counts: readonly number[], alpha: number): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return statistic / chiSquareQuantile(1 - alpha, counts.length - 1);
}

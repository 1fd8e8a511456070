/**
 * The Kolmogorov-Smirnov distance between a sample and a law, over its critical value: above 1 the law is rejected.
 *
 * @param alpha probability of rejecting the true law; by the asymptotic formula, good from 50 values on
 */
export function kolmogorovSmirnov(
  values: readonly number[],
  distribution: (x: number) => number,
  alpha: number,
): number {
  const n = values.length;
  let distance = 0;
  for (const [i, x] of values.toSorted((a, b) => a - b).entries()) {
    const p = distribution(x);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  }
  return distance / Math.sqrt(-Math.log(alpha / 2) / (2 * n));
}

/** A distribution on the integers from `from` on. */
export interface IntegerLaw {
  readonly from: number;
  readonly probabilities: Float64Array;
}

/** Standard deviations kept on each side of the mean: what is left out is below the rounding error. */
const SPAN = 12;

/**
 * The Poisson distribution with this mean > 0, truncated where probabilities vanish in double precision. It is the stationary
 * distribution of the number of tasks in infinite-server pools, whatever the policy: M/G/infinity.
 *
 * Source: by ratios of neighbouring probabilities outward from the mode, normalised.
 */
export function poissonLaw(mean: number): IntegerLaw {
  const mode = Math.floor(mean);
  const reach = Math.ceil(SPAN * Math.sqrt(mean)) + 3 * SPAN;
  const from = Math.max(0, mode - reach);
  const probabilities = new Float64Array(mode + reach + 1 - from);
  probabilities[mode - from] = 1;
  for (let k = mode; k > from; k--) probabilities[k - 1 - from] = (probabilities[k - from] * k) / mean;
  for (let k = mode + 1; k - from < probabilities.length; k++)
    probabilities[k - from] = (probabilities[k - 1 - from] * mean) / k;
  const total = probabilities.reduce((sum, probability) => sum + probability, 0);
  return { from, probabilities: probabilities.map((probability) => probability / total) };
}

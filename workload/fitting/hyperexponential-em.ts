/** A mixture of two exponential distributions: short values with a probability, long ones otherwise. */
export interface Mixture {
  readonly short: number;
  readonly shortMean: number;
  readonly longMean: number;
}

const MOST_STEPS = 1000;
/** Gain in mean log-likelihood below which a step is the last. */
const NEGLIGIBLE = 1e-8;

/**
 * The most likely mixture of two exponential distributions, by expectation and maximisation (Dempster, Laird and Rubin 1977). Every step
 * keeps the mean of the values.
 *
 * @param values >= 0
 * @param start where to begin
 */
export function likeliestMixture(values: Float64Array, start: Mixture): Mixture {
  let mixture = start;
  let previous = Number.NEGATIVE_INFINITY;
  for (let step = 0; ; step++) {
    const { short, shortMean, longMean } = mixture;
    const [shortDensity, longDensity] = [short / shortMean, (1 - short) / longMean];
    let logLikelihood = 0;
    let [weight, weighted, total] = [0, 0, 0];
    for (const value of values) {
      const first = shortDensity * Math.exp(-value / shortMean);
      const density = first + longDensity * Math.exp(-value / longMean);
      const isShort = first / density;
      logLikelihood += Math.log(density);
      weight += isShort;
      weighted += isShort * value;
      total += value;
    }
    const gain = (logLikelihood - previous) / values.length;
    if (gain < NEGLIGIBLE || step === MOST_STEPS) return inOrder(mixture);
    previous = logLikelihood;
    const others = values.length - weight;
    // A phase that has lost all its values cannot come back.
    if (!(weight > 0 && others > 0 && weighted > 0 && total > weighted)) return inOrder(mixture);
    mixture = { short: weight / values.length, shortMean: weighted / weight, longMean: (total - weighted) / others };
  }
}

/** The same mixture, with the shorter values first. */
function inOrder({ short, shortMean, longMean }: Mixture): Mixture {
  if (shortMean <= longMean) return { short, shortMean, longMean };
  return { short: 1 - short, shortMean: longMean, longMean: shortMean };
}

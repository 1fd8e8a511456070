/** A distribution on finitely many values >= 0, by its distribution function. */
export interface StepLaw {
  /** Ascending. */
  readonly values: ArrayLike<number>;
  readonly cumulative: ArrayLike<number>;
}

/**
 * The Wasserstein distance of order 1 (Hurtado-Lange and Maguluri 2020, Definition 1) to the exponential distribution with that mean: the
 * area between the distribution functions.
 */
export function wassersteinToExponential({ values, cumulative }: StepLaw, mean: number): number {
  let area = 0;
  let from = 0;
  let level = 0;
  for (let i = 0; i < values.length; i++) {
    area += areaBetween(from, values[i], level, mean);
    from = values[i];
    level = cumulative[i];
  }
  return area + mean * Math.exp(-from / mean);
}

/** The Kolmogorov-Smirnov distance to the exponential distribution with that mean. */
export function kolmogorovToExponential({ values, cumulative }: StepLaw, mean: number): number {
  let greatest = 0;
  let level = 0;
  for (let i = 0; i < values.length; i++) {
    const exponential = -Math.expm1(-values[i] / mean);
    greatest = Math.max(greatest, Math.abs(exponential - level), Math.abs(exponential - cumulative[i]));
    level = cumulative[i];
  }
  return greatest;
}

/** The least value with at least this probability at or below it. */
export function stepQuantile({ values, cumulative }: StepLaw, p: number): number {
  for (let i = 0; i < values.length; i++) if (cumulative[i] >= p) return values[i];
  return values[values.length - 1];
}

/** The area between the constant `level` and the exponential distribution function over (from, to). */
function areaBetween(from: number, to: number, level: number, mean: number): number {
  const crossing = level >= 1 ? Number.POSITIVE_INFINITY : -mean * Math.log1p(-level);
  if (crossing <= from || crossing >= to) return Math.abs(excess(from, to, level, mean));
  return Math.abs(excess(from, crossing, level, mean)) + Math.abs(excess(crossing, to, level, mean));
}

function excess(from: number, to: number, level: number, mean: number): number {
  return (to - from) * (1 - level) + mean * (Math.exp(-to / mean) - Math.exp(-from / mean));
}

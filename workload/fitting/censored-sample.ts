/**
 * Positive values, of which those below a limit are only known to be below it: stamps that count in ticks cannot tell short times apart, and
 * the densities of some laws have no bound near 0.
 */
export interface CensoredSample {
  readonly limit: number;
  /** How many are at most the limit. */
  readonly below: number;
  readonly above: Float64Array;
  /** Of those above the limit. */
  readonly logs: Float64Array;
  readonly sum: number;
  readonly sumOfLogs: number;
  readonly sumOfSquaredLogs: number;
}

/** @param limit > 0 */
export function censored(values: Float64Array, limit: number): CensoredSample {
  const above = values.filter((value) => value > limit);
  const logs = above.map(Math.log);
  const total = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0);
  return {
    ...{ limit, below: values.length - above.length, above, logs },
    ...{ sum: total(above), sumOfLogs: total(logs), sumOfSquaredLogs: total(logs.map((log) => log * log)) },
  };
}

/** The logarithm of the likelihood of what is below the limit, for a law that gives it this probability. */
export function logLikelihoodBelow({ below }: CensoredSample, probability: number): number {
  return below === 0 ? 0 : below * Math.log(Math.max(probability, Number.MIN_VALUE));
}

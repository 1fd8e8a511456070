/** A probability law of numbers >= 0, by what a check of draws from it needs. */
export interface Law {
  readonly mean: number;
  /** Variance over squared mean. */
  readonly squaredVariation: number;
  /** The probability of a value of at most x. */
  distribution(x: number): number;
}

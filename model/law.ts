/** The properties of a distribution on [0, infinity) that tests of draws from it need. */
export interface Law {
  readonly mean: number;
  /** Variance over squared mean. */
  readonly squaredVariation: number;
  /** The probability of a value of at most x. */
  distribution(x: number): number;
}

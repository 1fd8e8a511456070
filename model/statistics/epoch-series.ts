/** Maximum number of epochs; then neighbours are merged in pairs. */
const CAPACITY = 4096;

/**
 * A series of pairs of sums, one pair per epoch, in bounded memory: when it is full, neighbouring epochs are merged
 * and the epoch length doubles.
 */
export class EpochSeries {
  readonly numerators = new Float64Array(CAPACITY);
  readonly denominators = new Float64Array(CAPACITY);
  /** Complete epochs. */
  length = 0;
  private merged = 1;
  private pending = 0;

  add(numerator: number, denominator: number): void {
    if (this.pending === 0) {
      if (this.length === CAPACITY) this.mergePairs();
      this.numerators[this.length] = 0;
      this.denominators[this.length] = 0;
    }
    this.numerators[this.length] += numerator;
    this.denominators[this.length] += denominator;
    this.pending++;
    if (this.pending === this.merged) {
      this.length++;
      this.pending = 0;
    }
  }

  private mergePairs(): void {
    for (const sums of [this.numerators, this.denominators]) {
      for (let i = 0; i < CAPACITY / 2; i++) sums[i] = sums[2 * i] + sums[2 * i + 1];
    }
    this.length = CAPACITY / 2;
    this.merged *= 2;
  }
}

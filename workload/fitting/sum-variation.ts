import { Moments } from "../../model/statistics/moments.js";

/** Sums of 1, 2, 4, ... neighbours. */
const SCALES = 16;
/** Sums of a length, for their variance to say something. */
const LEAST_SUMS = 100;

/**
 * How much sums of neighbouring interarrival times vary, in the measure of a Poisson process: the index of dispersion for intervals (Cox and
 * Lewis 1966), var(X_1 + ... + X_k) / (k E[X]^2). It is 1 for every k in a Poisson process, and for a renewal process the same for every k.
 */
export class SumVariation {
  private readonly moments = Array.from({ length: SCALES }, () => new Moments());
  private readonly pending = new Float64Array(SCALES).fill(Number.NaN);

  add(gap: number): void {
    let sum = gap;
    for (let scale = 0; scale < SCALES; scale++) {
      this.moments[scale].add(sum);
      const other = this.pending[scale];
      if (Number.isNaN(other)) {
        this.pending[scale] = sum;
        return;
      }
      this.pending[scale] = Number.NaN;
      sum += other;
    }
  }

  /** The index for sums of 2^i, i = 0, 1, ..., as far as there are many of them. */
  indexes(): { readonly neighbours: number; readonly index: number }[] {
    const [{ mean }] = this.moments;
    return this.moments.flatMap(({ count, variance }, scale) =>
      count < LEAST_SUMS ? [] : [{ neighbours: 2 ** scale, index: variance / (2 ** scale * mean * mean) }],
    );
  }
}

/** A square matrix whose only non-zero entries are next to the diagonal: row i is below[i], diagonal[i], above[i]. */
export interface Tridiagonal {
  /** below[i] is entry (i, i-1); below[0] is unused. */
  readonly below: Float64Array;
  readonly diagonal: Float64Array;
  /** above[i] is entry (i, i+1); the last one is unused. */
  readonly above: Float64Array;
}

/**
 * Solves A x = b in O(n).
 *
 * @param matrix A, diagonally dominant by rows or by columns, so that no pivoting is needed
 * @param right b
 * @returns x
 *
 * Source: L. H. Thomas (1949), elimination without pivoting.
 */
export function solveTridiagonal(matrix: Tridiagonal, right: ArrayLike<number>): Float64Array {
  const { below, diagonal, above } = matrix;
  const n = diagonal.length;
  const ratio = new Float64Array(n);
  const solution = new Float64Array(n);
  let pivot = diagonal[0];
  solution[0] = right[0] / pivot;
  for (let i = 1; i < n; i++) {
    ratio[i] = above[i - 1] / pivot;
    pivot = diagonal[i] - below[i] * ratio[i];
    solution[i] = (right[i] - below[i] * solution[i - 1]) / pivot;
  }
  for (let i = n - 2; i >= 0; i--) solution[i] -= ratio[i + 1] * solution[i + 1];
  return solution;
}

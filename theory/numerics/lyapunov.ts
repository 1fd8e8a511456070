import { LuDecomposition, Matrix } from "ml-matrix";

const MOST_DOUBLINGS = 60;
const TOLERANCE = 1e-15;

/**
 * Solves A W + W A^T + Q = 0 for a stable matrix A: all its eigenvalues have negative real parts.
 *
 * @param noise Q, symmetric and not negative, or its diagonal if it has nothing else
 * @returns W, symmetric
 * @throws Error if A is not stable
 *
 * Source: R. A. Smith (1968), the sum of U^k V U^kT, by doubling, with the Cayley transform U = (I - A)^-1 (I + A) and
 * V = 2 (I - A)^-1 Q (I - A)^-T.
 */
export function solveLyapunov(matrix: Matrix, noise: Matrix | ArrayLike<number>): Matrix {
  const n = matrix.rows;
  const inverse = new LuDecomposition(Matrix.sub(Matrix.eye(n), matrix)).solve(Matrix.eye(n));
  let power = inverse.mmul(Matrix.add(Matrix.eye(n), matrix));
  const scaled = Matrix.mul(inverse, 2);
  let sum = (noise instanceof Matrix ? scaled.mmul(noise) : scaledColumns(scaled, noise)).mmul(inverse.transpose());
  for (let doubling = 0; doubling < MOST_DOUBLINGS; doubling++) {
    const more = power.mmul(sum).mmul(power.transpose());
    sum = Matrix.add(sum, more);
    if (!(sum.norm() < Number.POSITIVE_INFINITY)) break;
    if (more.norm() <= TOLERANCE * sum.norm()) return sum;
    power = power.mmul(power);
  }
  throw new Error("a matrix is not stable: its Lyapunov equation has no solution that is a covariance");
}

function scaledColumns(matrix: Matrix, factors: ArrayLike<number>): Matrix {
  for (let column = 0; column < matrix.columns; column++) matrix.mulColumn(column, factors[column]);
  return matrix;
}

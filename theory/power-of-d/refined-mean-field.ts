import { Matrix, solve } from "ml-matrix";
import type { Rate } from "../../model/units.js";
import { solveTridiagonal, type Tridiagonal } from "../numerics/tridiagonal.js";
import { jsqDFixedPoint } from "./mean-field.js";

/** Finite-size correction for N servers to the fixed point of JSQ(d) with replacement, on a complete graph. */
export interface JsqDRefinement {
  /** The fixed point q*, by level from 0. */
  readonly fixedPoint: readonly number[];
  /** V: the fraction of servers with at least i jobs is q*_i + V_i / N on average, up to terms of order 1/N^2. */
  readonly correction: readonly number[];
  /** N times the variance of that fraction over time. */
  readonly variance: readonly number[];
}

/**
 * The refined mean-field approximation of JSQ(d).
 *
 * Source: Gast and Van Houdt (2017): A W + W A^T + Q = 0 for the covariance of the fluctuations, and the second derivatives of the
 * drift contracted with it for the shift of the mean.
 *
 * @param arrivalRate lambda < 1, jobs per server
 * @param choices d
 */
export function jsqDRefinement(arrivalRate: Rate, choices: number): JsqDRefinement {
  const fixedPoint = jsqDFixedPoint(arrivalRate, choices);
  const none = { fixedPoint, correction: fixedPoint.map(() => 0) };
  // Queues are independent: exact for any N.
  if (choices === 1) return { ...none, variance: fixedPoint.map((fraction) => fraction * (1 - fraction)) };
  const jacobian = jacobianAt(fixedPoint, arrivalRate, choices);
  const covariance = solveLyapunov(jacobian, noiseAt(fixedPoint, arrivalRate, choices));
  const levels = fixedPoint.length - 1;
  /** Half the second derivative of lambda q^d at a level, times the variance there. */
  const bend = (level: number): number =>
    level === 0
      ? 0
      : ((arrivalRate * choices * (choices - 1)) / 2) *
        fixedPoint[level] ** (choices - 2) *
        covariance.get(level - 1, level - 1);
  const shift = Float64Array.from({ length: levels }, (_, k) => -(bend(k) - bend(k + 1)));
  return {
    fixedPoint,
    correction: [0, ...solveTridiagonal(jacobian, shift)],
    variance: [0, ...covariance.diagonal()],
  };
}

/** Of the drift lambda (q_{i-1}^d - q_i^d) - (q_i - q_{i+1}); entry k is of level k + 1. */
function jacobianAt(tail: readonly number[], arrivalRate: Rate, choices: number): Tridiagonal {
  const levels = tail.length - 1;
  const slope = (level: number): number => arrivalRate * choices * tail[level] ** (choices - 1);
  return {
    below: Float64Array.from({ length: levels }, (_, k) => slope(k)),
    diagonal: Float64Array.from({ length: levels }, (_, k) => -slope(k + 1) - 1),
    above: new Float64Array(levels).fill(1),
  };
}

/** Q_ii: the total rate of changes of the level, in either direction. */
function noiseAt(tail: readonly number[], arrivalRate: Rate, choices: number): Float64Array {
  return Float64Array.from({ length: tail.length - 1 }, (_, k) => {
    const above = k + 2 < tail.length ? tail[k + 2] : 0;
    return arrivalRate * (tail[k] ** choices - tail[k + 1] ** choices) + (tail[k + 1] - above);
  });
}

/** Solves A W + W A^T = -diag(noise) as one linear system for the entries of W. */
function solveLyapunov({ below, diagonal, above }: Tridiagonal, noise: Float64Array): Matrix {
  const n = noise.length;
  const system = Matrix.zeros(n * n, n * n);
  const right = Matrix.zeros(n * n, 1);
  const entry = (row: number, column: number): number => {
    if (row === column) return diagonal[row];
    if (column === row - 1) return below[row];
    return column === row + 1 ? above[row] : 0;
  };
  for (let i = 0; i < n; i++) {
    right.set(i * n + i, 0, -noise[i]);
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        const at = i * n + j;
        system.set(at, k * n + j, system.get(at, k * n + j) + entry(i, k));
        system.set(at, i * n + k, system.get(at, i * n + k) + entry(j, k));
      }
    }
  }
  const solution = solve(system, right);
  return new Matrix(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => solution.get(i * n + j, 0))),
  );
}

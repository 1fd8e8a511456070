import { LuDecomposition, Matrix } from "ml-matrix";
import { solveLyapunov } from "../numerics/lyapunov.js";
import {
  bendOf,
  biasOfDistinctDraws,
  type DrawnFleet,
  DrawnFleetField,
  LENGTHS,
  MOST_COORDINATES,
  NEGLIGIBLE,
  requireFleet,
} from "./drawn-fleet.js";

/** What holds for many servers, and what a finite number n of them adds: value + correction / n, up to terms of order 1/n^2. */
export interface Refined {
  readonly value: number;
  readonly correction: number;
  /** The size of what the correction is made of: fluctuations and, without replacement, distinct draws may cancel out. */
  readonly correctionSize: number;
}

export interface HeterogeneousMeanField {
  /** Jobs per server. */
  readonly meanQueue: Refined;
  /** Fraction of all servers with at least i jobs, at index i. */
  readonly tail: readonly Refined[];
}

const MOST_STEPS = 300;

/**
 * The mean field of the best of d, with its first correction.
 *
 * @returns undefined if there is none that is found with MOST_COORDINATES: the queues are too long, or grow for ever
 * @throws UserError if an argument is out of range
 *
 * Source: a server state of mass m whose level of preference spans the fractions A (as good or worse) to B (worse) gets
 * lambda m (A^d - B^d) / (A - B) jobs; Allmeier and Gast (2022), arXiv 2111.01594, for the 1/n term: J W + W J^T + Q = 0, -J^-1 of half the second
 * derivatives against W. Without replacement the drift itself is off by C/n, which adds -J^-1 C (derived: d distinct servers are all
 * among A n with probability A^d - d (d - 1) / 2 A^(d-1) (1 - A) / n + ...).
 */
export function heterogeneousMeanField(fleet: DrawnFleet): HeterogeneousMeanField | undefined {
  requireFleet(fleet);
  if (growsForEver(fleet)) return undefined;
  for (const lengths of LENGTHS) {
    if (fleet.classes.length * lengths > MOST_COORDINATES) return undefined;
    const field = new DrawnFleetField(fleet, lengths);
    const point = fixedPointOf(field);
    if (point === undefined) return undefined;
    if (field.atGreatestLength(point) < NEGLIGIBLE) return refine(field, point, fleet.replacement);
  }
  return undefined;
}

/** Whether some of the slowest servers are given more than they can do even if they are given nothing but what only they are drawn for. */
function growsForEver({ classes, arrivalRate, choices }: DrawnFleet): boolean {
  let [fraction, capacity] = [0, 0];
  return classes
    .toSorted((a, b) => a.rate - b.rate)
    .some((slowest) => {
      fraction += slowest.fraction;
      capacity += slowest.fraction * slowest.rate;
      return arrivalRate * fraction ** choices >= capacity;
    });
}

/** Where the drift is 0: implicit steps of Euler from the empty state, ever longer, which end as Newton's. */
function fixedPointOf(field: DrawnFleetField): Float64Array | undefined {
  const forms = field.forms();
  const point = new Float64Array(field.size);
  let step = 1 / Math.max(field.fleet.arrivalRate, ...field.fleet.classes.map(({ rate }) => rate));
  let size = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_STEPS; round++) {
    const departures = field.departures(point);
    const drift = field.arrivals(point).map((arrival, k) => arrival - departures[k]);
    const next = drift.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    if (next <= 1e-14 * field.fleet.arrivalRate) return point;
    step *= next < size ? 2 : 1 / 4;
    size = next;
    const matrix = Matrix.sub(Matrix.mul(Matrix.eye(field.size), 1 / step), field.jacobian(point, forms));
    const change = new LuDecomposition(matrix).solve(Matrix.columnVector(drift));
    for (let k = 0; k < point.length; k++) point[k] += change.get(k, 0);
    if (!point.every(Number.isFinite)) return undefined;
  }
  return size < 1e-11 * field.fleet.arrivalRate ? point : undefined;
}

function refine(field: DrawnFleetField, point: Float64Array, replacement: boolean): HeterogeneousMeanField {
  const forms = field.forms();
  const jacobian = field.jacobian(point, forms);
  const departures = field.departures(point);
  const covariance = solveLyapunov(
    jacobian,
    field.arrivals(point).map((arrival, k) => arrival + departures[k]),
  );
  const bend = bendOf(field, point, forms, (one, other) => covariance.get(one, other));
  const bias = replacement ? bend.map(() => 0) : biasOfDistinctDraws(field, point);
  const decomposition = new LuDecomposition(jacobian);
  const shiftBy = (drift: Float64Array): number[] =>
    decomposition.solve(Matrix.columnVector(drift.map((one) => -one))).to1DArray();
  const shifts = [shiftBy(bend), shiftBy(bias)];
  const refined = (of: (vector: ArrayLike<number>) => number): Refined => {
    const [byBend, byBias] = shifts.map(of);
    return { value: of(point), correction: byBend + byBias, correctionSize: Math.abs(byBend) + Math.abs(byBias) };
  };
  const at = (of: ArrayLike<number>, i: number): number =>
    field.fleet.classes.reduce((sum, _, c) => sum + of[c * field.lengths + i - 1], 0);
  const tail = Array.from({ length: field.lengths + 1 }, (_, i) =>
    i === 0 ? { value: 1, correction: 0, correctionSize: 0 } : refined((of) => at(of, i)),
  );
  const total = (of: ArrayLike<number>): number => Array.from(of).reduce((sum, one) => sum + one, 0);
  return { meanQueue: refined(total), tail };
}

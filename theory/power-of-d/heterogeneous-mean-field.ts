import { LuDecomposition, Matrix } from "ml-matrix";
import { UserError } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { solveLyapunov } from "../numerics/lyapunov.js";
import type { Preference } from "../queues/preferences.js";

/** Servers of several speeds, of which each job joins the best of d drawn at random. */
export interface DrawnFleet {
  /** Fractions of the servers, > 0 and 1 together, and their rates > 0, no rate twice. */
  readonly classes: readonly { readonly fraction: number; readonly rate: Rate }[];
  /** lambda > 0, jobs per server. */
  readonly arrivalRate: Rate;
  /** d, from 2 to MOST_CHOICES. */
  readonly choices: number;
  readonly replacement: boolean;
  readonly preference: Preference;
}

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

/** More servers drawn than this are no few of any fleet. */
export const MOST_CHOICES = 100;
/** Coordinates (classes times lengths) above which solving would take seconds: 60 take 0.1 s, 200 about one. */
const MOST_COORDINATES = 200;
const LENGTHS = [12, 24, 48, 96, 192] as const;
/** Longer queues than are counted have no more than this probability. */
const NEGLIGIBLE = 1e-9;
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
    const field = new MeanField(fleet, lengths);
    const point = fixedPointOf(field);
    if (point === undefined) return undefined;
    if (field.atGreatestLength(point) < NEGLIGIBLE) return refine(field, point, fleet.replacement);
  }
  return undefined;
}

function requireFleet({ classes, arrivalRate, choices }: DrawnFleet): void {
  const total = classes.reduce((sum, { fraction }) => sum + fraction, 0);
  if (!(Math.abs(total - 1) < 1e-9)) throw new UserError(`fractions of servers add up to ${total}: must be 1`);
  for (const { fraction, rate } of classes) {
    if (!(fraction > 0)) throw new UserError(`fraction of servers ${fraction}: must be > 0`);
    if (!(rate > 0 && Number.isFinite(rate))) throw new UserError(`service rate ${rate}: must be > 0`);
  }
  if (!(arrivalRate > 0 && Number.isFinite(arrivalRate)))
    throw new UserError(`arrival rate ${arrivalRate}: must be > 0`);
  if (!(Number.isInteger(choices) && choices >= 2 && choices <= MOST_CHOICES))
    throw new UserError(`number of choices ${choices}: must be an integer from 2 to ${MOST_CHOICES}`);
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

/** What an arrival rate to a state is made of, all linear in the coordinates: its mass, and those of its level. */
interface StateMasses {
  readonly mass: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Coordinate c * lengths + i - 1 is the fraction of all servers that are of class c and have at least i jobs, i from 1 to `lengths`. A server of
 * that many jobs is given no more.
 */
class MeanField {
  readonly size: number;
  /** The level of each state, classes first, then lengths from 0; the best is 0. */
  private readonly levels: number[];
  private readonly levelCount: number;

  constructor(
    readonly fleet: DrawnFleet,
    readonly lengths: number,
  ) {
    const { classes, preference } = fleet;
    this.size = classes.length * lengths;
    const states = classes.flatMap(({ rate }) =>
      Array.from({ length: lengths + 1 }, (_, length) => ({ length, rate })),
    );
    const order = [...states.keys()].sort((a, b) => preference(states[a], states[b]));
    this.levels = new Array<number>(states.length).fill(0);
    let level = 0;
    for (const [position, state] of order.entries()) {
      if (position > 0 && preference(states[order[position - 1]], states[state]) !== 0) level++;
      this.levels[state] = level;
    }
    this.levelCount = level + 1;
  }

  /** The part of all servers that have as many jobs as are counted. */
  atGreatestLength(point: Float64Array): number {
    return this.fleet.classes.reduce((sum, _, c) => sum + point[(c + 1) * this.lengths - 1], 0);
  }

  /** At least i jobs, of class c; all of it for 0. */
  atLeast(point: ArrayLike<number>, c: number, i: number, whole = this.fleet.classes[c].fraction): number {
    if (i > this.lengths) return 0;
    return i === 0 ? whole : point[c * this.lengths + i - 1];
  }

  /** Of each state to which a job may be added, by the coordinate that then rises. */
  masses(point: ArrayLike<number>, isDirection = false): StateMasses[] {
    const { classes } = this.fleet;
    const width = this.lengths + 1;
    const masses = this.levels.map((_, state) => {
      const [c, i] = [Math.floor(state / width), state % width];
      const whole = isDirection ? 0 : classes[c].fraction;
      return this.atLeast(point, c, i, whole) - this.atLeast(point, c, i + 1);
    });
    const worse = new Float64Array(this.levelCount + 1);
    for (const [state, level] of this.levels.entries()) worse[level] += masses[state];
    for (let level = this.levelCount - 1; level >= 0; level--) worse[level] += worse[level + 1];
    return Array.from({ length: this.size }, (_, coordinate) => {
      const state = Math.floor(coordinate / this.lengths) * width + (coordinate % this.lengths);
      const level = this.levels[state];
      return { mass: masses[state], from: worse[level], to: worse[level + 1] };
    });
  }

  departures(point: ArrayLike<number>): Float64Array {
    return Float64Array.from({ length: this.size }, (_, coordinate) => {
      const c = Math.floor(coordinate / this.lengths);
      const i = (coordinate % this.lengths) + 1;
      return this.fleet.classes[c].rate * (this.atLeast(point, c, i) - this.atLeast(point, c, i + 1));
    });
  }

  arrivals(point: ArrayLike<number>): Float64Array {
    const { arrivalRate, choices } = this.fleet;
    return Float64Array.from(
      this.masses(point),
      ({ mass, from, to }) => arrivalRate * mass * slope(choices, from, to).value,
    );
  }

  /** How masses change with each coordinate. */
  directions(): StateMasses[][] {
    return Array.from({ length: this.size }, (_, k) => {
      const unit = new Float64Array(this.size);
      unit[k] = 1;
      return this.masses(unit, true);
    });
  }

  jacobian(point: ArrayLike<number>, directions: StateMasses[][]): Matrix {
    const { arrivalRate, choices } = this.fleet;
    const jacobian = Matrix.zeros(this.size, this.size);
    const masses = this.masses(point);
    const slopes = masses.map(({ from, to }) => slope(choices, from, to));
    for (const [column, along] of directions.entries()) {
      const unit = new Float64Array(this.size);
      unit[column] = 1;
      const departures = this.departures(unit);
      for (const [row, { mass }] of masses.entries()) {
        const { value, byFrom, byTo } = slopes[row];
        const change = value * along[row].mass + mass * (byFrom * along[row].from + byTo * along[row].to);
        jacobian.set(row, column, arrivalRate * change - departures[row]);
      }
    }
    return jacobian;
  }
}

/** (A^d - B^d) / (A - B), and its first and second derivatives. */
function slope(d: number, a: number, b: number) {
  const sum = { value: 0, byFrom: 0, byTo: 0, byFromFrom: 0, byFromTo: 0, byToTo: 0 };
  for (let j = 0; j < d; j++) {
    const k = d - 1 - j;
    const [left, left1, left2] = [a ** j, j > 0 ? j * a ** (j - 1) : 0, j > 1 ? j * (j - 1) * a ** (j - 2) : 0];
    const [right, right1, right2] = [b ** k, k > 0 ? k * b ** (k - 1) : 0, k > 1 ? k * (k - 1) * b ** (k - 2) : 0];
    sum.value += left * right;
    sum.byFrom += left1 * right;
    sum.byTo += left * right1;
    sum.byFromFrom += left2 * right;
    sum.byFromTo += left1 * right1;
    sum.byToTo += left * right2;
  }
  return sum;
}

/** Where the drift is 0: implicit steps of Euler from the empty state, ever longer, which end as Newton's. */
function fixedPointOf(field: MeanField): Float64Array | undefined {
  const directions = field.directions();
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
    const matrix = Matrix.sub(Matrix.mul(Matrix.eye(field.size), 1 / step), field.jacobian(point, directions));
    const change = new LuDecomposition(matrix).solve(Matrix.columnVector(drift));
    for (let k = 0; k < point.length; k++) point[k] += change.get(k, 0);
    if (!point.every(Number.isFinite)) return undefined;
  }
  return size < 1e-11 * field.fleet.arrivalRate ? point : undefined;
}

function refine(field: MeanField, point: Float64Array, replacement: boolean): HeterogeneousMeanField {
  const directions = field.directions();
  const jacobian = field.jacobian(point, directions);
  const departures = field.departures(point);
  const covariance = solveLyapunov(
    jacobian,
    field.arrivals(point).map((arrival, k) => arrival + departures[k]),
  );
  const bend = bendOf(field, point, directions, covariance);
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

/** Half the second derivatives of the drift, against the covariance. */
function bendOf(field: MeanField, point: Float64Array, directions: StateMasses[][], covariance: Matrix): Float64Array {
  const { arrivalRate, choices } = field.fleet;
  return Float64Array.from(field.masses(point), ({ mass, from, to }, row) => {
    const vectors = ["mass", "from", "to"] as const;
    const [m, a, b] = vectors.map((name) => Matrix.columnVector(directions.map((along) => along[row][name])));
    const [wa, wb] = [covariance.mmul(a), covariance.mmul(b)];
    const { byFrom, byTo, byFromFrom, byFromTo, byToTo } = slope(choices, from, to);
    const mixed = byFrom * m.dot(wa) + byTo * m.dot(wb);
    const pure = (byFromFrom * a.dot(wa)) / 2 + byFromTo * a.dot(wb) + (byToTo * b.dot(wb)) / 2;
    return arrivalRate * (mixed + mass * pure);
  });
}

/** n times what the drift differs by where the d servers drawn are distinct. */
function biasOfDistinctDraws(field: MeanField, point: Float64Array): Float64Array {
  const { arrivalRate, choices } = field.fleet;
  return Float64Array.from(field.masses(point), ({ mass, from, to }) => {
    const difference = slope(choices - 1, from, to).value - slope(choices, from, to).value;
    return -((arrivalRate * choices * (choices - 1)) / 2) * mass * difference;
  });
}

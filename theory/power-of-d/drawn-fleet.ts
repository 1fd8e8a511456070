import { Matrix } from "ml-matrix";
import { UserError } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
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

/** More servers drawn than this are no few of any fleet. */
export const MOST_CHOICES = 100;
/** Coordinates (classes times lengths) above which solving would take seconds: 60 take 0.1 s, 200 about one. */
export const MOST_COORDINATES = 200;
/** Lengths of queues to be counted, until the longest are NEGLIGIBLE. */
export const LENGTHS = [12, 24, 48, 96, 192] as const;
/** Longer queues than are counted have no more than this probability. */
export const NEGLIGIBLE = 1e-9;

/** Throws UserError if a number is out of its range. */
export function requireFleet({ classes, arrivalRate, choices }: DrawnFleet): void {
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

/** What an arrival rate to a state is made of, all linear in the coordinates: its mass, and those of its level. */
interface StateMasses {
  readonly mass: number;
  readonly from: number;
  readonly to: number;
}

/** A term of a linear form of the coordinates. */
export interface Term {
  readonly coordinate: number;
  readonly factor: number;
}

/** The same as forms, which have few terms: a mass is the difference of two coordinates, and so is that of all worse states of a class. */
type StateForms = Readonly<Record<keyof StateMasses, Term[]>>;

/**
 * Coordinate c * lengths + i - 1 is the fraction of all servers that are of class c and have at least i jobs, i from 1 to `lengths`. A server of
 * that many jobs is given no more.
 */
export class DrawnFleetField {
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

  /** The masses, of which arrival rates are made, as forms of the coordinates. */
  forms(): StateForms[] {
    const forms = Array.from({ length: this.size }, () => ({ mass: [], from: [], to: [] }) as StateForms);
    for (let coordinate = 0; coordinate < this.size; coordinate++) {
      const unit = new Float64Array(this.size);
      unit[coordinate] = 1;
      for (const [row, masses] of this.masses(unit, true).entries())
        for (const name of ["mass", "from", "to"] as const)
          if (masses[name] !== 0) forms[row][name].push({ coordinate, factor: masses[name] });
    }
    return forms;
  }

  /** The derivative of the drift: of each entry, as a form of the coordinates. */
  derivative(point: ArrayLike<number>, forms: readonly StateForms[]): Term[][] {
    const { arrivalRate, choices, classes } = this.fleet;
    return this.masses(point).map(({ mass, from, to }, row) => {
      const { value, byFrom, byTo } = slope(choices, from, to);
      const times = (form: readonly Term[], by: number): Term[] =>
        form.map(({ coordinate, factor }) => ({ coordinate, factor: arrivalRate * by * factor }));
      const { rate } = classes[Math.floor(row / this.lengths)];
      const departures = [{ coordinate: row, factor: -rate }];
      if ((row + 1) % this.lengths > 0) departures.push({ coordinate: row + 1, factor: rate });
      const { mass: ofMass, from: ofFrom, to: ofTo } = forms[row];
      return [...times(ofMass, value), ...times(ofFrom, mass * byFrom), ...times(ofTo, mass * byTo), ...departures];
    });
  }

  /** The same as a matrix. */
  jacobian(point: ArrayLike<number>, forms: readonly StateForms[]): Matrix {
    const jacobian = Matrix.zeros(this.size, this.size);
    for (const [row, terms] of this.derivative(point, forms).entries())
      for (const { coordinate, factor } of terms) jacobian.set(row, coordinate, jacobian.get(row, coordinate) + factor);
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

/** Half the second derivatives of the drift, against the covariance of two coordinates. */
export function bendOf(
  field: DrawnFleetField,
  point: ArrayLike<number>,
  forms: readonly StateForms[],
  covariance: (one: number, other: number) => number,
): Float64Array {
  const { arrivalRate, choices } = field.fleet;
  const against = (one: readonly Term[], other: readonly Term[]): number => {
    let sum = 0;
    for (const left of one)
      for (const right of other) sum += left.factor * right.factor * covariance(left.coordinate, right.coordinate);
    return sum;
  };
  return Float64Array.from(field.masses(point), ({ mass, from, to }, row) => {
    const { mass: m, from: a, to: b } = forms[row];
    const { byFrom, byTo, byFromFrom, byFromTo, byToTo } = slope(choices, from, to);
    const mixed = byFrom * against(m, a) + byTo * against(m, b);
    const pure = (byFromFrom * against(a, a)) / 2 + byFromTo * against(a, b) + (byToTo * against(b, b)) / 2;
    return arrivalRate * (mixed + mass * pure);
  });
}

/** n times what the drift differs by where the d servers drawn are distinct. */
export function biasOfDistinctDraws(field: DrawnFleetField, point: ArrayLike<number>): Float64Array {
  const { arrivalRate, choices } = field.fleet;
  return Float64Array.from(field.masses(point), ({ mass, from, to }) => {
    const difference = slope(choices - 1, from, to).value - slope(choices, from, to).value;
    return -((arrivalRate * choices * (choices - 1)) / 2) * mass * difference;
  });
}

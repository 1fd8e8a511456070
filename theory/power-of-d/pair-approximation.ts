import { assert } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";
import { AdaptiveIntegrator } from "../numerics/adaptive-integrator.js";

/** JSQ(2) on a regular bipartite graph. */
export interface RegularSystem {
  /** lambda < 1, jobs per server. */
  readonly arrivalRate: Rate;
  /** Servers of each task type, c >= 2. */
  readonly typeDegree: number;
  /** Task types of each server, k >= 1. */
  readonly serverDegree: number;
  /** Whether both draws may be the same server. */
  readonly replacement: boolean;
}

/** Tail and pair covariance in the stationary state, by level from 0. */
export interface PairState {
  /** Fraction of servers with at least i jobs. */
  readonly tail: readonly number[];
  /** Covariance, over pairs of servers of one type, of having at least i jobs. */
  readonly covariance: readonly number[];
}

/** Levels are cut off where less than this fraction of the servers is at the highest, or at the maximum. */
const LEVELS = [20, 40, 80] as const;
const LEAST_FRACTION = 1e-8;
const TOLERANCE = 1e-7;
const FLOOR = 1e-6;
/** The state counts as stationary when the mean queue changes by less than this per unit of time. */
const STATIONARY = 1e-9;

/**
 * The stationary tail of JSQ(2) on a regular bipartite graph for many servers, by pair approximation. pi(i, l) is the
 * probability that two servers of one type hold i and l jobs; given its own queue, a server's other neighbours are taken as independent of each other.
 * A server with i jobs gets more from a type shared with one of l at the rate r (1 / c^2 + (2 / c^2) p(i, l) +
 * (2 (c - 2) / c^2) S(i)), with S(i) the mean of p(i, m) over neighbours, p = 1, 1/2, 0 for i below, at, above the other, and
 * r = lambda c / k jobs per type; and at that rate with S(i) for p from each of its other types. Without replacement draws are
 * distinct: 2 / (c (c - 1)) instead of 2 / c^2, and no term for a server drawn twice.
 *
 * For c = 2 (one type per edge of an ordinary graph of degree k) this is the pair approximation known from epidemic and
 * voter models; the extension to any c is derived here. It conserves flow exactly: a fraction lambda of the servers is busy.
 */
export function pairApproximation(system: RegularSystem): PairState {
  assert(system.typeDegree >= 2, "a pair has two servers");
  let state: PairState = { tail: [], covariance: [] };
  for (const levels of LEVELS) {
    state = stationaryState(system, levels + 1);
    if (state.tail[levels] < LEAST_FRACTION) break;
  }
  return state;
}

/** With queues of at most size - 1 jobs. */
function stationaryState(system: RegularSystem, size: number): PairState {
  const { arrivalRate } = system;
  const start = new Float64Array(size * size);
  const single = Array.from(
    { length: size },
    (_, i) => ((1 - arrivalRate) * arrivalRate ** i) / (1 - arrivalRate ** size),
  );
  for (let i = 0; i < size; i++) for (let l = 0; l < size; l++) start[i * size + l] = single[i] * single[l];
  const integrator = new AdaptiveIntegrator(pairDrift(system, size), start, TOLERANCE, FLOOR);
  for (let before = meanQueue(start, size); ; ) {
    integrator.advanceTo(integrator.time + 5);
    const now = meanQueue(integrator.state, size);
    if (Math.abs(now - before) < 5 * STATIONARY) return summary(integrator.state, size);
    before = now;
  }
}

/** Probability that a job whose draws have these two queue lengths joins the first. */
function preference(first: number, second: number): number {
  if (first === second) return 0.5;
  return first < second ? 1 : 0;
}

/** The derivative of pi, symmetric in the two servers of a pair. */
function pairDrift(system: RegularSystem, size: number): (state: Float64Array, into: Float64Array) => void {
  const { arrivalRate, typeDegree: c, serverDegree: k, replacement } = system;
  const typeRate = (arrivalRate * c) / k;
  const twiceOne = replacement ? 1 / c ** 2 : 0;
  const withOther = replacement ? 2 / c ** 2 : 2 / (c * (c - 1));
  const preferred = new Float64Array(size);
  return (state, into) => {
    for (let i = 0; i < size; i++) {
      let [probability, joining] = [0, 0];
      for (let m = 0; m < size; m++) {
        probability += state[i * size + m];
        joining += state[i * size + m] * preference(i, m);
      }
      preferred[i] = joining / probability;
    }
    into.fill(0);
    for (let i = 0; i < size; i++) {
      const fromOtherType = typeRate * (twiceOne + (c - 1) * withOther * preferred[i]);
      for (let l = 0; l < size; l++) {
        const fromOwnType = typeRate * (twiceOne + withOther * (preference(i, l) + (c - 2) * preferred[i]));
        const flow = state[i * size + l];
        if (i + 1 < size) move(into, size, i, l, 1, flow * (fromOwnType + (k - 1) * fromOtherType));
        if (i > 0) move(into, size, i, l, -1, flow);
      }
    }
  };
}

/** Moves probability from (i, l) to (i + by, l), and from (l, i) to (l, i + by). */
function move(into: Float64Array, size: number, i: number, l: number, by: number, flow: number): void {
  into[i * size + l] -= flow;
  into[(i + by) * size + l] += flow;
  into[l * size + i] -= flow;
  into[l * size + i + by] += flow;
}

function meanQueue(pairs: Float64Array, size: number): number {
  return pairs.reduce((sum, probability, at) => sum + probability * (at % size), 0);
}

function summary(pairs: Float64Array, size: number): PairState {
  const tail = new Array<number>(size).fill(0);
  const both = new Array<number>(size).fill(0);
  for (const [at, probability] of pairs.entries()) {
    const [first, second] = [at % size, Math.floor(at / size)];
    for (let level = 0; level <= first; level++) tail[level] += probability;
    for (let level = 0; level <= Math.min(first, second); level++) both[level] += probability;
  }
  return { tail, covariance: both.map((probability, level) => probability - tail[level] ** 2) };
}

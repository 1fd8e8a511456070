import type { ModelTime, Rate } from "../../model/units.js";
import { AdaptiveIntegrator } from "../numerics/adaptive-integrator.js";

/** Levels with less than this fraction of the servers are left out. */
const LEAST_FRACTION = 1e-16;
/** Error per step of the integration: relative, below FLOOR absolute. */
const TOLERANCE = 1e-8;
const FLOOR = 1e-6;

/**
 * The fixed point of JSQ(d) for many servers: the fraction of servers with at least i jobs is lambda^((d^i - 1) / (d - 1)).
 *
 * @param arrivalRate lambda < 1, jobs per server
 * @param choices d >= 1
 * @returns the fraction at index i, from 1 at index 0 to the last above 1e-16
 *
 * Source: Vvedenskaya, Dobrushin and Karpelevich (1996); Mitzenmacher (1996).
 */
export function jsqDFixedPoint(arrivalRate: Rate, choices: number): number[] {
  const tail = [1];
  for (;;) {
    const next = arrivalRate * tail[tail.length - 1] ** choices;
    if (next < LEAST_FRACTION) return tail;
    tail.push(next);
  }
}

/**
 * The tail of the sojourn time of JSQ(d) for many FIFO servers: a job joins a queue of at least i jobs with probability
 * s_i^d, s the fixed point, and its sojourn time is the sum of one more exponential time than it finds jobs, so
 *
 *     P(sojourn > t) = sum over i of s_i^d P(a Poisson variable of mean t is i).
 *
 * @returns the probability of a longer sojourn, as a function of the time
 *
 * Source: by exchanging the order of summation; Mitzenmacher (1996) gives the mean.
 */
export function jsqDSojournTail(arrivalRate: Rate, choices: number): (time: ModelTime) => number {
  const joined = jsqDFixedPoint(arrivalRate, choices).map((fraction) => fraction ** choices);
  return (time) => {
    let poisson = Math.exp(-time);
    let tail = 0;
    for (const [i, probability] of joined.entries()) {
      tail += probability * poisson;
      poisson *= time / (i + 1);
    }
    return tail;
  };
}

/** Jobs per server, from the fractions of servers with at least i jobs at index i. */
export function meanOfTail(tail: readonly number[]): number {
  return tail.reduce((sum, fraction) => sum + fraction, -1);
}

/**
 * The occupancy of JSQ(d) over time for many servers, from any initial state.
 *
 * Source: Rutten and Mukherjee (2023), (3.5).
 */
export class JsqDTrajectory {
  private readonly integrator: AdaptiveIntegrator;

  /** @param start fraction of servers with at least i jobs at index i, 1 at index 0 */
  constructor(arrivalRate: Rate, choices: number, start: readonly number[]) {
    const levels = start.length - 1 + jsqDFixedPoint(arrivalRate, choices).length;
    const occupancy = new Float64Array(levels);
    occupancy.set(start.slice(1));
    this.integrator = new AdaptiveIntegrator(drift(arrivalRate, choices), occupancy, TOLERANCE, FLOOR);
  }

  /** The fraction of servers with at least i jobs at index i, at a time no earlier than that of the previous call. */
  at(time: ModelTime): number[] {
    this.integrator.advanceTo(time);
    return [1, ...this.integrator.state];
  }
}

/** Entry k is of level k + 1. */
function drift(arrivalRate: Rate, choices: number): (state: Float64Array, into: Float64Array) => void {
  return (state, into) => {
    for (let k = 0; k < state.length; k++) {
      const below = k === 0 ? 1 : state[k - 1];
      const above = k + 1 < state.length ? state[k + 1] : 0;
      into[k] = arrivalRate * (below ** choices - state[k] ** choices) - (state[k] - above);
    }
  };
}

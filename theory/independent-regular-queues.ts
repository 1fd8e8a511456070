import type { Rate } from "../model/units.js";
import { distinctDraws } from "./distinct-draws.js";

/** JSQ(d) where every task type has as many servers, and every server as much to do. */
export interface RegularNeighbourhoods {
  /** lambda < 1, jobs per server. */
  readonly arrivalRate: Rate;
  /** d >= 1. */
  readonly choices: number;
  /** Servers of each task type, c. */
  readonly typeDegree: number;
  /** Whether several draws may name the same server. */
  readonly replacement: boolean;
}

/** Levels with fewer servers than this part of all are left out. */
const LEAST_FRACTION = 1e-16;

/**
 * The stationary tail of JSQ(d) on a regular graph for many servers, as if queues were independent of each other: with P(m) the
 * probability that the draws name m different servers (`distinctDraws`), q_i+1 = lambda sum over m of P(m) q_i^m. That is the fixed
 * point of JSQ(d) but for draws of the same server, and it is where the N-intertwined approximation of `independentQueues` leads.
 *
 * @returns fraction of servers with at least i jobs at index i
 */
export function independentRegularQueues(system: RegularNeighbourhoods): number[] {
  const { arrivalRate, choices, typeDegree, replacement } = system;
  const draws = distinctDraws(choices, typeDegree, replacement);
  const tail = [1];
  for (;;) {
    const last = tail[tail.length - 1];
    const next = arrivalRate * draws.reduce((sum, probability, m) => sum + (m === 0 ? 0 : probability * last ** m), 0);
    if (next < LEAST_FRACTION) return tail;
    tail.push(next);
  }
}

import type { Rate } from "../../model/units.js";
import { distinctDraws } from "./distinct-draws.js";

/** JSQ(d) where all task types have equally many servers, and all servers equal load. */
export interface RegularNeighbourhoods {
  /** lambda < 1, jobs per server. */
  readonly arrivalRate: Rate;
  /** d >= 1. */
  readonly choices: number;
  /** Servers of each task type, c. */
  readonly typeDegree: number;
  /** Whether draws may repeat a server. */
  readonly replacement: boolean;
}

/** Levels with less than this fraction of the servers are left out. */
const LEAST_FRACTION = 1e-16;

/**
 * The stationary tail of JSQ(d) on a regular graph for many servers, as if queues were independent: with P(m) the
 * probability of m distinct servers among the draws (`distinctDraws`), q_i+1 = lambda sum over m of P(m) q_i^m. That is the fixed
 * point of JSQ(d) corrected for repeated draws, and what the N-intertwined approximation of `independentQueues` reduces to here.
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

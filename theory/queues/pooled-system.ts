import { UserError } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";

/** Servers with one common queue. */
export interface PooledModel {
  readonly totalArrivalRate: Rate;
  /** One per server, > 0. */
  readonly serviceRates: readonly Rate[];
  /** Maximum number of jobs in the system; Infinity for no limit. */
  readonly capacity: number;
}

/** Weights beyond this are scaled down, together with those before. */
const GREAT = 1e100;

export interface PooledMeasures {
  /** Mean number of jobs in the system. */
  readonly meanJobs: number;
  /** Probability of at least as many jobs as servers, that is, that an arriving job waits or is blocked. */
  readonly waitingProbability: number;
  readonly blockedFraction: number;
}

/**
 * The servers as one pool: k jobs are always served by the min(k, n) fastest servers, so the number of jobs is a
 * birth-death chain. Jobs leave at least as fast as under any policy without a common queue and without job migration, so no
 * such policy that blocks only when every buffer is full has fewer jobs in the system. With equal rates it is M/M/n.
 *
 * @throws UserError if the servers cannot keep up with the arrivals and the capacity is infinite
 */
export function pooledSystem({ totalArrivalRate, serviceRates, capacity }: PooledModel): PooledMeasures {
  const rates = serviceRates.toSorted((a, b) => b - a);
  const servers = rates.length;
  const totalRate = rates.reduce((sum, rate) => sum + rate, 0);
  const load = totalArrivalRate / totalRate;
  const room = capacity - servers;
  if (!(load < 1) && capacity === Number.POSITIVE_INFINITY)
    throw new UserError(
      `arrival rate ${totalArrivalRate} is not below the service rate ${totalRate}: no stationary state`,
    );
  const { first, mass, meanAbove, last } = geometric(load, room);
  // Weights downwards from n jobs: they rise as far as there are as many jobs as the servers can do, and are scaled down before they overflow.
  let [weight, sum, jobs, scale] = [first, 0, 0, 1];
  let serving = totalRate;
  for (let k = servers - 1; k >= 0; k--) {
    weight *= serving / totalArrivalRate;
    serving -= rates[k];
    sum += weight;
    jobs += k * weight;
    if (sum > GREAT) [weight, sum, jobs, scale] = [weight / GREAT, sum / GREAT, jobs / GREAT, scale / GREAT];
  }
  const normalisation = sum + scale * mass;
  return {
    meanJobs: (jobs + scale * (servers * mass + meanAbove)) / normalisation,
    waitingProbability: (scale * mass) / normalisation,
    blockedFraction: (scale * last) / normalisation,
  };
}

/** For weights proportional to 1, x, x^2, ... x^room, scaled so that the greatest is 1: the first, the sum, the sum of k times the k-th, the last. */
function geometric(x: number, room: number): { first: number; mass: number; meanAbove: number; last: number } {
  if (room === Number.POSITIVE_INFINITY) return { first: 1, mass: 1 / (1 - x), meanAbove: x / (1 - x) ** 2, last: 0 };
  const rises = x > 1;
  let mass = 0;
  let meanAbove = 0;
  let weight = 1;
  // From the greatest to the smallest.
  for (let i = 0; i <= room && weight > 0; i++) {
    if (i > 0) weight *= rises ? 1 / x : x;
    mass += weight;
    meanAbove += (rises ? room - i : i) * weight;
  }
  return rises ? { first: weight, mass, meanAbove, last: 1 } : { first: 1, mass, meanAbove, last: weight };
}

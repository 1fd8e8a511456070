import { assert, UserError } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { solveTridiagonal, type Tridiagonal } from "../numerics/tridiagonal.js";
import { erlangB } from "../queues/erlang-b.js";
import type { QueuedServers } from "./queued-servers.js";

/** Numbers of busy servers less likely than the mode by this factor are neglected. */
const NEGLIGIBLE = 1e-40;

/**
 * n servers of equal fixed rate with unit buffers under JIQ: a job goes to a uniformly random idle server, or is lost. With larger ones it may
 * wait at a random server instead.
 */
export interface LossSystem {
  /** n >= 1. */
  readonly servers: number;
  /** lambda > 0, per server. */
  readonly arrivalRate: Rate;
  /** mu > 0; job sizes are exponential with mean 1. */
  readonly serviceRate: Rate;
  /**
   * d >= 0, default 0: how long after each completion the dispatcher cannot use the server (the transit times of the completion
   * message and of the next job), which to the server is idle time.
   */
  readonly messageDelay?: ModelTime;
  /** These n servers with larger buffers, and no delay; unit buffers where undefined. */
  readonly queues?: QueuedServers | undefined;
}

/** E[L], E[L^2], E[L^3], E[L^4] of the idle period L. */
export interface Moments {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/**
 * The fraction of jobs that find every server busy, or not yet known to be idle.
 *
 * Source: Erlang B with mean service time 1/mu + d (M/G/n/n is insensitive to its distribution).
 */
export function blockedFraction(system: LossSystem): number {
  if (system.queues !== undefined) return system.queues.at(system.arrivalRate, system.serviceRate).blockedFraction;
  return erlangB(system.servers, (system.servers * system.arrivalRate) / unavailableRate(system));
}

/**
 * Raw moments of the idle period L of a tagged server, in model time units: from a completion to the start of the next
 * service. Without delay they are exact. With a delay d, L = d + L', where L' is computed as if a server were unavailable
 * for an exponential time of mean 1/mu + d. With larger buffers L is 0 before a job from the queue (`QueuedServers`).
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: L' is of phase type on j, the number of other busy servers: j -> j+1 at lambda n (n-1-j)/(n-j), j -> j-1 at j mu,
 * absorption at lambda n/(n-j); as seen by departures, P(j) at its start is proportional to (j+1) p(j+1), p that of M/M/n/n.
 * E[L'^k] = k! start (-T)^-k 1 (Neuts 1981, section 2.2), one tridiagonal system per moment.
 */
export function idlePeriodMoments(system: LossSystem): Moments {
  const [first, second, third, fourth] = idlePeriodRawMoments(system, 4);
  return { first, second, third, fourth };
}

/**
 * The time average of the idle time I_v(t): while idle the time since the last completion, while busy the length of the last
 * idle period; in model time units.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: renewal-reward over the cycles L + B, B ~ Exp(mu) independent of L:
 * E[I] = (E[L^2]/2 + E[L] E[B]) / (E[L] + E[B]).
 */
export function meanIdleTime(system: LossSystem): number {
  const [first, second] = idlePeriodRawMoments(system, 2);
  return cycleAverage(first, second, 1 / system.serviceRate);
}

/**
 * The asymptotic variance of the time average of I_v(t): Var of its mean over a time t is V/t for large t. In (model time)^3.
 *
 * @throws UserError if a parameter is out of range
 *
 * Source: V = Var(L^2/2 + L B - E[I](L + B)) / E[L + B], the renewal-reward central limit theorem (Asmussen 2003, VI.3),
 * taking successive idle periods as independent, which they are up to O(1/n).
 */
export function idleTimeNoise(system: LossSystem): number {
  const { first, second, third, fourth } = idlePeriodMoments(system);
  const meanService = 1 / system.serviceRate;
  const e = cycleAverage(first, second, meanService);
  // The reward over a cycle is a + B b with a = L^2/2 - e L and b = L - e, and has mean 0.
  const aa = fourth / 4 - e * third + e * e * second;
  const ab = third / 2 - 1.5 * e * second + e * e * first;
  const bb = second - 2 * e * first + e * e;
  return (aa + 2 * meanService * ab + 2 * meanService ** 2 * bb) / (first + meanService);
}

function cycleAverage(first: number, second: number, meanService: number): ModelTime {
  return (second / 2 + first * meanService) / (first + meanService);
}

/** E[L^k] for k = 1 .. count, as `idlePeriodMoments`. */
export function idlePeriodRawMoments(system: LossSystem, count: number): number[] {
  requireLossSystem(system);
  if (system.queues !== undefined)
    return system.queues.at(system.arrivalRate, system.serviceRate).idleMoments.slice(1, count + 1);
  const phases = othersBusyAtCompletion(system);
  const exitMatrix = negatedPhaseGenerator(system, phases);
  const moments = [1];
  let solution = new Float64Array(phases.start.length).fill(1);
  for (let k = 1; k <= count; k++) {
    solution = solveTridiagonal(exitMatrix, solution).map((x) => k * x);
    moments.push(phases.start.reduce((sum, probability, i) => sum + probability * solution[i], 0));
  }
  return momentsOfSum(moments, system.messageDelay ?? 0).slice(1);
}

/** The rate at which a server with a job becomes available to the dispatcher again. */
function unavailableRate({ serviceRate, messageDelay = 0 }: LossSystem): Rate {
  return 1 / (1 / serviceRate + messageDelay);
}

function requireLossSystem({ servers, arrivalRate, serviceRate, messageDelay = 0, queues }: LossSystem): void {
  assert(
    queues === undefined || messageDelay === 0,
    "delays of servers with larger buffers are accounted for elsewhere",
  );
  if (!(Number.isInteger(servers) && servers >= 1)) {
    throw new UserError(`number of servers ${servers}: must be an integer >= 1`);
  }
  if (!(arrivalRate > 0 && Number.isFinite(arrivalRate)))
    throw new UserError(`arrival rate ${arrivalRate}: must be > 0`);
  if (!(serviceRate > 0 && Number.isFinite(serviceRate)))
    throw new UserError(`service rate ${serviceRate}: must be > 0`);
  if (!(messageDelay >= 0 && Number.isFinite(messageDelay))) {
    throw new UserError(`message delay ${messageDelay}: must be >= 0`);
  }
}

/** The relevant numbers of other busy servers, and their probabilities when the tagged server becomes idle. */
interface Phases {
  readonly fewest: number;
  /** start[i] is the probability of fewest + i. */
  readonly start: Float64Array;
}

/**
 * (j+1) p(j+1) is proportional to p(j), a Poisson weight: computed from its mode outwards, which avoids overflow, and only
 * where it is not negligible, which is for O(sqrt(n)) of the n numbers.
 */
function othersBusyAtCompletion(system: LossSystem): Phases {
  const n = system.servers;
  const load = (n * system.arrivalRate) / unavailableRate(system);
  const mode = Math.min(n - 1, Math.floor(load));
  const above: number[] = [];
  const below: number[] = [];
  for (let j = mode, weight = 1; j < n && weight > NEGLIGIBLE; j++, weight *= load / j) above.push(weight);
  for (let j = mode - 1, weight = mode / load; j >= 0 && weight > NEGLIGIBLE; weight *= j / load, j--)
    below.push(weight);
  const weights = Float64Array.from([...below.reverse(), ...above]);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { fewest: mode - below.length, start: weights.map((weight) => weight / total) };
}

/** -T, where T generates the number of other busy servers while the tagged one stays idle. */
function negatedPhaseGenerator(system: LossSystem, { fewest, start }: Phases): Tridiagonal {
  const n = system.servers;
  const size = start.length;
  const arrivals = n * system.arrivalRate;
  const departure = unavailableRate(system);
  const below = new Float64Array(size);
  const above = new Float64Array(size);
  const diagonal = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const j = fewest + i;
    if (i > 0) below[i] = -j * departure;
    if (i < size - 1) above[i] = (-arrivals * (n - 1 - j)) / (n - j);
    diagonal[i] = arrivals / (n - j) - below[i] - above[i];
  }
  return { below, diagonal, above };
}

/** E[(d + X)^k] for k = 0, 1, ..., from E[X^k], by the binomial theorem. */
function momentsOfSum(moments: readonly number[], d: number): number[] {
  let row = [1];
  return moments.map((_, k) => {
    if (k > 0) row = [1, ...row.slice(1).map((choose, i) => choose + row[i]), 1];
    return row.reduce((sum, choose, i) => sum + choose * moments[i] * d ** (k - i), 0);
  });
}

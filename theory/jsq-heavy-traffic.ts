import { assert } from "../model/errors.js";

/**
 * Join the Shortest Queue in many-server heavy traffic (Hurtado-Lange and Maguluri): n servers of unit service rate, total
 * arrival rate n (1 - n^-alpha). Time is slotted, or continuous with Poisson arrivals and exponential service, for which
 * both variances are 1.
 */
export interface HeavyTraffic {
  readonly servers: number;
  /** alpha > 0: the load is 1 - n^-alpha. */
  readonly alpha: number;
  /** Variance of the arrivals of a slot, over n. */
  readonly arrivalVariance: number;
  /** Variance of the potential service of a server in a slot. */
  readonly serviceVariance: number;
}

/** Total arrival rate n (1 - n^-alpha), per slot or unit of time (section 2). */
export function totalArrivalRate({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers * (1 - servers ** -alpha);
}

/** The factor n^-alpha by which the total queue is scaled in Theorem 1. */
export function queueScale({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers ** -alpha;
}

/** The mean of the exponential law to which the scaled total queue tends (Theorem 1, Corollary 1). */
export function limitMean({ arrivalVariance, serviceVariance }: HeavyTraffic): number {
  return (arrivalVariance + serviceVariance) / 2;
}

/** E[sum of unused services of a slot] = n^(1 - alpha), exactly (Lemma 1); in continuous time the mean of idle servers. */
export function meanUnusedService({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers ** (1 - alpha);
}

/** The alpha above which Theorem 1 holds: 2 for jsq, 5/2 for the power of two choices (Remark 1). */
export function leastAlpha(policy: "jsq" | "jsq-d"): number {
  return policy === "jsq" ? 2 : 2.5;
}

/**
 * The order n^(2 - alpha) ceil(log n) at which the Wasserstein distance to the exponential law shrinks at least (Theorem 3),
 * without its constant, which the proof leaves open.
 */
export function wassersteinOrder({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers ** (2 - alpha) * Math.ceil(Math.log(servers));
}

/** What the unused service of a slot, U, says of the total queue at the end of the slot, sum q+. */
export interface UnusedService {
  /** E[(sum q+) U]. */
  readonly crossTerm: number;
  /** E[U^2]. */
  readonly secondMoment: number;
}

/**
 * The mean total queue at the beginning of a slot, exactly, for any n and alpha and any policy, from the law of the unused
 * service: the drift of (sum q)^2 is 0, so
 *
 *   E[sum q] = ( n (sigma_a^2 + sigma_s^2) + n^(2 - 2 alpha) + 2 E[(sum q+) U] - E[U^2] ) / (2 n^(1 - alpha)).
 *
 * The cross term is the finite-size error of the limit (the way of Hurtado-Lange and Maguluri to prove Corollary 1).
 */
export function meanTotalQueue(system: HeavyTraffic, unused: UnusedService): number {
  const { servers, alpha, arrivalVariance, serviceVariance } = system;
  const drift = servers ** (1 - alpha);
  const fluctuation = servers * (arrivalVariance + serviceVariance) + drift ** 2;
  return (fluctuation + 2 * unused.crossTerm - unused.secondMoment) / (2 * drift);
}

/**
 * The mean total queue in continuous time with Poisson arrivals and exponential service at unit rates, exactly, for any n
 * and alpha and any policy with infinite buffers: the drift of (sum q)^2 is 0, so
 *
 *   E[sum q] = ( n (1 - n^-alpha) + E[(sum q) (idle servers)] ) / n^(1 - alpha).
 *
 * @param crossTerm E[(sum q) (idle servers)]
 */
export function meanTotalQueueInContinuousTime(
  system: Pick<HeavyTraffic, "servers" | "alpha">,
  crossTerm: number,
): number {
  return (totalArrivalRate(system) + crossTerm) / system.servers ** (1 - system.alpha);
}

/**
 * How long the total queue remembers, in slots or units of time: the relaxation time 8 sigma^2 / (2 theta)^2 of a Brownian
 * motion reflected at 0 with drift -theta = -n^(1 - alpha) and variance sigma^2 = n (sigma_a^2 + sigma_s^2) per unit. Right
 * where the limit is; for alpha <= 1, where most fluctuation is within the busy servers, it is not less than that of one job.
 */
export function relaxationTime({ servers, alpha, arrivalVariance, serviceVariance }: HeavyTraffic): number {
  const drift = servers ** (1 - alpha);
  return Math.max(1, (2 * servers * (arrivalVariance + serviceVariance)) / drift ** 2);
}

/**
 * How long to observe for the mean total queue to have this relative standard error. The time average of a reflected
 * Brownian motion over t has the relative variance 2 sigma^2 / (theta^2 t) (Whitt 1989).
 */
export function timeForPrecision(system: HeavyTraffic, relativeError: number): number {
  assert(relativeError > 0, "a precision is > 0");
  return relaxationTime(system) / relativeError ** 2;
}

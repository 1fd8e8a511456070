/**
 * Join the Shortest Queue in many-server heavy traffic (Hurtado-Lange and Maguluri 2020): n servers of unit service rate, total
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

/** The mean of the exponential law to which the scaled total queue converges (Theorem 1, Corollary 1). */
export function limitMean({ arrivalVariance, serviceVariance }: HeavyTraffic): number {
  return (arrivalVariance + serviceVariance) / 2;
}

/** E[sum of unused services of a slot] = n^(1 - alpha), exactly (Lemma 1); in continuous time the mean number of idle servers. */
export function meanUnusedService({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers ** (1 - alpha);
}

/** The alpha above which Theorem 1 holds: 2 for jsq, 5/2 for the power of two choices (Remark 1). */
export function leastAlpha(policy: "jsq" | "jsq-d"): number {
  return policy === "jsq" ? 2 : 2.5;
}

/**
 * The order n^(2 - alpha) ceil(log n) of the upper bound of the Wasserstein distance to the exponential law (Theorem 3), without
 * its constant (`printedWassersteinBound`).
 */
export function wassersteinOrder({ servers, alpha }: Pick<HeavyTraffic, "servers" | "alpha">): number {
  return servers ** (2 - alpha) * Math.ceil(Math.log(servers));
}

/** Theta, over the mean of the limit law, at which its generating function 1/(1 - theta) is 4/3 and 1/2: moments of what varies little. */
export const GENERATING_AT = { rising: 1 / 4, falling: -1 } as const;

/** What a slot may bring at most. */
export interface SlotExtremes {
  /** A_max, of all jobs. */
  readonly arrivalsAtMost: number;
  /** S_max, of a server. */
  readonly serviceAtMost: number;
}

/**
 * The bound of Theorem 3 as printed, with the constant C of the proof of Proposition 1: of the Wasserstein distance of the scaled total queue
 * over its limit mean to the exponential law of mean 1. Since A_max >= n (1 - n^-alpha), it is of order n^(4 - alpha) log n at least.
 *
 * Source: Hurtado-Lange and Maguluri (2020), (11); C = 6 M^2/delta + 8 M (4 M/delta + n^(-1/2)) with M the greater of A_max and S_max, and
 * delta = 1 - n^-alpha, the greatest that it may be.
 */
export function printedWassersteinBound(system: HeavyTraffic, { arrivalsAtMost, serviceAtMost }: SlotExtremes): number {
  const { servers: n, alpha, arrivalVariance, serviceVariance } = system;
  const most = Math.max(arrivalsAtMost, serviceAtMost);
  const constant = (38 * most ** 2) / (1 - n ** -alpha) + (8 * most) / Math.sqrt(n);
  const inflated = constant * serviceAtMost * Math.exp(1 / (2 * Math.E) + 1);
  const rest = 5 * serviceAtMost * n ** (1 - alpha) + n ** (1 - 2 * alpha);
  const collapse = 2 * inflated * Math.ceil(alpha - 1) * wassersteinOrder(system);
  return (rest + collapse) / (arrivalVariance + serviceVariance);
}

/** Moments of the unused service of a slot, U, and the total queue at the end of the slot, sum q+. */
export interface UnusedService {
  /** E[(sum q+) U]. */
  readonly crossTerm: number;
  /** E[U^2]. */
  readonly secondMoment: number;
}

/**
 * The mean total queue at the start of a slot, exactly, for any n, alpha and policy, from the moments of the unused service: the drift of (sum q)^2 is 0, so
 *
 *   E[sum q] = ( n (sigma_a^2 + sigma_s^2) + n^(2 - 2 alpha) + 2 E[(sum q+) U] - E[U^2] ) / (2 n^(1 - alpha)).
 *
 * The cross term is the finite-size error of the limit (as in the proof of Corollary 1 of Hurtado-Lange and Maguluri (2020)).
 */
export function meanTotalQueue(system: HeavyTraffic, unused: UnusedService): number {
  const { servers, alpha, arrivalVariance, serviceVariance } = system;
  const drift = servers ** (1 - alpha);
  const fluctuation = servers * (arrivalVariance + serviceVariance) + drift ** 2;
  return (fluctuation + 2 * unused.crossTerm - unused.secondMoment) / (2 * drift);
}

/**
 * The relaxation time of the total queue, in slots or units of time: 8 sigma^2 / (2 theta)^2 for a Brownian motion reflected at
 * 0 with drift -theta = -n^(1 - alpha) and variance sigma^2 = n (sigma_a^2 + sigma_s^2) per unit. Valid where the limit is; for
 * alpha <= 1, where most fluctuation is in the number of busy servers, it is at least that of one job.
 */
export function relaxationTime({ servers, alpha, arrivalVariance, serviceVariance }: HeavyTraffic): number {
  const drift = servers ** (1 - alpha);
  return Math.max(1, (2 * servers * (arrivalVariance + serviceVariance)) / drift ** 2);
}

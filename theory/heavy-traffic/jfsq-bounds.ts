import type { ModelTime, Rate } from "../../model/units.js";

/**
 * Join the Fastest Shortest Queue in heavy traffic (Liu and Ying 2025): n servers, Poisson arrivals of rate lambda n,
 * lambda = 1 - n^-alpha, 0 < alpha < 1.
 */
export interface HeterogeneousFleet {
  readonly servers: number;
  readonly alpha: number;
  /** In descending order; they sum to n. */
  readonly rates: readonly Rate[];
  /** b: jobs a server holds at most, the one in service included; >= 2. */
  readonly buffer: number;
}

export type Regime = "sub-Halfin-Whitt" | "super-Halfin-Whitt";

export function regimeOf({ alpha }: Pick<HeterogeneousFleet, "alpha">): Regime {
  return alpha < 0.5 ? "sub-Halfin-Whitt" : "super-Halfin-Whitt";
}

/** epsilon of the paper: a positive lower bound of all rates, below Halfin-Whitt at most 1/2 (Assumption 1). */
export function rateFloor(fleet: HeterogeneousFleet): Rate {
  const slowest = fleet.rates[fleet.rates.length - 1];
  return regimeOf(fleet) === "sub-Halfin-Whitt" ? Math.min(slowest, 0.5) : slowest;
}

/**
 * N_2: the greatest number of fastest servers whose rates sum to no more than lambda n. The paper takes the sum to be equal;
 * rounded down, the proof of Lemma 2 holds for any rates.
 */
export function fastServers({ servers, alpha, rates }: HeterogeneousFleet): number {
  return fastestWithin(rates, servers * (1 - servers ** -alpha));
}

/** N_1(delta): the greatest number of fastest servers whose rates sum to no more than (1 - delta) n (section 3). */
export function surelyBusyServers({ servers, rates }: HeterogeneousFleet, delta: number): number {
  return fastestWithin(rates, (1 - delta) * servers);
}

function fastestWithin(rates: readonly Rate[], limit: Rate): number {
  let sum = 0;
  // Rounding must not exclude a server at which the rates sum to the limit exactly.
  const count = rates.findIndex((rate) => {
    sum += rate;
    return sum > limit * (1 + 1e-12);
  });
  return count < 0 ? rates.length : count;
}

/** The rate of the N_2-th fastest server; of the fastest, where N_2 is 0. */
function rateOfLastFast(fleet: HeterogeneousFleet): Rate {
  return fleet.rates[Math.max(0, fastServers(fleet) - 1)];
}

/** k_sub = 16 (b - 1) mu_{N_2} / epsilon^2: the factor of heterogeneity below Halfin-Whitt. */
export function subHalfinWhittFactor(fleet: HeterogeneousFleet): number {
  return (16 * (fleet.buffer - 1) * rateOfLastFast(fleet)) / rateFloor(fleet) ** 2;
}

/** k_super = 24 r (b - 1) mu_1 / epsilon: the factor from Halfin-Whitt on. */
export function superHalfinWhittFactor(fleet: HeterogeneousFleet, moment: number): number {
  return (24 * moment * (fleet.buffer - 1) * fleet.rates[0]) / rateFloor(fleet);
}

/** Theorem 2: E[max(mean queue - threshold, 0)^r] <= atMost. */
export interface ClippedMoment {
  readonly threshold: number;
  readonly atMost: number;
}

/**
 * Theorem 2 for the moment r >= 1. Below Halfin-Whitt with the constant of its proof, 17 (2 k_sub r / n^(1 - alpha))^r (21):
 * that of the statement is smaller and not proved.
 */
export function clippedMoment(fleet: HeterogeneousFleet, moment: number): ClippedMoment {
  const { servers, alpha } = fleet;
  const slack = servers ** (1 - alpha);
  if (regimeOf(fleet) === "sub-Halfin-Whitt") {
    const factor = subHalfinWhittFactor(fleet);
    return {
      threshold: fastServers(fleet) / servers + (1 - 4 / (factor * rateFloor(fleet))) * servers ** -alpha,
      atMost: 17 * ((2 * factor * moment) / slack) ** moment,
    };
  }
  return {
    threshold: 1 + (superHalfinWhittFactor(fleet, moment) * Math.log(servers)) / slack,
    atMost: 10 * ((2 * moment) / slack) ** moment,
  };
}

/**
 * The bound of the mean queue length that follows Theorem 2, with the constants of its proof: the threshold and what exceeds it on average.
 */
export function meanQueueBound(fleet: HeterogeneousFleet): number {
  const { threshold, atMost } = clippedMoment(fleet, 1);
  return threshold + atMost;
}

/** The limit of the mean queue length: N_2/n below Halfin-Whitt, where all but the slowest servers have one job, and 1 from there on. */
export function limitQueue(fleet: HeterogeneousFleet): number {
  return regimeOf(fleet) === "sub-Halfin-Whitt" ? fastServers(fleet) / fleet.servers : 1;
}

export interface WaitingBounds {
  readonly meanWaitingTime: ModelTime;
  /** Probability that a job is sent to a busy server, blocked jobs included. */
  readonly waitingProbability: number;
  readonly blockedFraction: number;
}

/**
 * The bounds of Theorem 1, with the constants that its proof gives for r = 1 (section 3.5). Below Halfin-Whitt the threshold
 * of Theorem 2 is n^(1 - alpha) jobs above N_2, which the proof writes as n^alpha log n; so the probability, too, has the
 * term n^-alpha, which the theorem states for the waiting time only.
 */
export function waitingBounds(fleet: HeterogeneousFleet): WaitingBounds {
  const { servers, alpha, rates } = fleet;
  const slack = servers ** (1 - alpha);
  const scale = servers ** alpha;
  const logarithm = Math.log(servers);
  const sub = regimeOf(fleet) === "sub-Halfin-Whitt";
  const superFactor = superHalfinWhittFactor(fleet, 1);
  const waitingJobs = sub
    ? slack + 34 * subHalfinWhittFactor(fleet) * scale + 6 * Math.sqrt(servers) * logarithm
    : slack / rates[0] + 2 * superFactor * scale * logarithm + 64 * scale + 1;
  const blocked = Math.min(1, sub ? (34 * subHalfinWhittFactor(fleet)) / slack : 64 / slack);
  return {
    meanWaitingTime: waitingJobs / ((servers - slack) * (1 - blocked)),
    waitingProbability: Math.min(1, (4 * waitingJobs + 1) / servers),
    blockedFraction: blocked,
  };
}

/** The exponents e of the guaranteed decay n^-e of waiting time and probability in Theorem 1, logarithms omitted. */
export function decayExponents({ alpha }: Pick<HeterogeneousFleet, "alpha">): {
  readonly meanWaitingTime: number;
  readonly waitingProbability: number;
} {
  if (alpha < 0.5) return { meanWaitingTime: alpha, waitingProbability: 0.5 };
  return { meanWaitingTime: Math.min(1 - alpha, 0.5), waitingProbability: 1 - alpha };
}

/** The orders of Theorem 1 with their logarithms, the factors of heterogeneity taken as 1. */
export function waitingOrders({ servers, alpha }: Pick<HeterogeneousFleet, "servers" | "alpha">): {
  readonly meanWaitingTime: number;
  readonly waitingProbability: number;
} {
  const slack = servers ** (alpha - 1);
  const logarithm = Math.log(servers);
  if (alpha < 0.5)
    return { meanWaitingTime: servers ** -alpha + slack, waitingProbability: slack + logarithm / Math.sqrt(servers) };
  return {
    meanWaitingTime: logarithm * (slack + 1 / Math.sqrt(servers)),
    waitingProbability: logarithm * slack,
  };
}

/** An event of the state, with a lemma's lower bound of its probability. */
export interface LemmaEvent {
  /** The event is that the Lyapunov value is at most this. */
  readonly threshold: number;
  readonly probabilityAtLeast: number;
}

/**
 * Lemma 1: at most 1 + 8 log^2 n of the N_1(delta) fastest servers are idle, with probability 1 - exp(-delta log^2 n).
 *
 * @param delta 2 n^-alpha <= delta <= 1/2
 */
export function surelyBusyEvent({ servers }: HeterogeneousFleet, delta: number): LemmaEvent {
  const square = Math.log(servers) ** 2;
  return { threshold: 1 + 8 * square, probabilityAtLeast: 1 - Math.exp(-delta * square) };
}

/** Lemma 2: at most 5 sqrt(n) log n of the N_2 fastest servers are idle, with probability 1 - exp(-epsilon log^2 n). */
export function fastBusyEvent(fleet: HeterogeneousFleet): LemmaEvent {
  const logarithm = Math.log(fleet.servers);
  return {
    threshold: 5 * Math.sqrt(fleet.servers) * logarithm,
    probabilityAtLeast: 1 - Math.exp(-Math.min(rateFloor(fleet), 0.5) * logarithm ** 2),
  };
}

/** The event for the Lyapunov function (4), min{ waiting jobs - A, B - busy servers }, with its A and B. */
export interface StateSpaceCollapse extends LemmaEvent {
  readonly waitingOffset: number;
  readonly busyTarget: number;
}

/** Why Lemma 3, or Lemma 4, does not cover a fleet; undefined if it does. Their conditions are weaker than those of the theorems. */
export function outsideCollapse(fleet: HeterogeneousFleet, moment: number): string | undefined {
  const { servers, alpha, buffer, rates } = fleet;
  const logarithm = Math.log(servers);
  const floor = rateFloor(fleet);
  const shown = (value: number): string => value.toPrecision(3);
  if (regimeOf(fleet) === "super-Halfin-Whitt") {
    const least = 12 * moment * rates[0] * logarithm;
    const slack = servers ** (1 - alpha);
    return slack >= least ? undefined : `n^(1 - alpha) = ${shown(slack)} is below 12 r mu_1 log n = ${shown(least)}`;
  }
  const least = (128 * (moment + 1) * (buffer - 1) ** 2 * rateOfLastFast(fleet) * logarithm) / floor ** 2;
  const room = servers ** (1 - 2 * alpha);
  if (room < least)
    return `n^(1 - 2 alpha) = ${shown(room)} is below 128 (r + 1) (b - 1)^2 mu_N2 log n / epsilon^2 = ${shown(least)}`;
  const smallest = (2 * (moment + 1)) / logarithm;
  return floor >= smallest ? undefined : `epsilon = ${shown(floor)} is below 2 (r + 1) / log n = ${shown(smallest)}`;
}

/**
 * Lemma 3 below Halfin-Whitt and Lemma 4 from there on: many waiting jobs and many idle servers do not occur together. The
 * probability of the complement is at most n^-2r in Lemma 3 (its last inequality read as <=), and n^-r in Lemma 4, as its proof
 * ends (the statement has n^-2r).
 */
export function stateSpaceCollapse(fleet: HeterogeneousFleet, moment: number): StateSpaceCollapse {
  const { servers, alpha, rates } = fleet;
  const slack = servers ** (1 - alpha);
  if (regimeOf(fleet) === "sub-Halfin-Whitt") {
    const nu = ((fleet.buffer - 1) * rateOfLastFast(fleet)) / rateFloor(fleet);
    return {
      waitingOffset: 0,
      busyTarget: fastServers(fleet) + (1 - 1 / (4 * nu)) * slack,
      threshold: (1 - 3 / (8 * nu)) * slack,
      probabilityAtLeast: 1 - servers ** (-2 * moment),
    };
  }
  return {
    waitingOffset: superHalfinWhittFactor(fleet, moment) * servers ** alpha * Math.log(servers),
    busyTarget: servers,
    threshold: slack / (2 * rates[0]),
    probabilityAtLeast: 1 - servers ** -moment,
  };
}

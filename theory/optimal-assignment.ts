import { CoordinateRanking } from "../model/coordinate-ranking.js";
import { UserError } from "../model/errors.js";
import type { Utility } from "../model/utility-functions.js";
import { poissonLaw } from "./poisson.js";

/** Classes of server pools: the utility of a pool of each, and the fraction of pools that are of it. */
export interface PoolClasses {
  readonly utilities: readonly Utility[];
  /** alpha_n(i), summing to 1. */
  readonly fractions: readonly number[];
}

/** Sums of fractions of pools that differ by no more than this are equal, and differ by rounding. */
const ROUNDING = 1e-9;
/** Ranks after which a load is said to be out of reach. */
const MOST_RANKS = 1_000_000;

/** The task assignment q_n* that maximises the overall utility at a given load. */
export interface OptimalAssignment {
  /** r*, the rank of the coordinates sigma* = (i*, j*) that the load fills in part. */
  readonly rank: number;
  /** i*, counted from 0. */
  readonly partialClass: number;
  /** j*. */
  readonly partialLevel: number;
  /** q*(sigma*): the fraction of all pools that are of class i* and have j* tasks; the others of the class have j* - 1. */
  readonly partialFraction: number;
  /** Whether q*(sigma*) = 0: all pools of a class then have equally many tasks. */
  readonly integral: boolean;
  /** For each class, how many tasks all of its pools have at least: the thresholds l_i(r*). */
  readonly fullLevels: readonly number[];
  /** u(q_n*), per pool. */
  readonly utility: number;
}

/**
 * Fills the coordinates in the order of their ranking until the load is used up.
 *
 * @param load tasks per pool, >= 0
 * @throws UserError if the fractions do not fit the utilities
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), (4), (5) and Proposition 1.
 */
export function optimalAssignment({ utilities, fractions }: PoolClasses, load: number): OptimalAssignment {
  checkFractions(utilities, fractions);
  const ranking = new CoordinateRanking(utilities);
  const fullLevels = utilities.map(() => 0);
  let utility = utilities.reduce((sum, { value }, i) => sum + fractions[i] * value(0), 0);
  let left = load;
  for (let rank = 1; rank < MOST_RANKS; rank++) {
    const partialClass = ranking.classAt(rank);
    const partialLevel = ranking.levelAt(rank);
    const marginal = utilities[partialClass].marginal(partialLevel - 1);
    if (left < fractions[partialClass] - ROUNDING) {
      const integral = left <= ROUNDING;
      const partialFraction = integral ? 0 : left;
      utility += partialFraction * marginal;
      return { rank, partialClass, partialLevel, partialFraction, integral, fullLevels, utility };
    }
    utility += fractions[partialClass] * marginal;
    left -= fractions[partialClass];
    fullLevels[partialClass]++;
  }
  throw new UserError(`a load of ${load} tasks per pool fills more than ${MOST_RANKS} coordinates: lower it`);
}

/** q_n*(i, j): the fraction of pools that are of class i and have at least j >= 1 tasks. */
export function optimalOccupancy(
  { fractions }: PoolClasses,
  { fullLevels, partialClass, partialFraction }: OptimalAssignment,
  i: number,
  j: number,
): number {
  if (j <= fullLevels[i]) return fractions[i];
  return i === partialClass && j === fullLevels[i] + 1 ? partialFraction : 0;
}

/**
 * u*(load), the largest overall utility per pool with this many tasks per pool, fractions of tasks allowed: concave, and
 * linear between loads that fill coordinates. No policy has a larger mean utility (Theorem 1).
 */
export function optimalUtility(classes: PoolClasses, load: number): number {
  return optimalAssignment(classes, load).utility;
}

/**
 * E[u*(S/n)] with S ~ Poisson(n load): at most u*(load) by Jensen, and still no policy does better, since the number of
 * tasks is Poisson whatever the policy and the utility is at most u*(S/n) at every moment.
 *
 * @param pools n
 * @param load rho, tasks per pool
 */
export function meanOptimalUtility(classes: PoolClasses, pools: number, load: number): number {
  const { from, probabilities } = poissonLaw(pools * load);
  return probabilities.reduce(
    (sum, probability, k) => sum + probability * optimalUtility(classes, (from + k) / pools),
    0,
  );
}

function checkFractions(utilities: readonly Utility[], fractions: readonly number[]): void {
  if (fractions.length !== utilities.length) {
    throw new UserError(`${fractions.length} fractions for ${utilities.length} utilities: give one of each per class`);
  }
  if (!fractions.every((fraction) => fraction > 0)) {
    throw new UserError(`fractions ${fractions.join(", ")}: every class must have pools, so each must be > 0`);
  }
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (Math.abs(sum - 1) > ROUNDING) throw new UserError(`fractions ${fractions.join(", ")} sum to ${sum}, not to 1`);
}

import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { UserError } from "../../model/errors.js";
import type { Utility } from "../../model/utility-functions.js";
import { poissonLaw } from "../queues/poisson.js";

/** Classes of server pools: the utility function of each, and its fraction of the pools. */
export interface PoolClasses {
  readonly utilities: readonly Utility[];
  /** alpha_n(i), summing to 1. */
  readonly fractions: readonly number[];
}

/** Sums of fractions of pools that differ by no more than this count as equal. */
const ROUNDING = 1e-9;
/** Ranks after which a load is rejected as too large. */
const MOST_RANKS = 100_000;

/** The task assignment q_n* that maximises the overall utility at a given load. */
export interface OptimalAssignment {
  /** r*, the rank of the coordinates sigma* = (i*, j*) that the load fills partially. */
  readonly rank: number;
  /** i*, counted from 0. */
  readonly partialClass: number;
  /** j*. */
  readonly partialLevel: number;
  /** q*(sigma*): the fraction of all pools that are of class i* and have j* tasks; the others of the class have j* - 1. */
  readonly partialFraction: number;
  /** Whether q*(sigma*) = 0: all pools of a class then have equally many tasks. */
  readonly integral: boolean;
  /** For each class, the number of tasks that all of its pools have at least: the thresholds l_i(r*). */
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
export function optimalAssignment(classes: PoolClasses, load: number): OptimalAssignment {
  let table = tables.get(classes);
  if (table === undefined) {
    table = new AssignmentTable(classes);
    tables.set(classes, table);
  }
  return table.at(load);
}

/** The same classes are evaluated at many loads. */
const tables = new WeakMap<PoolClasses, AssignmentTable>();

/** Cumulative tasks and utility before each rank, extended on demand, so that a load takes a binary search. */
class AssignmentTable {
  private readonly ranking: CoordinateRanking;
  /** Tasks and utility per pool, and full levels by class, before each rank; rank 1 at index 0. */
  private readonly tasks = [0];
  private readonly utility: number[];
  private readonly fullLevels: number[][];

  constructor(private readonly classes: PoolClasses) {
    const { utilities, fractions } = classes;
    checkFractions(utilities, fractions);
    this.ranking = new CoordinateRanking(utilities);
    this.utility = [utilities.reduce((sum, { value }, i) => sum + fractions[i] * value(0), 0)];
    this.fullLevels = [utilities.map(() => 0)];
  }

  at(load: number): OptimalAssignment {
    while (this.tasks[this.tasks.length - 1] <= load + ROUNDING) this.extend(load);
    // The last rank before which at most the load is filled.
    let low = 0;
    let high = this.tasks.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.tasks[middle] <= load + ROUNDING) low = middle;
      else high = middle;
    }
    const rank = low + 1;
    const left = load - this.tasks[low];
    const integral = left <= ROUNDING;
    const partialFraction = integral ? 0 : left;
    return {
      rank,
      partialClass: this.ranking.classAt(rank),
      partialLevel: this.ranking.levelAt(rank),
      partialFraction,
      integral,
      fullLevels: this.fullLevels[low],
      utility: this.utility[low] + partialFraction * this.marginalAt(rank),
    };
  }

  private extend(load: number): void {
    const rank = this.tasks.length;
    if (rank >= MOST_RANKS)
      throw new UserError(`a load of ${load} tasks per pool fills more than ${MOST_RANKS} coordinates: reduce it`);
    const i = this.ranking.classAt(rank);
    const fraction = this.classes.fractions[i];
    this.tasks.push(this.tasks[rank - 1] + fraction);
    this.utility.push(this.utility[rank - 1] + fraction * this.marginalAt(rank));
    this.fullLevels.push(this.fullLevels[rank - 1].map((levels, k) => levels + (k === i ? 1 : 0)));
  }

  private marginalAt(rank: number): number {
    return this.classes.utilities[this.ranking.classAt(rank)].marginal(this.ranking.levelAt(rank) - 1);
  }
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
 * E[u*(S/n)] with S ~ Poisson(n load): at most u*(load) by Jensen, and still an upper bound for every policy, since the number
 * of tasks is Poisson whatever the policy and the utility is at most u*(S/n) at all times.
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

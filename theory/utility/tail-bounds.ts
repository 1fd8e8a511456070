import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import { poissonLaw } from "../queues/poisson.js";
import type { PoolClasses } from "./optimal-assignment.js";

/** Pools under a load of rho tasks per pool. */
export interface LoadedPools {
  readonly classes: PoolClasses;
  /** n. */
  readonly pools: number;
  /** rho. */
  readonly load: number;
}

/**
 * A bound of E[f_k], the mean number of tasks per pool beyond the coordinates of rank k under JLMU, at any n.
 *
 * @param rank k >= 1
 * @returns as the proof has it, rho P(S >= n theta_k), S Poisson; and as stated, by a Chernoff bound
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), Proposition 8, with theta_k of (40).
 */
export function jlmuTailBound({ classes, pools, load }: LoadedPools, rank: number) {
  const room = pools * roomWithin(classes, rank);
  const { from, probabilities } = poissonLaw(pools * load);
  const atLeast = probabilities.reduce((sum, probability, k) => (from + k >= room - 1e-9 ? sum + probability : sum), 0);
  return { proved: load * atLeast, stated: load * Math.exp(2 * pools * load - room) };
}

/**
 * A bound of P(r > k) under SLTA, at any n; rho times that bounds E[f_k].
 *
 * @param rank k >= 1
 * @param beta beta_n
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), Proposition 9, (42).
 */
export function sltaRankBound({ classes, pools, load }: LoadedPools, rank: number, beta: number): number {
  const room = roomWithin(classes, rank);
  const thresholds = levelsWithin(classes, rank);
  const [highest, lowest] = [Math.max(...thresholds), Math.min(...thresholds)];
  const term = (mass: number): number => Math.exp(-pools * (mass - 2 * load));
  return Math.min(1, term(room) + term(room - highest * beta) + term(lowest * Math.min(...classes.fractions)));
}

/** theta_k: the tasks per pool that the coordinates up to rank k hold. */
function roomWithin(classes: PoolClasses, rank: number): number {
  return levelsWithin(classes, rank).reduce((sum, levels, i) => sum + levels * classes.fractions[i], 0);
}

/** Of each class, how many coordinates are among those up to this rank: the thresholds l_i(k + 1). */
function levelsWithin({ utilities }: PoolClasses, rank: number): number[] {
  const ranking = new CoordinateRanking(utilities);
  const levels = utilities.map(() => 0);
  for (let k = 1; k <= rank; k++) levels[ranking.classAt(k)]++;
  return levels;
}

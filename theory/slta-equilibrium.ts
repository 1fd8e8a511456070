import { CoordinateRanking } from "../model/coordinate-ranking.js";
import type { ModelTime } from "../model/units.js";
import { optimalAssignment, type PoolClasses } from "./optimal-assignment.js";

/**
 * The time after which, in the limit of many pools, SLTA holds r = r* for ever, and with it all that is better ranked than
 * sigma* is full: tau_eq of Theorem 6, for service times with mean 1. It is an upper bound, and a generous one.
 *
 * @param load rho, tasks per pool
 * @param tasksAtStart s(0), tasks per pool at time 0
 * @returns Infinity where the load fills whole levels: (8) must hold with < on the left
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), proof of Theorem 6, and tau_bd in the proof of Proposition 6, whose sum
 * in the denominator is of alpha(i).
 */
export function sltaEquilibriumTime(classes: PoolClasses, load: number, tasksAtStart: number): ModelTime {
  const { rank, partialClass, partialLevel, partialFraction, integral } = optimalAssignment(classes, load);
  if (integral) return Number.POSITIVE_INFINITY;
  const room = classes.fractions[partialClass] - partialFraction;
  const excess = tasksAtStart - load;
  const settling = excess > 0 ? Math.max(0, Math.log(excess / room)) : 0;
  const steps = highestRank(classes, load) - rank;
  const bounded = settling + (highestLevel(classes, load) - partialLevel) * steps;
  return bounded + Math.log(load / partialFraction);
}

/**
 * (14c): the mass on coordinates worse than sigma*, sum of q(i, j), is in the limit at most this, a time `since` after a moment
 * beyond tau_bd with `tasks` tasks per pool: tasks leave it and none is sent there (Corollary 1).
 */
export function sltaTailMassBound(tasks: number, since: ModelTime): number {
  return tasks * Math.exp(-since);
}

/** J: no class can be full above this level, up to one task per pool more than the load. */
function highestLevel({ fractions }: PoolClasses, load: number): number {
  return Math.floor((load + 1) / Math.min(...fractions));
}

/** r_bd, the largest r whose predecessor in the ranking is on a level of at most J. */
function highestRank(classes: PoolClasses, load: number): number {
  const ranking = new CoordinateRanking(classes.utilities);
  const most = highestLevel(classes, load);
  const coordinates = classes.utilities.length * most;
  let highest = 2;
  for (let rank = 2; rank <= coordinates + 1; rank++) if (ranking.levelAt(rank - 1) <= most) highest = rank;
  return highest;
}

import { CoordinateRanking } from "../../model/coordinate-ranking.js";
import type { ModelTime } from "../../model/units.js";
import { optimalAssignment, type PoolClasses } from "./optimal-assignment.js";

/** Ranks after which a coordinate is taken to have no finite rank. */
const MOST_RANKS = 100_000;

/** After what time SLTA has learned its threshold, in the limit of many pools; service times have mean 1. */
export interface LearningTime {
  /** tau_bd, from which r is at most r*: as the proof has it, and as printed. */
  readonly bounded: ModelTime;
  readonly boundedAsPrinted: ModelTime;
  /** tau_eq, from which r is r*. */
  readonly learned: ModelTime;
  readonly learnedAsPrinted: ModelTime;
  /** The greatest level J of a pool that the proof reckons with, and the greatest rank r_bd that may have to be left. */
  readonly greatestLevel: number;
  readonly greatestRank: number;
}

/**
 * The times of Theorem 6.
 *
 * @param load rho, tasks per pool, that fills a coordinate in part
 * @param start s_0, tasks per pool at time 0
 * @returns undefined where the load fills coordinates completely, or some coordinate has no finite rank: the theorem does not cover them
 *
 * Source: Goldsztajn, Borst and van Leeuwaarden (2023), Theorem 6 and Proposition 6: r is left one step at a time, each as soon as a pool of
 * class i_(r-1) has fewer than j_(r-1) tasks, which takes (J - j_(r-1))/j_(r-1) at most, and no time where j_(r-1) > J
 * already: such steps do not make up for others. As printed, each step takes J - j_(r*): smaller
 * levels of other classes may take longer than that, so the printed time is not the bound that the proof gives; it exceeds it by far all the same.
 */
export function sltaLearningTime(classes: PoolClasses, load: number, start: number): LearningTime | undefined {
  const best = optimalAssignment(classes, load);
  if (best.integral) return undefined;
  const ranking = new CoordinateRanking(classes.utilities);
  const greatestLevel = Math.floor((load + 1) / Math.min(...classes.fractions));
  const greatestRank = lastRankWithin(ranking, classes.utilities.length, greatestLevel);
  if (greatestRank === undefined) return undefined;
  const full = load - best.partialFraction;
  const room = full + classes.fractions[best.partialClass] - load;
  const draining = start > load ? Math.max(0, Math.log((start - load) / room)) : 0;
  const filling = Math.log(load / best.partialFraction);
  let steps = 0;
  for (let rank = best.rank + 1; rank <= greatestRank; rank++) {
    const level = ranking.levelAt(rank - 1);
    steps += Math.max(0, greatestLevel - level) / level;
  }
  const printed = (greatestLevel - best.partialLevel) * (greatestRank - best.rank);
  return {
    bounded: draining + steps,
    boundedAsPrinted: draining + printed,
    learned: draining + steps + filling,
    learnedAsPrinted: draining + printed + filling,
    ...{ greatestLevel, greatestRank },
  };
}

/** max { r >= 2 : j_(r-1) <= level }, over all classes; undefined if a class has not passed the level after very many ranks. */
function lastRankWithin(ranking: CoordinateRanking, classes: number, level: number): number | undefined {
  const reached = new Array<number>(classes).fill(0);
  let last = 2;
  for (let rank = 1; reached.some((top) => top <= level); rank++) {
    if (rank > MOST_RANKS) return undefined;
    reached[ranking.classAt(rank)] = ranking.levelAt(rank);
    if (ranking.levelAt(rank) <= level) last = rank + 1;
  }
  return last;
}

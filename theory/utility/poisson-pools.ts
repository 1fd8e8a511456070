import { poissonLaw } from "../queues/poisson.js";
import type { PoolClasses } from "./optimal-assignment.js";

/**
 * The mean utility per pool, exactly, if the number of tasks in every pool is Poisson, as under random routing, where each pool
 * is an independent infinite-server queue.
 *
 * @param loads tasks per pool of each class, >= 0
 */
export function poissonPoolUtility({ utilities, fractions }: PoolClasses, loads: readonly number[]): number {
  return utilities.reduce((sum, utility, i) => {
    if (loads[i] === 0) return sum + fractions[i] * utility.value(0);
    const { from, probabilities } = poissonLaw(loads[i]);
    const mean = probabilities.reduce((total, probability, k) => total + probability * utility.value(from + k), 0);
    return sum + fractions[i] * mean;
  }, 0);
}

/** E[q(i, j)] of such pools, exactly: P(at least j tasks) times the fraction of pools of class i. */
export function poissonPoolOccupancy(
  { fractions }: PoolClasses,
  loads: readonly number[],
  i: number,
  j: number,
): number {
  if (loads[i] === 0) return 0;
  const { from, probabilities } = poissonLaw(loads[i]);
  return fractions[i] * probabilities.slice(Math.max(0, j - from)).reduce((sum, probability) => sum + probability, 0);
}

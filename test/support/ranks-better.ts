import type { Utility } from "../../model/utility-functions.js";

/** Whether (i, j) is ranked better than (k, l) by these utilities: class from 0, level from 1. */
export function ranksBetter(
  utilities: readonly Utility[],
  [i, j]: readonly [number, number],
  [k, l]: readonly [number, number],
): boolean {
  const difference = utilities[i].marginal(j - 1) - utilities[k].marginal(l - 1);
  return difference !== 0 ? difference > 0 : i !== k ? i < k : j < l;
}

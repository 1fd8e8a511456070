import { parseUtilities } from "../../model/utility-functions.js";
import type { PoolClasses } from "../../theory/utility/optimal-assignment.js";

/** The two classes of pools of Table 1, as `--set` takes them. */
export const PARAMETERS = { utilities: "log-share:20/log-share:30", fractions: "0.5,0.5" } as const;
/** The same, as theory takes them. */
export const CLASSES: PoolClasses = { utilities: parseUtilities(PARAMETERS.utilities), fractions: [0.5, 0.5] };
export const POLICIES = ["jlmu", "slta"] as const;
export const BETA = "n^-0.45";

/** So many pools, an even number of them, by class. */
export function poolsByClass(pools: number): number[] {
  return [pools / 2, pools / 2];
}

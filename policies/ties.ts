import { withFallback, word } from "../model/options.js";

/** How ties between servers are broken: uniformly at random, or by the lowest server number. */
export type Ties = "uniform" | "lowest-number";

/** The option of policies that break ties. */
export const tieOptions = { ties: withFallback(word<Ties>("uniform", "lowest-number"), "uniform") };

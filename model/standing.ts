/**
 * Whether the number of jobs at a server is below, at or above a threshold: all that a dispatcher with two bits per server
 * knows (Goldsztajn, Borst and van Leeuwaarden 2023, section 3.2), and all that a server reports.
 */
export const STANDINGS = ["below", "at", "above"] as const;
export const BELOW = 0;
export const AT = 1;
export const ABOVE = 2;
/** An index into STANDINGS. */
export type Standing = typeof BELOW | typeof AT | typeof ABOVE;

/** The standing of this many jobs. */
export function standingOf(jobs: number, threshold: number): Standing {
  return jobs < threshold ? BELOW : jobs === threshold ? AT : ABOVE;
}

/**
 * What can be inferred about a server after a move of the threshold, step by step: one at the old threshold is below a higher
 * one and above a lower one, and none is below 0. Where the inference is wrong, the server reports it.
 */
export function afterMove(standing: Standing, from: number, to: number): Standing {
  if (standing === BELOW) return to === 0 ? AT : BELOW;
  if (from === to || standing === ABOVE) return standing;
  return to > from ? BELOW : ABOVE;
}

/** What can be inferred about a server after it is sent a job; one that rises from below to the threshold reports it. */
export function afterJob(standing: Standing): Standing {
  return standing === BELOW ? BELOW : ABOVE;
}

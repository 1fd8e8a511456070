/**
 * Where the jobs of a server stand to a threshold. It is all that a dispatcher with two bits a server knows of it
 * (Goldsztajn, Borst and van Leeuwaarden 2023, section 3.2), and all that a server tells it.
 */
export const STANDINGS = ["below", "at", "above"] as const;
export const BELOW = 0;
export const AT = 1;
export const ABOVE = 2;
/** An index into STANDINGS. */
export type Standing = typeof BELOW | typeof AT | typeof ABOVE;

/** Where this many jobs stand. */
export function standingOf(jobs: number, threshold: number): Standing {
  return jobs < threshold ? BELOW : jobs === threshold ? AT : ABOVE;
}

/**
 * What is known of a server after the threshold has moved step by step, without asking it: those at the old threshold are
 * below a higher one and above a lower one, and nobody is below 0. Where the threshold passes others, the server knows better
 * and says so.
 */
export function afterMove(standing: Standing, from: number, to: number): Standing {
  if (standing === BELOW) return to === 0 ? AT : BELOW;
  if (from === to || standing === ABOVE) return standing;
  return to > from ? BELOW : ABOVE;
}

/** What is known of a server after it was sent another job: one that was below may have come to the threshold, and says so. */
export function afterJob(standing: Standing): Standing {
  return standing === BELOW ? BELOW : ABOVE;
}

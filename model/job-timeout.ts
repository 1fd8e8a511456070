import { UserError } from "./errors.js";
import type { ModelTime } from "./units.js";

/** When the client of a job gives up, and what becomes of the job. */
export interface JobTimeout {
  /** A job that is longer at its server has timed out. */
  readonly after: ModelTime;
  /** Whether a job that has timed out when its turn comes is abandoned, rather than served for nobody. Service is never interrupted. */
  readonly abandons: boolean;
}

/** The syntax of `parseJobTimeout`. */
export const JOB_TIMEOUTS = "TIME, such as 20; TIME:abandon=yes; or none";

/** Parses when clients give up; undefined for `none`. Throws UserError. */
export function parseJobTimeout(text: string): JobTimeout | undefined {
  if (text === "none") return undefined;
  const [, time = "", abandon = "no"] = /^([^:]+)(?::abandon=(yes|no))?$/.exec(text) ?? [];
  const after = Number(time);
  if (!(time !== "" && after > 0 && Number.isFinite(after)))
    throw new UserError(`must be ${JOB_TIMEOUTS}, not "${text}"`);
  return { after, abandons: abandon === "yes" };
}

import type { RandomStream } from "../../model/random.js";
import type { Fleet } from "../fleet.js";

/** What `choose` returns when no server can be named at all. */
export const NO_SERVER = -1;

/** A routing policy. It names a server for each job; a job sent to a full server is blocked. */
export interface Policy {
  readonly name: string;
  /**
   * The server for the next job, or NO_SERVER. Allocates nothing.
   *
   * @param taskType of the job: which neighbourhood of a compatibility graph may serve it; 0 where there is one type only
   */
  choose(taskType: number): number;
}

/** Makes a policy over a fleet; all its randomness comes from the stream. */
export type PolicyFactory = (fleet: Fleet, random: RandomStream) => Policy;

import type { Law } from "../law.js";
import type { ModelTime } from "../units.js";

/** An arrival process. */
export interface ArrivalProcess {
  readonly name: string;
  /** The stationary law of the interarrival times; undefined where none is claimed. */
  readonly gaps: Law | undefined;
  /** The time of the first arrival after `previous`, itself an arrival time or the start; Infinity if there is none. */
  next(previous: ModelTime): ModelTime;
}

import type { Law } from "../../model/law.js";
import type { ModelTime } from "../../model/units.js";

/** A law of arrival times. */
export interface ArrivalProcess {
  readonly name: string;
  /** The law of the time from one arrival to the next, in the long run; undefined where none is claimed. */
  readonly gaps: Law | undefined;
  /** The time of the first arrival after `previous`, itself an arrival time or the start; Infinity if there is none. */
  next(previous: ModelTime): ModelTime;
}

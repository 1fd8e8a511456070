import type { ModelTime } from "../../model/units.js";

/** A law of arrival times. */
export interface ArrivalProcess {
  readonly name: string;
  /** The time of the first arrival after `previous`, itself an arrival time or the start. */
  next(previous: ModelTime): ModelTime;
}

import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";

/**
 * A server as its driver sees it. The driver owns time: it must call `completeNext` for every due time that has passed
 * before anything else.
 */
export interface EmulatedServer {
  /** Jobs the server holds at most: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** When the next job will be done; Infinity while there is none. */
  readonly dueTime: ModelTime;
  /** Jobs held, those in service included. */
  readonly queueLength: number;
  /** How many jobs it has accepted; this is also the number of the job last accepted. */
  readonly accepted: number;
  /** The number of the job last completed: 1 for the first that it accepted. */
  readonly lastCompleted: number;
  /** Takes a job. Returns false, and takes nothing, when the buffer is full. */
  accept(now: ModelTime, work: Work): boolean;
  /** Completes the job that is due next, at its due time. Returns the time from its acceptance to then. */
  completeNext(): ModelTime;
  /** Drops all jobs it holds, unserved, those included that were due before `now`. */
  abandon(now: ModelTime): void;
  /** The service rate at `now`, which must not be past the due time. */
  rateAt(now: ModelTime): Rate;
  /** Fills in what the server has seen until `now`, which must not be past the due time. */
  observe(now: ModelTime, into: ServerTotals): void;
}

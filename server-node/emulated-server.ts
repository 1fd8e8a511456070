import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";

/**
 * A server as its driver sees it. The driver owns time: before any other call it must call `completeNext` for every due time
 * that has passed.
 */
export interface EmulatedServer {
  /** Most jobs the server holds: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** When the next job will be completed; Infinity if there is none. */
  readonly dueTime: ModelTime;
  /** Jobs held, including those in service. */
  readonly queueLength: number;
  /** Number of jobs accepted, which is also the number of the last one. */
  readonly accepted: number;
  /** Number of the job last completed; jobs are numbered from 1 in order of acceptance. */
  readonly lastCompleted: number;
  /** Time that the job last completed waited, from acceptance to start of service. */
  readonly lastWaited: ModelTime;
  /** Whether that job was abandoned: not served, because it had waited for longer than its client does. */
  readonly lastWasAbandoned: boolean;
  /** Accepts a job. Returns false if the buffer is full. */
  accept(now: ModelTime, work: Work): boolean;
  /** Completes the next job at its due time, or abandons it. Returns the time since its acceptance. */
  completeNext(): ModelTime;
  /** Drops all jobs held, including those due before `now`. */
  dropAll(now: ModelTime): void;
  /** The service rate at `now`, which must not be past the due time. */
  rateAt(now: ModelTime): Rate;
  /** Writes the server's totals up to `now`, which must not be past the due time. */
  observe(now: ModelTime, into: ServerTotals): void;
}

import type { ModelTime, Work } from "../model/units.js";

/** The sequence of jobs: when each arrives and how much work it brings. */
export interface JobSequence {
  /** When the next job arrives; Infinity if none does unless one ends. */
  readonly nextArrivalTime: ModelTime;
  /** Jobs taken so far. */
  readonly count: number;
  /** Takes the next job and returns its work; `nextArrivalTime` moves on to the one after it. */
  take(): Work;
  /** A job has ended, in whatever way. */
  ended(now: ModelTime): void;
}

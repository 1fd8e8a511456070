import type { ModelTime, Work } from "../model/units.js";

/** The sequence of jobs: when each arrives and how much work it brings. */
export interface JobSequence {
  /** When the next job arrives; Infinity if none does, or none until another ends. */
  readonly nextArrivalTime: ModelTime;
  /** Whether no job will ever arrive again. */
  readonly exhausted: boolean;
  /** The type of the job last taken. */
  readonly taskType: number;
  /** Jobs taken so far. */
  readonly count: number;
  /** Takes the next job and returns its work; `nextArrivalTime` moves on to the one after it. */
  take(): Work;
  /** A job has ended, in whatever way. */
  ended(now: ModelTime): void;
}

import type { ModelTime, Work } from "../model/units.js";

/** A sequence of jobs with arrival times and works. */
export interface JobSequence {
  /** Arrival time of the next job; Infinity if none arrives, or none until another ends. */
  readonly nextArrivalTime: ModelTime;
  /** Whether no further job will arrive. */
  readonly exhausted: boolean;
  /** The label of the job last taken: its key and its type (model/job-label.ts). */
  readonly taskType: number;
  /** Jobs taken so far. */
  readonly count: number;
  /** Takes the next job and returns its work, at most LARGEST_WORK; `nextArrivalTime` advances to the one after it. */
  take(): Work;
  /** A job has ended, with any outcome. */
  ended(now: ModelTime): void;
}

import type { Outcome } from "../../live/record-kinds.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { JobUnderWay } from "../in-flight.js";

/** Bytes of jobs that wait here at most until a dispatcher reads them. */
export const MOST_UNSENT_BYTES = 1024 * 1024;

/** Where jobs are sent. */
export interface Target {
  /** Whether it takes jobs at this moment. */
  readonly open: boolean;
  /** Whether so much waits to be read by it that no more should be sent for the moment. */
  readonly congested: boolean;
  /** Sends a job. Its end is told once, by `ended`. */
  submit(job: number, taskType: number, work: Work): void;
  /** Tells it how the schedule is kept, where it wants to know. */
  report(schedule: ScheduleReport): void;
  stop(): void;
}

/** What a target tells. */
export interface TargetEvents {
  /** It takes jobs from now on. Called again if it was gone and is back. */
  opened(): void;
  /**
   * A job has ended. Returns false if it is not under way.
   *
   * @param waitingTime from acceptance at the server to the begin of service; undefined where the target does not say
   */
  ended(job: number, outcome: Outcome, waitingTime?: ModelTime): boolean;
  /** It takes no jobs any more, and will not tell of those under way. */
  closed(reason: string): void;
  /** The workload is another one from now on. */
  changed(workload: WorkloadChange): void;
  /** Asked for when it knows nothing of the jobs under way: it is sent them again. */
  underWay(): readonly JobUnderWay[];
}

/** A workload as a dispatcher under control gives it: arrivals in all per unit of model time. */
export interface WorkloadChange {
  readonly arrivalRate: Rate;
  readonly seed: string;
  readonly paused: boolean;
}

/** Makes a target that tells these events. */
export type TargetMaker = (events: TargetEvents) => Target;

/** Since the start; times in seconds. */
export interface ScheduleReport {
  readonly sent: number;
  readonly underWay: number;
  readonly lagTotalSeconds: number;
  readonly lagMaxSeconds: number;
  readonly heldUp: number;
  readonly completed: number;
  readonly sojournTotalSeconds: number;
}

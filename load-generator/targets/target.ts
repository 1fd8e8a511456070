import type { Outcome } from "../../live/wire/record-kinds.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { JobUnderWay } from "../in-flight.js";

/** Most bytes of jobs buffered until a dispatcher reads them. */
export const MOST_UNSENT_BYTES = 1024 * 1024;

/** Where jobs are sent. */
export interface Target {
  /** Whether it currently takes jobs. */
  readonly open: boolean;
  /** Whether so much is buffered for it that no more should be sent for now. */
  readonly congested: boolean;
  /** Whether it takes this job now. */
  accepts(job: number, taskType: number): boolean;
  /** Sends a job. `ended` is called once when it has ended. */
  submit(job: number, taskType: number, work: Work): void;
  /** Reports how well the schedule is kept, to targets that use it. */
  report(schedule: ScheduleReport): void;
  stop(): void;
}

/** What a server reports of a job that it has served. */
export interface ServedTimes {
  /** From acceptance at the server to start of service. */
  readonly waitingTime: ModelTime;
  /** From acceptance to completion. */
  readonly timeAtServer: ModelTime;
}

/** Events of a target. */
export interface TargetEvents {
  /** It takes jobs from now on. Called again after a reconnection. */
  opened(): void;
  /**
   * A job has ended. Returns false if it is not in flight.
   *
   * @param times at the server; undefined if the target does not report them
   */
  ended(job: number, outcome: Outcome, times?: ServedTimes): boolean;
  /** It takes no more jobs, and will not report the outcomes of those in flight. */
  closed(reason: string): void;
  /** It has never taken a job, and is not waited for any longer. */
  gaveUp(): void;
  /** The workload has changed. */
  changed(workload: WorkloadChange): void;
  /** The jobs in flight, to resend to a target that does not know them. */
  underWay(): readonly JobUnderWay[];
}

/** A change of workload by a dispatcher under control; total arrival rate per unit of model time. */
export interface WorkloadChange {
  readonly arrivalRate: Rate;
  readonly seed: string;
  readonly paused: boolean;
}

/** Creates a target that calls these events. */
export type TargetMaker = (events: TargetEvents) => Target;

/** Since the start; times in seconds. */
export interface ScheduleReport {
  readonly sent: number;
  readonly lagTotalSeconds: number;
  readonly lagMaxSeconds: number;
  readonly heldUp: number;
  readonly completed: number;
  readonly sojournTotalSeconds: number;
}

import { assert } from "../../model/errors.js";
import { copyServerTotals, noServerTotals, type ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { EmulatedServer } from "../emulated-server.js";

export interface ParallelServerOptions {
  /** Most jobs the server holds: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** Service rate of each worker. */
  readonly rate: Rate;
  /** Jobs served at the full rate at once: 1, 2, ... or Infinity; Infinity if left out. */
  readonly workers?: number;
  /** A job that has waited for longer when its turn comes is not served; none if left out. */
  readonly abandonAfter?: ModelTime | undefined;
  /** When the server starts, empty. */
  readonly now: ModelTime;
}

/** A job that has ended. */
export interface EndedJob {
  /** Its number, from 1 on in order of acceptance. */
  readonly number: number;
  readonly acceptedAt: ModelTime;
  /** From acceptance to the start of service. */
  readonly waited: ModelTime;
  /** Whether it was not served, because it had waited too long. */
  readonly isAbandoned: boolean;
}

/** What servers of several workers have in common: their books. A discipline says which job ends next, and when. */
export abstract class ParallelServer implements EmulatedServer {
  readonly buffer: number;
  accepted = 0;
  lastCompleted = 0;
  lastWaited: ModelTime = 0;
  lastWasAbandoned = false;
  protected readonly rate: Rate;
  protected readonly workers: number;
  protected readonly abandonAfter: ModelTime;
  protected readonly totals = noServerTotals();
  protected asOf: ModelTime;
  private idleTime: ModelTime = 0;
  /** Jobs that it no longer holds: completed, abandoned or dropped. */
  private gone = 0;

  constructor(options: ParallelServerOptions) {
    const { buffer, rate, workers = Number.POSITIVE_INFINITY, abandonAfter = Number.POSITIVE_INFINITY, now } = options;
    assert(buffer >= 1, `a server holds at least one job, not ${buffer}`);
    assert(rate > 0, `a worker serves at a rate > 0, not ${rate}`);
    assert(workers >= 1, `a server has at least one worker, not ${workers}`);
    this.buffer = buffer;
    this.rate = rate;
    this.workers = workers;
    this.abandonAfter = abandonAfter;
    this.asOf = now;
  }

  abstract get dueTime(): ModelTime;

  get queueLength(): number {
    return this.accepted - this.gone;
  }

  accept(now: ModelTime, work: Work): boolean {
    assert(now <= this.dueTime, () => `jobs due at ${this.dueTime} are completed before one is accepted at ${now}`);
    if (this.queueLength >= this.buffer) return false;
    this.advance(now);
    this.accepted++;
    this.admit(work);
    return true;
  }

  completeNext(): ModelTime {
    const due = this.dueTime;
    assert(due < Number.POSITIVE_INFINITY, "a job is in service and will be completed");
    this.advance(due);
    this.gone++;
    const { number, acceptedAt, waited, isAbandoned } = this.end();
    if (isAbandoned) this.totals.abandoned++;
    else this.totals.completed++;
    this.lastCompleted = number;
    this.lastWaited = waited;
    this.lastWasAbandoned = isAbandoned;
    if (this.queueLength === 0) this.idleTime = 0;
    return due - acceptedAt;
  }

  dropAll(now: ModelTime): void {
    this.advance(Math.min(now, this.dueTime));
    if (this.queueLength > 0) this.idleTime = 0;
    this.gone += this.queueLength;
    this.clear();
    this.advance(now);
  }

  rateAt(): Rate {
    return this.rate;
  }

  observe(now: ModelTime, into: ServerTotals): void {
    this.advance(now);
    copyServerTotals(into, this.totals);
  }

  /** Takes in the job just accepted, now (`asOf`). */
  protected abstract admit(work: Work): void;
  /** Ends the job that is due, now; it no longer counts as held. */
  protected abstract end(): EndedJob;
  /** Drops all jobs. */
  protected abstract clear(): void;

  /** Moves time on, to `now` at the latest due time. */
  protected advance(now: ModelTime): void {
    const { totals, queueLength, workers } = this;
    const elapsed = now - this.asOf;
    assert(elapsed >= 0, () => `time does not go back from ${this.asOf} to ${now}`);
    this.asOf = now;
    const busyWorkers = Math.min(queueLength, workers);
    totals.observedTime += elapsed;
    totals.queueLengthIntegral += queueLength * elapsed;
    totals.workDone += busyWorkers * this.rate * elapsed;
    if (queueLength > 0) {
      totals.busyTime += Number.isFinite(workers) ? (busyWorkers / workers) * elapsed : elapsed;
      totals.idleTimeIntegral += this.idleTime * elapsed;
    } else {
      totals.idleTimeIntegral += (this.idleTime + elapsed / 2) * elapsed;
      this.idleTime += elapsed;
    }
  }
}

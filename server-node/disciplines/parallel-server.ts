import { assert } from "../../model/errors.js";
import { noServerTotals, type ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { EmulatedServer } from "../emulated-server.js";

export interface ParallelServerOptions {
  /** Most jobs the server holds: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** Service rate of each worker. */
  readonly rate: Rate;
  /** Jobs served at the full rate at once: 1, 2, ... or Infinity; Infinity if left out. */
  readonly workers?: number;
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
}

/** What servers of several workers have in common: their books. A discipline says which job ends next, and when. */
export abstract class ParallelServer implements EmulatedServer {
  readonly buffer: number;
  accepted = 0;
  lastCompleted = 0;
  lastWaited: ModelTime = 0;
  protected readonly rate: Rate;
  protected readonly workers: number;
  protected readonly totals = noServerTotals();
  protected asOf: ModelTime;
  private idleTime: ModelTime = 0;
  private abandoned = 0;

  constructor({ buffer, rate, workers = Number.POSITIVE_INFINITY, now }: ParallelServerOptions) {
    assert(buffer >= 1, `a server holds at least one job, not ${buffer}`);
    assert(rate > 0, `a worker serves at a rate > 0, not ${rate}`);
    assert(workers >= 1, `a server has at least one worker, not ${workers}`);
    this.buffer = buffer;
    this.rate = rate;
    this.workers = workers;
    this.asOf = now;
  }

  abstract get dueTime(): ModelTime;

  get queueLength(): number {
    return this.accepted - this.totals.completed - this.abandoned;
  }

  accept(now: ModelTime, work: Work): boolean {
    assert(now <= this.dueTime, `jobs due at ${this.dueTime} are completed before one is accepted at ${now}`);
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
    this.totals.completed++;
    const { number, acceptedAt, waited } = this.end();
    this.lastCompleted = number;
    this.lastWaited = waited;
    if (this.queueLength === 0) this.idleTime = 0;
    return due - acceptedAt;
  }

  abandon(now: ModelTime): void {
    this.advance(Math.min(now, this.dueTime));
    if (this.queueLength > 0) this.idleTime = 0;
    this.abandoned += this.queueLength;
    this.drop();
    this.advance(now);
  }

  rateAt(): Rate {
    return this.rate;
  }

  observe(now: ModelTime, into: ServerTotals): void {
    this.advance(now);
    Object.assign(into, this.totals);
  }

  /** Takes in the job just accepted, now (`asOf`). */
  protected abstract admit(work: Work): void;
  /** Ends the job that is due, now; it no longer counts as held. */
  protected abstract end(): EndedJob;
  /** Drops all jobs. */
  protected abstract drop(): void;

  /** Moves time on, to `now` at the latest due time. */
  protected advance(now: ModelTime): void {
    const { totals, queueLength, workers } = this;
    const elapsed = now - this.asOf;
    assert(elapsed >= 0, `time does not go back from ${this.asOf} to ${now}`);
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

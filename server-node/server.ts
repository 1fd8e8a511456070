import { assert } from "../model/errors.js";
import { copyServerTotals, noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { FifoLine } from "./disciplines/fifo.js";
import type { EmulatedServer } from "./emulated-server.js";
import type { RateControl } from "./rate-control/rate-control.js";

export interface ServerOptions {
  /** Most jobs the server holds, including the one in service: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly rateControl: RateControl;
  readonly initialRate: Rate;
  /** A job that has waited for longer when its turn comes is not served; none if left out. */
  readonly abandonAfter?: ModelTime | undefined;
  /** When the server starts, idle. */
  readonly now: ModelTime;
  /** Whether its rate stays as it is until its first job, as where processes start one after the other and the load comes last. */
  readonly waitsForLoad?: boolean | undefined;
}

/**
 * A server: serves jobs first in first out at a rate that it controls itself. A job's remaining work is processed at the
 * current rate, so a change of rate in mid-service is exact (Rutten, Zubeldia and Mukherjee 2023, section 2).
 *
 * The caller owns time: before any other call it must call `completeNext` for every due time that has passed. The service of
 * a queued job starts at its predecessor's due time, however late the call is, so lateness never accumulates.
 */
export class Server implements EmulatedServer {
  readonly buffer: number;
  accepted = 0;
  lastWaited: ModelTime = 0;
  lastWasAbandoned = false;
  private readonly rateControl: RateControl;
  private readonly abandonAfter: ModelTime;
  private readonly line = new FifoLine();
  private readonly totals = noServerTotals();
  /** Until its first job: nothing is learned from that time. */
  private isWaiting: boolean;

  /** The state is as of this time; later states follow from it. */
  private asOf: ModelTime;
  private rate: Rate;
  private idleTime: ModelTime = 0;
  private busy = false;
  private serviceWork: Work = 0;
  private acceptedAt: ModelTime = 0;
  /** Time that the job in service waited before. */
  private waited: ModelTime = 0;
  /** Whether that job is not served, and due at once. */
  private isAbandoned = false;
  private rateWhenDue: Rate = 0;
  private due: ModelTime = Number.POSITIVE_INFINITY;

  constructor(options: ServerOptions) {
    assert(options.buffer >= 1, `a server holds at least one job, not ${options.buffer}`);
    assert(options.initialRate >= 0, `a service rate is not negative: ${options.initialRate}`);
    this.buffer = options.buffer;
    this.rateControl = options.rateControl;
    this.rate = options.initialRate;
    this.abandonAfter = options.abandonAfter ?? Number.POSITIVE_INFINITY;
    this.asOf = options.now;
    this.isWaiting = options.waitsForLoad === true;
  }

  /** When the job in service will be completed; Infinity while idle. */
  get dueTime(): ModelTime {
    return this.due;
  }

  /** Jobs held, including the one in service. */
  get queueLength(): number {
    return this.line.length + (this.busy ? 1 : 0);
  }

  get lastCompleted(): number {
    return this.accepted - this.queueLength;
  }

  /** Accepts a job, and starts its service if idle. Returns false if the buffer is full. */
  accept(now: ModelTime, work: Work): boolean {
    assert(now <= this.due, () => `jobs due at ${this.due} are completed before one is accepted at ${now}`);
    if (this.queueLength >= this.buffer) return false;
    this.accepted++;
    if (this.busy) {
      // Jobs held are counted from the start of the current service; this one arrived later.
      this.totals.queueLengthIntegral -= now - this.asOf;
      this.line.push(work, now);
    } else {
      this.idleUntil(now);
      this.isWaiting = false;
      this.start(work, now);
    }
    return true;
  }

  /**
   * Completes the job in service at its due time, and starts the next one if any waits: a job that is abandoned is due at once.
   * Returns the job's time at the server, from acceptance to the due time.
   */
  completeNext(): ModelTime {
    assert(this.busy && this.due < Number.POSITIVE_INFINITY, "a job is in service and will be completed");
    const timeAtServer = this.due - this.acceptedAt;
    this.addBusy(this.totals, this.due - this.asOf, this.serviceWork);
    if (this.isAbandoned) this.totals.abandoned++;
    else this.totals.completed++;
    this.lastWaited = this.waited;
    this.lastWasAbandoned = this.isAbandoned;
    this.asOf = this.due;
    this.rate = this.rateWhenDue;
    // A new idle period starts at 0; a job taken straight from the queue means an idle period of length 0 (Remark 2.4).
    this.idleTime = 0;
    this.busy = false;
    this.due = Number.POSITIVE_INFINITY;
    if (this.line.length > 0) {
      this.start(this.line.firstWork, this.line.firstAcceptance);
      this.line.shift();
    }
    return timeAtServer;
  }

  dropAll(now: ModelTime): void {
    if (this.busy) {
      const end = Math.min(now, this.due);
      const elapsed = end - this.asOf;
      const { work, rate } = this.rateControl.evolve(this.rate, this.idleTime, false, elapsed);
      this.addBusy(this.totals, elapsed, work);
      this.asOf = end;
      this.rate = rate;
      this.idleTime = 0;
      this.busy = false;
      this.due = Number.POSITIVE_INFINITY;
      this.line.clear();
    }
    this.idleUntil(now);
  }

  /** The service rate at `now`, which must not be past the due time. */
  rateAt(now: ModelTime): Rate {
    if (this.isWaiting) return this.rate;
    return this.rateControl.evolve(this.rate, this.idleTime, !this.busy, now - this.asOf).rate;
  }

  /** Writes the server's totals up to `now`, which must not be past the due time. */
  observe(now: ModelTime, into: ServerTotals): void {
    // While idle, the state may be advanced; while busy, the due time is fixed, so the state is left alone.
    if (!this.busy) this.idleUntil(now);
    copyServerTotals(into, this.totals);
    if (!this.busy) return;
    const elapsed = now - this.asOf;
    const work = this.rateControl.evolve(this.rate, this.idleTime, false, elapsed).work;
    this.addBusy(into, elapsed, work);
  }

  private start(work: Work, acceptedAt: ModelTime): void {
    this.busy = true;
    this.acceptedAt = acceptedAt;
    this.waited = this.asOf - acceptedAt;
    this.isAbandoned = this.waited > this.abandonAfter;
    if (this.isAbandoned) {
      this.serviceWork = 0;
      this.due = this.asOf;
      this.rateWhenDue = this.rate;
      return;
    }
    const service = this.rateControl.serve(this.rate, this.idleTime, work);
    this.totals.begun++;
    this.totals.waitingTime += this.waited;
    this.serviceWork = work;
    this.due = this.asOf + service.duration;
    this.rateWhenDue = service.rate;
  }

  private idleUntil(now: ModelTime): void {
    const elapsed = now - this.asOf;
    assert(elapsed >= 0, () => `time does not go back from ${this.asOf} to ${now}`);
    if (elapsed === 0) return;
    this.totals.observedTime += elapsed;
    if (this.isWaiting) {
      this.asOf = now;
      return;
    }
    this.rate = this.rateControl.evolve(this.rate, this.idleTime, true, elapsed).rate;
    this.totals.idleTimeIntegral += (this.idleTime + elapsed / 2) * elapsed;
    this.idleTime += elapsed;
    this.asOf = now;
  }

  private addBusy(totals: ServerTotals, elapsed: ModelTime, work: Work): void {
    totals.observedTime += elapsed;
    totals.busyTime += elapsed;
    totals.idleTimeIntegral += this.idleTime * elapsed;
    totals.workDone += work;
    totals.queueLengthIntegral += this.queueLength * elapsed;
  }
}

import { assert } from "../../model/errors.js";
import { EventQueue } from "../../model/event-queue.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import { type EndedJob, ParallelServer, type ParallelServerOptions } from "./parallel-server.js";

/**
 * Processor sharing: all jobs are served at once, each at the full rate of a worker as long as there are workers enough, and
 * otherwise at an equal share of all of them (Kleinrock 1967, Time-shared systems: a theoretical treatment).
 *
 * All jobs held are served at the same rate, so that the work done on one since the server was last empty is a clock common to all:
 * a job ends when that clock shows what it showed at its arrival and its own work more, however often the rate has changed.
 */
export class ProcessorSharing extends ParallelServer {
  /** By what the common clock shows when they end. */
  private readonly jobs = new EventQueue<EndedJob>();
  /** What the common clock shows now. */
  private attained: Work = 0;
  private due: ModelTime = Number.POSITIVE_INFINITY;

  constructor(options: ParallelServerOptions & { readonly workers: number }) {
    super(options);
    assert(Number.isFinite(options.workers), "shared workers are finitely many");
  }

  get dueTime(): ModelTime {
    return this.due;
  }

  protected admit(work: Work): void {
    this.totals.begun++;
    this.jobs.push(this.attained + work, {
      number: this.accepted,
      acceptedAt: this.asOf,
      waited: 0,
      isAbandoned: false,
    });
    this.setDue();
  }

  protected end(): EndedJob {
    // As it was to be, whatever rounding has made of it meanwhile.
    this.attained = this.jobs.nextTime;
    const job = this.jobs.pop();
    assert(job !== undefined, "a job is in service and will be completed");
    if (this.queueLength === 0) this.attained = 0;
    this.setDue();
    return job;
  }

  protected clear(): void {
    while (this.jobs.pop() !== undefined);
    this.attained = 0;
    this.setDue();
  }

  protected override advance(now: ModelTime): void {
    if (this.queueLength > 0)
      this.attained = Math.min(this.jobs.nextTime, this.attained + this.rateOfEach * (now - this.asOf));
    super.advance(now);
  }

  private get rateOfEach(): Rate {
    return this.rate * Math.min(1, this.workers / this.queueLength);
  }

  private setDue(): void {
    const left = this.jobs.nextTime - this.attained;
    this.due = this.queueLength === 0 ? Number.POSITIVE_INFINITY : this.asOf + left / this.rateOfEach;
  }
}

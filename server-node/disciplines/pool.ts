import { assert } from "../../model/errors.js";
import { EventQueue } from "../../model/event-queue.js";
import type { ModelTime, Work } from "../../model/units.js";
import { FifoLine } from "./fifo.js";
import { type EndedJob, ParallelServer } from "./parallel-server.js";

/**
 * A pool of workers: each serves one job at a time at its full rate, and jobs wait for a free one first in first out. With
 * infinitely many, every job starts at once and its service time depends neither on the pool nor on their number (Goldsztajn, Borst
 * and van Leeuwaarden 2023, section 2.1). Jobs end in order of their due times.
 */
export class Pool extends ParallelServer {
  private readonly inService = new EventQueue<EndedJob>();
  private readonly line = new FifoLine();
  /** Number of the job that started last. */
  private started = 0;

  get dueTime(): ModelTime {
    return this.inService.nextTime;
  }

  protected admit(work: Work): void {
    if (this.queueLength > this.workers) this.line.push(work, this.asOf);
    else this.start(work, this.asOf);
  }

  protected end(): EndedJob {
    const job = this.inService.pop();
    assert(job !== undefined, "a job is in service and will be completed");
    if (this.line.length > 0) {
      this.start(this.line.firstWork, this.line.firstAcceptance);
      this.line.shift();
    }
    return job;
  }

  protected clear(): void {
    while (this.inService.pop() !== undefined);
    this.line.clear();
    this.started = this.accepted;
  }

  private start(work: Work, acceptedAt: ModelTime): void {
    const waited = this.asOf - acceptedAt;
    const isAbandoned = waited > this.abandonAfter;
    if (!isAbandoned) {
      this.totals.begun++;
      this.totals.waitingTime += waited;
    }
    const due = isAbandoned ? this.asOf : this.asOf + work / this.rate;
    this.inService.push(due, { number: ++this.started, acceptedAt, waited, isAbandoned });
  }
}

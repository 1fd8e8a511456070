import { assert } from "../../model/errors.js";
import { EventQueue } from "../../model/event-queue.js";
import { noServerTotals, type ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate, Work } from "../../model/units.js";
import type { EmulatedServer } from "../emulated-server.js";

export interface PoolOptions {
  /** Jobs the pool holds at most: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** At which it serves every job, however many there are. */
  readonly rate: Rate;
  /** When the pool starts, empty. */
  readonly now: ModelTime;
}

interface Task {
  readonly number: number;
  readonly acceptedAt: ModelTime;
}

/**
 * A server pool: every job starts at once and runs beside the others, so its service time depends neither on the pool nor on
 * how many share it (Goldsztajn, Borst and van Leeuwaarden 2023, section 2.1). Jobs end in the order of their due times.
 */
export class Pool implements EmulatedServer {
  readonly buffer: number;
  accepted = 0;
  lastCompleted = 0;
  private readonly tasks = new EventQueue<Task>();
  private readonly totals = noServerTotals();
  private readonly rate: Rate;
  private asOf: ModelTime;
  private idleTime: ModelTime = 0;
  private abandoned = 0;

  constructor({ buffer, rate, now }: PoolOptions) {
    assert(buffer >= 1, `a pool holds at least one job, not ${buffer}`);
    assert(rate > 0, `a pool serves at a rate > 0, not ${rate}`);
    this.buffer = buffer;
    this.rate = rate;
    this.asOf = now;
  }

  get dueTime(): ModelTime {
    return this.tasks.nextTime;
  }

  get queueLength(): number {
    return this.accepted - this.totals.completed - this.abandoned;
  }

  accept(now: ModelTime, work: Work): boolean {
    assert(now <= this.dueTime, `jobs due at ${this.dueTime} are completed before one is accepted at ${now}`);
    if (this.queueLength >= this.buffer) return false;
    this.advance(now);
    this.accepted++;
    this.totals.begun++;
    this.tasks.push(now + work / this.rate, { number: this.accepted, acceptedAt: now });
    return true;
  }

  completeNext(): ModelTime {
    const due = this.dueTime;
    this.advance(due);
    const task = this.tasks.pop();
    assert(task !== undefined, "a job is in service and will end");
    this.totals.completed++;
    this.lastCompleted = task.number;
    if (this.queueLength === 0) this.idleTime = 0;
    return due - task.acceptedAt;
  }

  abandon(now: ModelTime): void {
    this.advance(Math.min(now, this.dueTime));
    if (this.queueLength > 0) this.idleTime = 0;
    while (this.tasks.pop() !== undefined) this.abandoned++;
    this.advance(now);
  }

  rateAt(): Rate {
    return this.rate;
  }

  observe(now: ModelTime, into: ServerTotals): void {
    this.advance(now);
    Object.assign(into, this.totals);
  }

  private advance(now: ModelTime): void {
    const { totals, queueLength } = this;
    const elapsed = now - this.asOf;
    assert(elapsed >= 0, `time does not go back from ${this.asOf} to ${now}`);
    this.asOf = now;
    totals.observedTime += elapsed;
    totals.queueLengthIntegral += queueLength * elapsed;
    totals.workDone += queueLength * this.rate * elapsed;
    if (queueLength > 0) {
      totals.busyTime += elapsed;
      totals.idleTimeIntegral += this.idleTime * elapsed;
    } else {
      totals.idleTimeIntegral += (this.idleTime + elapsed / 2) * elapsed;
      this.idleTime += elapsed;
    }
  }
}

import { assert } from "../../model/errors.js";
import type { RandomStream } from "../../model/random.js";
import type { SlotLaw } from "../../model/slot-laws.js";
import { copyServerTotals, noServerTotals, type ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { EmulatedServer } from "../emulated-server.js";
import { FifoLine } from "./fifo.js";

export interface SlottedServerOptions {
  /** Most jobs the server holds: 1, 2, ... or Infinity. */
  readonly buffer: number;
  /** Law of the number of jobs that the server can serve in a slot. */
  readonly services: SlotLaw;
  readonly random: RandomStream;
  /** When the server starts, empty. */
  readonly now: ModelTime;
}

/**
 * A server in slotted time: at the end of each slot it serves as many jobs as it can in that slot, first in first out
 * (Hurtado-Lange and Maguluri 2020, section 2). A slot ends when `endSlot` is called; nothing is due in between.
 */
export class SlottedServer implements EmulatedServer {
  readonly buffer: number;
  accepted = 0;
  lastCompleted = 0;
  lastWaited: ModelTime = 0;
  readonly lastWasAbandoned = false;
  private readonly line = new FifoLine();
  private readonly services: SlotLaw;
  private readonly random: RandomStream;
  private readonly totals = noServerTotals();
  private asOf: ModelTime;
  /** Number of jobs served in the last slot and not yet completed, and when that slot ended. */
  private served = 0;
  private slotEnd: ModelTime = 0;

  constructor({ buffer, services, random, now }: SlottedServerOptions) {
    assert(buffer >= 1, `a server holds at least one job, not ${buffer}`);
    this.buffer = buffer;
    this.services = services;
    this.random = random;
    this.asOf = now;
  }

  get dueTime(): ModelTime {
    return this.served > 0 ? this.slotEnd : Number.POSITIVE_INFINITY;
  }

  get queueLength(): number {
    return this.line.length;
  }

  accept(now: ModelTime): boolean {
    assert(now <= this.dueTime, () => `jobs due at ${this.dueTime} are completed before one is accepted at ${now}`);
    if (this.line.length >= this.buffer) return false;
    this.advance(now);
    this.accepted++;
    this.line.push(1, now);
    return true;
  }

  /** Ends a slot: the jobs that the server can serve become due. Returns the number of unused services. */
  endSlot(now: ModelTime): number {
    assert(this.served === 0, "jobs served in a slot are completed before the next one ends");
    const potential = this.services.draw(this.random);
    this.served = Math.min(potential, this.line.length);
    this.slotEnd = now;
    return potential - this.served;
  }

  completeNext(): ModelTime {
    assert(this.served > 0, "a job was served");
    this.advance(this.slotEnd);
    const timeAtServer = this.slotEnd - this.line.firstAcceptance;
    this.line.shift();
    this.served--;
    this.lastCompleted++;
    this.totals.completed++;
    this.totals.begun++;
    this.totals.workDone++;
    this.totals.waitingTime += timeAtServer;
    this.lastWaited = timeAtServer;
    return timeAtServer;
  }

  dropAll(now: ModelTime): void {
    this.advance(now);
    this.served = 0;
    while (this.line.length > 0) {
      this.line.shift();
      this.lastCompleted++;
    }
  }

  /** Mean number of jobs that the server can serve in a slot. */
  rateAt(): Rate {
    return this.services.mean;
  }

  observe(now: ModelTime, into: ServerTotals): void {
    this.advance(now);
    copyServerTotals(into, this.totals);
  }

  private advance(now: ModelTime): void {
    const elapsed = now - this.asOf;
    assert(elapsed >= 0, () => `time does not go back from ${this.asOf} to ${now}`);
    this.asOf = now;
    this.totals.observedTime += elapsed;
    this.totals.queueLengthIntegral += this.line.length * elapsed;
    if (this.line.length > 0) this.totals.busyTime += elapsed;
  }
}

import type { Standing } from "../../model/standing.js";
import type { ServerTotals } from "../../model/totals.js";
import type { RecordHandlers } from "./frame-reader.js";
import {
  ABANDONED,
  ANSWER,
  ASSIGN,
  COMPLETE,
  FULL,
  HEADER_BYTES,
  OUTCOME,
  OUTCOMES,
  type Outcome,
  PROBE,
  QUEUE,
  REFUSE,
  REPORT,
  RESUBMIT,
  SERVED,
  SIZE_OF_KIND,
  SLOT,
  STANDING,
  SUBMIT,
  THRESHOLD,
  TOKEN,
  WIRE_VERSION,
} from "./record-kinds.js";

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Memory for frames is allocated in slabs of this size. */
const SLAB_BYTES = 16 * 1024;

/** Gathers records into a frame, with a method for each kind of record. */
export class FrameWriter implements Required<RecordHandlers> {
  /** Holds consecutive frames; freed when none of them is referenced any more. */
  private slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  private view = viewOf(this.slab);
  /** Where the frame starts in the slab, and where its next record goes; equal while the frame is empty. */
  private start = 0;
  private end = 0;

  get isEmpty(): boolean {
    return this.end === this.start;
  }

  /** Bytes of the frame so far. */
  get length(): number {
    return this.end - this.start;
  }

  submit(job: number, taskType: number, work: number): void {
    this.writeJob(SUBMIT, job, taskType, work);
  }

  resubmit(job: number, taskType: number, work: number): void {
    this.writeJob(RESUBMIT, job, taskType, work);
  }

  private writeJob(kind: number, job: number, taskType: number, work: number): void {
    const at = this.begin(kind);
    this.view.setUint32(at, job, true);
    this.view.setUint32(at + 4, taskType, true);
    this.view.setFloat64(at + 8, work, true);
  }

  outcome(job: number, outcome: Outcome): void {
    const at = this.begin(OUTCOME);
    this.view.setUint32(at, job, true);
    this.slab[at + 4] = outcome === "completed" ? 0 : OUTCOMES.indexOf(outcome);
  }

  assign(server: number, assignment: number, origin: number, job: number, work: number): void {
    const at = this.begin(ASSIGN);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, assignment, true);
    this.view.setUint32(at + 8, origin, true);
    this.view.setUint32(at + 12, job, true);
    this.view.setFloat64(at + 16, work, true);
  }

  refuse(server: number, assignment: number): void {
    const at = this.begin(REFUSE);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, assignment, true);
  }

  slot(slot: number): void {
    const at = this.begin(SLOT);
    this.view.setUint32(at, slot, true);
  }

  served(slot: number, unused: number): void {
    const at = this.begin(SERVED);
    this.view.setUint32(at, slot, true);
    this.view.setUint32(at + 4, unused, true);
  }

  complete(server: number, assignment: number, timeAtServer: number): void {
    this.writeEnd(COMPLETE, server, assignment, timeAtServer);
  }

  abandoned(server: number, assignment: number, timeAtServer: number): void {
    this.writeEnd(ABANDONED, server, assignment, timeAtServer);
  }

  private writeEnd(kind: number, server: number, assignment: number, timeAtServer: number): void {
    const at = this.begin(kind);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, assignment, true);
    this.view.setFloat64(at + 8, timeAtServer, true);
  }

  report(server: number, totals: ServerTotals, rate: number, completed: number): void {
    const at = this.begin(REPORT);
    this.view.setUint32(at, server, true);
    this.view.setFloat64(at + 4, totals.observedTime, true);
    this.view.setFloat64(at + 12, totals.busyTime, true);
    this.view.setFloat64(at + 20, totals.idleTimeIntegral, true);
    this.view.setFloat64(at + 28, totals.workDone, true);
    this.view.setFloat64(at + 36, totals.queueLengthIntegral, true);
    this.view.setFloat64(at + 44, totals.waitingTime, true);
    this.view.setFloat64(at + 52, totals.begun, true);
    this.view.setFloat64(at + 60, totals.completed, true);
    this.view.setFloat64(at + 68, totals.abandoned, true);
    this.view.setFloat64(at + 76, rate, true);
    this.view.setUint32(at + 84, completed, true);
  }

  full(server: number, assignment: number): void {
    const at = this.begin(FULL);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, assignment, true);
  }

  queue(server: number, queueLength: number, received: number, time: number, timeError: number): void {
    const at = this.begin(QUEUE);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, queueLength, true);
    this.view.setUint32(at + 8, received, true);
    this.view.setFloat64(at + 12, time, true);
    this.view.setFloat64(at + 20, timeError, true);
  }

  token(server: number, isIdle: boolean, received: number, time: number, timeError: number): void {
    const at = this.begin(TOKEN);
    this.view.setUint32(at, server, true);
    this.slab[at + 4] = Number(isIdle);
    this.view.setUint32(at + 5, received, true);
    this.view.setFloat64(at + 9, time, true);
    this.view.setFloat64(at + 17, timeError, true);
  }

  probe(server: number): void {
    const at = this.begin(PROBE);
    this.view.setUint32(at, server, true);
  }

  answer(server: number, jobs: number, latency: number): void {
    const at = this.begin(ANSWER);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, jobs, true);
    this.view.setFloat64(at + 8, latency, true);
  }

  threshold(server: number, threshold: number, heard: number): void {
    const at = this.begin(THRESHOLD);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, threshold, true);
    this.view.setUint32(at + 8, heard, true);
  }

  standing(server: number, standing: Standing, threshold: number, accepted: number): void {
    const at = this.begin(STANDING);
    this.view.setUint32(at, server, true);
    this.slab[at + 4] = standing;
    this.view.setUint32(at + 5, threshold, true);
    this.view.setUint32(at + 9, accepted, true);
  }

  /**
   * Returns the frame gathered so far, in memory that is not overwritten, and starts a new one.
   *
   * @param number of the frame in its session, whose last 32 bits are written
   */
  take(number: number): Buffer {
    this.view.setUint32(this.start + 1, number, true);
    const frame = this.slab.subarray(this.start, this.end);
    this.start = this.end;
    return frame;
  }

  /** Makes room for a record, which may be in a new slab and view, writes its kind, and returns where its fields go. */
  private begin(kind: number): number {
    const size = SIZE_OF_KIND[kind];
    if (this.end + HEADER_BYTES + size > this.slab.length) this.renew(size);
    if (this.end === this.start) {
      this.slab[this.start] = WIRE_VERSION;
      this.end += HEADER_BYTES;
    }
    this.slab[this.end] = kind;
    const at = this.end + 1;
    this.end += size;
    return at;
  }

  /** Continues the frame in a new slab with at least twice the room needed. */
  private renew(size: number): void {
    const begun = this.slab.subarray(this.start, this.end);
    this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * (begun.length + HEADER_BYTES + size)));
    this.view = viewOf(this.slab);
    begun.copy(this.slab);
    this.start = 0;
    this.end = begun.length;
  }
}

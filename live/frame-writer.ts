import type { Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";
import {
  ASSIGN,
  COMPLETE,
  HEADER_BYTES,
  OUTCOME,
  OUTCOMES,
  type Outcome,
  REFUSE,
  REPORT,
  RESUBMIT,
  SERVED,
  SIZE_OF_KIND,
  SLOT,
  STANDING,
  SUBMIT,
  THRESHOLD,
  WIRE_VERSION,
} from "./record-kinds.js";

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Memory is got for so many bytes of frames at once. */
const SLAB_BYTES = 16 * 1024;

/** Gathers records into one frame. */
export class FrameWriter {
  /** Frames are made one behind the other in it, and stay there until nobody needs them. */
  private slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  private view = viewOf(this.slab);
  /** Where the frame starts in the slab, and where its next record goes; the same while it is empty. */
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
    this.view.setUint32(this.begin(SLOT), slot, true);
  }

  served(slot: number, unused: number): void {
    const at = this.begin(SERVED);
    this.view.setUint32(at, slot, true);
    this.view.setUint32(at + 4, unused, true);
  }

  complete(server: number, assignment: number, timeAtServer: number): void {
    const at = this.begin(COMPLETE);
    this.view.setUint32(at, server, true);
    this.view.setUint32(at + 4, assignment, true);
    this.view.setFloat64(at + 8, timeAtServer, true);
  }

  report(server: number, totals: ServerTotals, rate: number): void {
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
    this.view.setFloat64(at + 68, rate, true);
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
   * The frame gathered so far, in memory that is not written to again; the writer starts a new one.
   *
   * @param number of the frame in its session
   */
  take(number: number): Buffer {
    this.view.setUint32(this.start + 1, number, true);
    const frame = this.slab.subarray(this.start, this.end);
    this.start = this.end;
    return frame;
  }

  /** Makes room for a record, writes its kind, and returns where its fields go. */
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

  /** Goes on in a new slab, with room for as much again and for a record. */
  private renew(size: number): void {
    const begun = this.slab.subarray(this.start, this.end);
    this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * (begun.length + HEADER_BYTES + size)));
    this.view = viewOf(this.slab);
    begun.copy(this.slab);
    this.start = 0;
    this.end = begun.length;
  }
}

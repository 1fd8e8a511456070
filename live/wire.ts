import { PeerError } from "../model/errors.js";
import { STANDINGS, type Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";

/**
 * The binary half of the protocol: what crosses the wire once per job or per look at a server. A frame is a version byte,
 * its number in the session (live/session.ts), and any number of records; a record is a kind byte and fields of fixed size,
 * little-endian. Hello and control messages are JSON text frames (messages.ts). The whole protocol is described in
 * docs/protocol.md.
 */
export const WIRE_VERSION = 2;

/** A version byte and the number of the frame in its session. */
const HEADER_BYTES = 1 + 4;

/** Size of each kind of record in bytes, its kind byte included. */
const SIZES = {
  submit: 1 + 4 + 4 + 8,
  outcome: 1 + 4 + 1,
  assign: 1 + 4 + 4 + 4 + 4 + 8,
  complete: 1 + 4 + 4 + 8,
  report: 1 + 4 + 9 * 8,
  threshold: 1 + 4 + 4 + 4,
  standing: 1 + 4 + 1 + 4 + 4,
  resubmit: 1 + 4 + 4 + 8,
  refuse: 1 + 4 + 4,
  slot: 1 + 4,
  served: 1 + 4 + 4,
} as const;

type Kind = keyof typeof SIZES;

/** The kind bytes; one constant each, so that reading a record is a jump and not a search. */
const SUBMIT = 1;
const OUTCOME = 2;
const ASSIGN = 3;
const COMPLETE = 4;
const REPORT = 5;
const THRESHOLD = 6;
const STANDING = 7;
const RESUBMIT = 8;
const REFUSE = 9;
const SLOT = 10;
const SERVED = 11;
const KIND_NAMES: readonly (Kind | undefined)[] = [
  undefined,
  "submit",
  "outcome",
  "assign",
  "complete",
  "report",
  "threshold",
  "standing",
  "resubmit",
  "refuse",
  "slot",
  "served",
];
/** The size of a record by its kind byte; 0 for those that are unknown. */
const SIZE_OF_KIND = Uint8Array.from({ length: 256 }, (_, kind) => {
  const name = KIND_NAMES[kind];
  return name === undefined ? 0 : SIZES[name];
});

/** How a job ended. */
export const OUTCOMES = ["completed", "blocked", "lost"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What to do with each record of a frame. A record whose handler is absent is one that this peer may not send. */
export interface RecordHandlers {
  /** Load generator to dispatcher: a job, its type and its work. */
  submit?(job: number, taskType: number, work: number): void;
  /** The same of a job that an earlier dispatcher was sent, of which no outcome is known. */
  resubmit?(job: number, taskType: number, work: number): void;
  /** Dispatcher to load generator: how a job ended. */
  outcome?(job: number, outcome: Outcome): void;
  /** Dispatcher to server node: a job for a server, numbered by the server's own count of jobs; whose it is, and which. */
  assign?(server: number, assignment: number, origin: number, job: number, work: number): void;
  /** Server node to dispatcher: a job is done, and how long it was at the server, in model time. */
  complete?(server: number, assignment: number, timeAtServer: number): void;
  /** Server node to dispatcher: the server does not serve that job. */
  refuse?(server: number, assignment: number): void;
  /** Server node to dispatcher: what a server has seen since it started, and its rate. */
  report?(server: number, totals: ServerTotals, rate: number): void;
  /** Dispatcher to server node: the jobs that a server is to report its standing to, and how many reports of it were heard. */
  threshold?(server: number, threshold: number, heard: number): void;
  /** Dispatcher to server node: a slot of slotted time ends, and its servers serve. */
  slot?(slot: number): void;
  /** Server node to dispatcher: what was served of that slot has been told, and so many services found no job. */
  served?(slot: number, unused: number): void;
  /** Server node to dispatcher: where a server stands to its threshold, after it has accepted so many jobs. */
  standing?(server: number, standing: Standing, threshold: number, accepted: number): void;
}

/** The number of a frame in its session: 1, 2, ... Throws PeerError for another version or a frame without a number. */
export function frameNumber(frame: Buffer): number {
  if (frame.length === 0) throw new PeerError("sent an empty frame");
  if (frame[0] !== WIRE_VERSION) throw new PeerError(`speaks wire version ${frame[0]}, not ${WIRE_VERSION}`);
  if (frame.length < HEADER_BYTES) throw new PeerError("sent a frame without a number");
  return frame.readUInt32LE(1);
}

/**
 * Reads a frame, calling the handler of each record in order.
 *
 * @throws PeerError for another version, an unknown or forbidden kind, a record cut short, or a number that is not finite
 */
export function readFrame(frame: Buffer, handlers: RecordHandlers): void {
  frameNumber(frame);
  const { length } = frame;
  let at = HEADER_BYTES;
  while (at < length) {
    const kind = frame[at];
    const size = SIZE_OF_KIND[kind];
    if (size === 0) throw new PeerError(`sent a record of unknown kind ${kind}`);
    if (at + size > length) throw new PeerError(`sent a record of kind ${KIND_NAMES[kind]} that is cut short`);
    readRecord(kind, frame, at + 1, handlers);
    at += size;
  }
}

function readRecord(kind: number, frame: Buffer, at: number, handlers: RecordHandlers): void {
  switch (kind) {
    case SUBMIT:
      if (handlers.submit === undefined) forbid("submit");
      handlers.submit(whole(frame, at), whole(frame, at + 4), amount(frame, at + 8, "work"));
      break;
    case OUTCOME: {
      if (handlers.outcome === undefined) forbid("outcome");
      const outcome = OUTCOMES[frame[at + 4]];
      if (outcome === undefined) throw new PeerError(`sent the unknown outcome ${frame[at + 4]}`);
      handlers.outcome(whole(frame, at), outcome);
      break;
    }
    case ASSIGN: {
      if (handlers.assign === undefined) forbid("assign");
      const [origin, job] = [whole(frame, at + 8), whole(frame, at + 12)];
      const work = amount(frame, at + 16, "work");
      handlers.assign(whole(frame, at), whole(frame, at + 4), origin, job, work);
      break;
    }
    case COMPLETE: {
      if (handlers.complete === undefined) forbid("complete");
      const timeAtServer = amount(frame, at + 8, "time at the server");
      handlers.complete(whole(frame, at), whole(frame, at + 4), timeAtServer);
      break;
    }
    default:
      readRareRecord(kind, frame, at, handlers);
  }
}

/** Records that do not come with every job. */
function readRareRecord(kind: number, frame: Buffer, at: number, handlers: RecordHandlers): void {
  switch (kind) {
    case REPORT:
      readReport(frame, at, handlers);
      break;
    case THRESHOLD:
      if (handlers.threshold === undefined) forbid("threshold");
      handlers.threshold(whole(frame, at), whole(frame, at + 4), whole(frame, at + 8));
      break;
    case STANDING: {
      if (handlers.standing === undefined) forbid("standing");
      const standing = frame[at + 4];
      if (standing >= STANDINGS.length) throw new PeerError(`sent the unknown standing ${standing}`);
      const [threshold, accepted] = [whole(frame, at + 5), whole(frame, at + 9)];
      handlers.standing(whole(frame, at), standing as Standing, threshold, accepted);
      break;
    }
    case RESUBMIT:
      if (handlers.resubmit === undefined) forbid("resubmit");
      handlers.resubmit(whole(frame, at), whole(frame, at + 4), amount(frame, at + 8, "work"));
      break;
    case REFUSE:
      if (handlers.refuse === undefined) forbid("refuse");
      handlers.refuse(whole(frame, at), whole(frame, at + 4));
      break;
    case SLOT:
      if (handlers.slot === undefined) forbid("slot");
      handlers.slot(whole(frame, at));
      break;
    case SERVED:
      if (handlers.served === undefined) forbid("served");
      handlers.served(whole(frame, at), whole(frame, at + 4));
      break;
  }
}

function readReport(frame: Buffer, at: number, handlers: RecordHandlers): void {
  if (handlers.report === undefined) forbid("report");
  const field = (index: number): number => amount(frame, at + 4 + 8 * index, "report");
  const totals: ServerTotals = {
    observedTime: field(0),
    busyTime: field(1),
    idleTimeIntegral: field(2),
    workDone: field(3),
    queueLengthIntegral: field(4),
    waitingTime: field(5),
    begun: field(6),
    completed: field(7),
  };
  handlers.report(whole(frame, at), totals, field(8));
}

function forbid(kind: Kind): never {
  throw new PeerError(`may not send ${kind} records`);
}

/** Reads a finite number >= 0. */
function amount(frame: Buffer, at: number, what: string): number {
  BITS.setInt32(0, bits(frame, at), true);
  BITS.setInt32(4, bits(frame, at + 4), true);
  const value = BITS.getFloat64(0, true);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new PeerError(`sent a ${what} of ${value}`);
  return value;
}

/** A number of eight bytes while it is put together. */
const BITS = new DataView(new ArrayBuffer(8));

/**
 * Four bytes, little-endian. Frames are read byte by byte: to make a `DataView` of one costs more than to read ten records of it,
 * and frames of one record are what there is at low rates.
 */
function bits(frame: Buffer, at: number): number {
  return frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16) | (frame[at + 3] << 24);
}

/** Reads a whole number of 32 bits. */
function whole(frame: Buffer, at: number): number {
  return bits(frame, at) >>> 0;
}

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

import { PeerError } from "../model/errors.js";
import { STANDINGS, type Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";
import {
  ASSIGN,
  COMPLETE,
  HEADER_BYTES,
  KIND_NAMES,
  type Kind,
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

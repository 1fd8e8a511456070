import { PeerError } from "../../model/errors.js";
import { STANDINGS, type Standing } from "../../model/standing.js";
import type { ServerTotals } from "../../model/totals.js";
import { LARGEST_RATE, LARGEST_SUM, LARGEST_TIME, LARGEST_WORK } from "../../model/units.js";
import {
  ABANDONED,
  ANSWER,
  ASSIGN,
  COMPLETE,
  FULL,
  HEADER_BYTES,
  KIND_NAMES,
  type Kind,
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

/** A handler for each kind of record. A peer may not send records without a handler. */
export interface RecordHandlers {
  /** Load generator to dispatcher: a job with its type and work. */
  submit?(job: number, taskType: number, work: number): void;
  /** Load generator to dispatcher: a job sent before to an earlier dispatcher, whose outcome is unknown. */
  resubmit?(job: number, taskType: number, work: number): void;
  /** Dispatcher to load generator: how a job ended. */
  outcome?(job: number, outcome: Outcome): void;
  /** Dispatcher to server node: a job for a server, numbered among that server's jobs, with its origin and number there. */
  assign?(server: number, assignment: number, origin: number, job: number, work: number): void;
  /** Server node to dispatcher: a job is complete; its time at the server, in model time. */
  complete?(server: number, assignment: number, timeAtServer: number): void;
  /** Server node to dispatcher: a job is not served, since its client has given up; its time at the server, in model time. */
  abandoned?(server: number, assignment: number, timeAtServer: number): void;
  /** Server node to dispatcher: the server refuses the job. */
  refuse?(server: number, assignment: number): void;
  /** Server node to dispatcher: a server's totals since it started, its rate, and the jobs completed for this dispatcher in this session. */
  report?(server: number, totals: ServerTotals, rate: number, completed: number): void;
  /** Server node to one of several dispatchers: the others have filled the server, and the job is turned away. */
  full?(server: number, assignment: number): void;
  /**
   * Server node to one of several dispatchers: the server's queue length, and how many of this dispatcher's jobs it has received, at
   * this time of the dispatcher's clock, which may be wrong by this much; in model time.
   */
  queue?(server: number, queueLength: number, received: number, time: number, timeError: number): void;
  /** The same, of whether the server is idle and gives the dispatcher its token, or is not and withdraws it. */
  token?(server: number, isIdle: boolean, received: number, time: number, timeError: number): void;
  /** Dispatcher to server node: how many jobs does the server have, and how long do these take? */
  probe?(server: number): void;
  /** Server node to dispatcher: its jobs, whoever sent them, and the latency of those that lately found so many; in model time. */
  answer?(server: number, jobs: number, latency: number): void;
  /** Dispatcher to server node: the threshold for a server's standing, and the number of its reports received. */
  threshold?(server: number, threshold: number, heard: number): void;
  /** Dispatcher to server node: a slot ends, and the servers serve. */
  slot?(slot: number): void;
  /** Server node to dispatcher: all completions of the slot have been sent; the number of unused services. */
  served?(slot: number, unused: number): void;
  /** Server node to dispatcher: a server's standing to its threshold, after it has accepted this number of jobs. */
  standing?(server: number, standing: Standing, threshold: number, accepted: number): void;
}

/** The last 32 bits of the number of a frame in its session: 1, 2, ... Throws PeerError for another version or a frame without a number. */
export function frameNumber(frame: Buffer): number {
  if (frame.length === 0) throw new PeerError("sent an empty frame");
  if (frame[0] !== WIRE_VERSION) throw new PeerError(`speaks wire version ${frame[0]}, not ${WIRE_VERSION}`);
  if (frame.length < HEADER_BYTES) throw new PeerError("sent a frame without a number");
  return frame.readUInt32LE(1);
}

/**
 * Reads a frame, calling the handler of each record in order.
 *
 * @throws PeerError for another version, an unknown or forbidden kind, a record cut short, or a number out of its range
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
      handlers.submit(whole(frame, at), whole(frame, at + 4), amount(frame, at + 8, LARGEST_WORK, "work"));
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
      const work = amount(frame, at + 16, LARGEST_WORK, "work");
      handlers.assign(whole(frame, at), whole(frame, at + 4), origin, job, work);
      break;
    }
    case COMPLETE:
      if (handlers.complete === undefined) forbid("complete");
      handlers.complete(whole(frame, at), whole(frame, at + 4), timeAtServer(frame, at + 8));
      break;
    default:
      readRareRecord(kind, frame, at, handlers);
  }
}

/** Reads the kinds of records that do not occur for every job. */
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
      handlers.resubmit(whole(frame, at), whole(frame, at + 4), amount(frame, at + 8, LARGEST_WORK, "work"));
      break;
    case ABANDONED:
      if (handlers.abandoned === undefined) forbid("abandoned");
      handlers.abandoned(whole(frame, at), whole(frame, at + 4), timeAtServer(frame, at + 8));
      break;
    case REFUSE:
      if (handlers.refuse === undefined) forbid("refuse");
      handlers.refuse(whole(frame, at), whole(frame, at + 4));
      break;
    case SLOT:
      if (handlers.slot === undefined) forbid("slot");
      handlers.slot(whole(frame, at));
      break;
    case FULL:
      if (handlers.full === undefined) forbid("full");
      handlers.full(whole(frame, at), whole(frame, at + 4));
      break;
    case SERVED:
      if (handlers.served === undefined) forbid("served");
      handlers.served(whole(frame, at), whole(frame, at + 4));
      break;
    default:
      readNews(kind, frame, at, handlers);
  }
}

/** Reads what servers tell of their queues, and what they are asked. */
function readNews(kind: number, frame: Buffer, at: number, handlers: RecordHandlers): void {
  switch (kind) {
    case QUEUE:
      if (handlers.queue === undefined) forbid("queue");
      handlers.queue(
        ...([whole(frame, at), whole(frame, at + 4), whole(frame, at + 8)] as const),
        ...([
          amount(frame, at + 12, LARGEST_TIME, "time"),
          amount(frame, at + 20, LARGEST_TIME, "error of a time"),
        ] as const),
      );
      break;
    case TOKEN:
      if (handlers.token === undefined) forbid("token");
      handlers.token(
        ...([whole(frame, at), frame[at + 4] === 1, whole(frame, at + 5)] as const),
        ...([
          amount(frame, at + 9, LARGEST_TIME, "time"),
          amount(frame, at + 17, LARGEST_TIME, "error of a time"),
        ] as const),
      );
      break;
    case PROBE:
      if (handlers.probe === undefined) forbid("probe");
      handlers.probe(whole(frame, at));
      break;
    case ANSWER:
      if (handlers.answer === undefined) forbid("answer");
      handlers.answer(whole(frame, at), whole(frame, at + 4), amount(frame, at + 8, LARGEST_TIME, "latency"));
      break;
  }
}

function readReport(frame: Buffer, at: number, handlers: RecordHandlers): void {
  if (handlers.report === undefined) forbid("report");
  const field = (index: number, most: number): number => amount(frame, at + 4 + 8 * index, most, "report");
  const totals: ServerTotals = {
    observedTime: field(0, LARGEST_TIME),
    busyTime: field(1, LARGEST_TIME),
    idleTimeIntegral: field(2, LARGEST_SUM),
    workDone: field(3, LARGEST_SUM),
    queueLengthIntegral: field(4, LARGEST_SUM),
    waitingTime: field(5, LARGEST_SUM),
    begun: field(6, Number.MAX_SAFE_INTEGER),
    completed: field(7, Number.MAX_SAFE_INTEGER),
    abandoned: field(8, Number.MAX_SAFE_INTEGER),
  };
  handlers.report(whole(frame, at), totals, field(9, LARGEST_RATE), whole(frame, at + 84));
}

function forbid(kind: Kind): never {
  throw new PeerError(`may not send ${kind} records`);
}

function timeAtServer(frame: Buffer, at: number): number {
  return amount(frame, at, LARGEST_TIME, "time at the server");
}

/** Reads a number >= 0. */
function amount(frame: Buffer, at: number, most: number, what: string): number {
  BITS.setInt32(0, bits(frame, at), true);
  BITS.setInt32(4, bits(frame, at + 4), true);
  const value = BITS.getFloat64(0, true);
  if (!(value >= 0 && value <= most)) throw new PeerError(`sent a ${what} of ${value}`);
  return value;
}

/** Scratch space to assemble a 64-bit float. */
const BITS = new DataView(new ArrayBuffer(8));

/**
 * Four bytes, little-endian. Frames are read byte by byte: creating a `DataView` costs more than reading ten records, and at
 * low rates most frames hold a single record.
 */
function bits(frame: Buffer, at: number): number {
  return frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16) | (frame[at + 3] << 24);
}

/** Reads an unsigned 32-bit integer. */
function whole(frame: Buffer, at: number): number {
  return bits(frame, at) >>> 0;
}

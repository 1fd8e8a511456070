import { PeerError } from "../model/errors.js";
import { STANDINGS, type Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";

/**
 * The binary half of the protocol: what crosses the wire once per job or per look at a server. A frame is a version byte,
 * its number in the session (live/session.ts), and any number of records; a record is a kind byte and fields of fixed size, little-endian. Hello and control messages
 * are JSON text frames (messages.ts). The whole protocol is described in docs/protocol.md.
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
  threshold: 1 + 4 + 4,
  standing: 1 + 4 + 1 + 4 + 4,
  resubmit: 1 + 4 + 4 + 8,
  refuse: 1 + 4 + 4,
} as const;

const KINDS = {
  submit: 1,
  outcome: 2,
  assign: 3,
  complete: 4,
  report: 5,
  threshold: 6,
  standing: 7,
  resubmit: 8,
  refuse: 9,
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = new Map<number, Kind>(Object.entries(KINDS).map(([name, kind]) => [kind, name as Kind]));

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
  /** Dispatcher to server node: the number of jobs that a server is to report its standing to. */
  threshold?(server: number, threshold: number): void;
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
  let at = HEADER_BYTES;
  while (at < frame.length) {
    const kind = KIND_NAMES.get(frame[at]);
    if (kind === undefined) throw new PeerError(`sent a record of unknown kind ${frame[at]}`);
    if (at + SIZES[kind] > frame.length) throw new PeerError(`sent a record of kind ${kind} that is cut short`);
    readRecord(kind, frame, at + 1, handlers);
    at += SIZES[kind];
  }
}

function readRecord(kind: Kind, frame: Buffer, at: number, handlers: RecordHandlers): void {
  if (handlers[kind] === undefined) throw new PeerError(`may not send ${kind} records`);
  switch (kind) {
    case "submit":
    case "resubmit":
      handlers[kind]?.(
        frame.readUInt32LE(at),
        frame.readUInt32LE(at + 4),
        nonNegative(frame.readDoubleLE(at + 8), "work"),
      );
      break;
    case "outcome": {
      const outcome = OUTCOMES[frame[at + 4]];
      if (outcome === undefined) throw new PeerError(`sent the unknown outcome ${frame[at + 4]}`);
      handlers.outcome?.(frame.readUInt32LE(at), outcome);
      break;
    }
    case "assign":
      handlers.assign?.(
        frame.readUInt32LE(at),
        frame.readUInt32LE(at + 4),
        frame.readUInt32LE(at + 8),
        frame.readUInt32LE(at + 12),
        nonNegative(frame.readDoubleLE(at + 16), "work"),
      );
      break;
    case "complete":
      handlers.complete?.(
        frame.readUInt32LE(at),
        frame.readUInt32LE(at + 4),
        nonNegative(frame.readDoubleLE(at + 8), "time at the server"),
      );
      break;
    case "refuse":
      handlers.refuse?.(frame.readUInt32LE(at), frame.readUInt32LE(at + 4));
      break;
    case "report":
      readReport(frame, at, handlers);
      break;
    case "threshold":
      handlers.threshold?.(frame.readUInt32LE(at), frame.readUInt32LE(at + 4));
      break;
    case "standing": {
      const standing = frame[at + 4];
      if (standing >= STANDINGS.length) throw new PeerError(`sent the unknown standing ${standing}`);
      const [threshold, accepted] = [frame.readUInt32LE(at + 5), frame.readUInt32LE(at + 9)];
      handlers.standing?.(frame.readUInt32LE(at), standing as Standing, threshold, accepted);
      break;
    }
  }
}

function readReport(frame: Buffer, at: number, handlers: RecordHandlers): void {
  const field = (index: number): number => nonNegative(frame.readDoubleLE(at + 4 + 8 * index), "report");
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
  handlers.report?.(frame.readUInt32LE(at), totals, field(8));
}

function nonNegative(value: number, what: string): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new PeerError(`sent a ${what} of ${value}`);
  return value;
}

/** Gathers records into one frame. */
export class FrameWriter {
  private frame = Buffer.alloc(1024);
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  submit(job: number, taskType: number, work: number): void {
    this.writeJob("submit", job, taskType, work);
  }

  resubmit(job: number, taskType: number, work: number): void {
    this.writeJob("resubmit", job, taskType, work);
  }

  private writeJob(kind: "submit" | "resubmit", job: number, taskType: number, work: number): void {
    const at = this.begin(kind);
    this.frame.writeUInt32LE(job, at);
    this.frame.writeUInt32LE(taskType, at + 4);
    this.frame.writeDoubleLE(work, at + 8);
  }

  outcome(job: number, outcome: Outcome): void {
    const at = this.begin("outcome");
    this.frame.writeUInt32LE(job, at);
    this.frame[at + 4] = OUTCOMES.indexOf(outcome);
  }

  assign(server: number, assignment: number, origin: number, job: number, work: number): void {
    const at = this.begin("assign");
    this.frame.writeUInt32LE(server, at);
    this.frame.writeUInt32LE(assignment, at + 4);
    this.frame.writeUInt32LE(origin, at + 8);
    this.frame.writeUInt32LE(job, at + 12);
    this.frame.writeDoubleLE(work, at + 16);
  }

  refuse(server: number, assignment: number): void {
    const at = this.begin("refuse");
    this.frame.writeUInt32LE(server, at);
    this.frame.writeUInt32LE(assignment, at + 4);
  }

  complete(server: number, assignment: number, timeAtServer: number): void {
    const at = this.begin("complete");
    this.frame.writeUInt32LE(server, at);
    this.frame.writeUInt32LE(assignment, at + 4);
    this.frame.writeDoubleLE(timeAtServer, at + 8);
  }

  report(server: number, totals: ServerTotals, rate: number): void {
    const at = this.begin("report");
    this.frame.writeUInt32LE(server, at);
    this.frame.writeDoubleLE(totals.observedTime, at + 4);
    this.frame.writeDoubleLE(totals.busyTime, at + 12);
    this.frame.writeDoubleLE(totals.idleTimeIntegral, at + 20);
    this.frame.writeDoubleLE(totals.workDone, at + 28);
    this.frame.writeDoubleLE(totals.queueLengthIntegral, at + 36);
    this.frame.writeDoubleLE(totals.waitingTime, at + 44);
    this.frame.writeDoubleLE(totals.begun, at + 52);
    this.frame.writeDoubleLE(totals.completed, at + 60);
    this.frame.writeDoubleLE(rate, at + 68);
  }

  threshold(server: number, threshold: number): void {
    const at = this.begin("threshold");
    this.frame.writeUInt32LE(server, at);
    this.frame.writeUInt32LE(threshold, at + 4);
  }

  standing(server: number, standing: Standing, threshold: number, accepted: number): void {
    const at = this.begin("standing");
    this.frame.writeUInt32LE(server, at);
    this.frame[at + 4] = standing;
    this.frame.writeUInt32LE(threshold, at + 5);
    this.frame.writeUInt32LE(accepted, at + 9);
  }

  /**
   * The frame gathered so far, in memory of its own; the writer starts a new one.
   *
   * @param number of the frame in its session
   */
  take(number: number): Buffer {
    this.frame.writeUInt32LE(number, 1);
    const frame = Buffer.from(this.frame.subarray(0, this.length));
    this.length = 0;
    return frame;
  }

  /** Makes room for a record, writes its kind, and returns where its fields go. */
  private begin(kind: Kind): number {
    if (this.length === 0) {
      this.frame[0] = WIRE_VERSION;
      this.length = HEADER_BYTES;
    }
    const end = this.length + SIZES[kind];
    if (end > this.frame.length) this.frame = Buffer.concat([this.frame], 2 * end);
    this.frame[this.length] = KINDS[kind];
    const at = this.length + 1;
    this.length = end;
    return at;
  }
}

/**
 * The binary part of the protocol: records sent once per job or per report of a server. A frame is a version byte,
 * its number in the session (live/wire/session.ts), and any number of records; a record is a kind byte and fields of fixed size,
 * little-endian. Hello and control messages are JSON text frames (messages.ts). The whole protocol is described in
 * docs/protocol.md.
 */
export const WIRE_VERSION = 5;

/** A version byte and the number of the frame in its session. */
export const HEADER_BYTES = 1 + 4;

/** Size of each kind of record in bytes, its kind byte included. */
const SIZES = {
  submit: 1 + 4 + 4 + 8,
  outcome: 1 + 4 + 1,
  assign: 1 + 4 + 4 + 4 + 4 + 8,
  complete: 1 + 4 + 4 + 8,
  report: 1 + 4 + 10 * 8 + 4,
  threshold: 1 + 4 + 4 + 4,
  standing: 1 + 4 + 1 + 4 + 4,
  resubmit: 1 + 4 + 4 + 8,
  refuse: 1 + 4 + 4,
  slot: 1 + 4,
  served: 1 + 4 + 4,
  full: 1 + 4 + 4,
  queue: 1 + 4 + 4 + 4 + 8 + 8,
  token: 1 + 4 + 1 + 4 + 8 + 8,
  probe: 1 + 4,
  answer: 1 + 4 + 4 + 8,
  abandoned: 1 + 4 + 4 + 8,
} as const;

export type Kind = keyof typeof SIZES;

/** The kind bytes, a constant each, so that readers dispatch by a jump and not a search. */
export const SUBMIT = 1;
export const OUTCOME = 2;
export const ASSIGN = 3;
export const COMPLETE = 4;
export const REPORT = 5;
export const THRESHOLD = 6;
export const STANDING = 7;
export const RESUBMIT = 8;
export const REFUSE = 9;
export const SLOT = 10;
export const SERVED = 11;
export const FULL = 12;
export const QUEUE = 13;
export const TOKEN = 14;
export const PROBE = 15;
export const ANSWER = 16;
export const ABANDONED = 17;
export const KIND_NAMES: readonly (Kind | undefined)[] = [
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
  "full",
  "queue",
  "token",
  "probe",
  "answer",
  "abandoned",
];
/** The size of a record by its kind byte; 0 for unknown kinds. */
export const SIZE_OF_KIND = Uint8Array.from({ length: 256 }, (_, kind) => {
  const name = KIND_NAMES[kind];
  return name === undefined ? 0 : SIZES[name];
});

/** How a job ended. */
export const OUTCOMES = ["completed", "blocked", "lost", "timedOut"] as const;
export type Outcome = (typeof OUTCOMES)[number];

import { printable } from "./printable.js";

/**
 * The kinds of errors, by what is at fault: the user's input (UserError), the place where output goes (OutputError), the
 * process at the other end of a connection (PeerError), or this program itself (a failed `assert`).
 */

/** Longer words are truncated. */
const LONGEST_WORD = 200;

/**
 * The user asked for something impossible or meaningless. The message says what, with the value, and how to fix it, on
 * one line whatever the value contains.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";

  constructor(message: string) {
    super(
      printable(message.replace(/[\p{Cc}\s]+/gu, " ")).replace(/\S+/g, (word) =>
        word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD / 2)}...` : word,
      ),
    );
  }
}

/** Output that was to be written no longer can be, e.g. because the disk is full. One line, like a UserError. */
export class OutputError extends UserError {
  override readonly name = "OutputError";
}

/** A peer broke the protocol. The message says how; the connection is closed with it as the reason. */
export class PeerError extends Error {
  override readonly name = "PeerError";

  constructor(message: string) {
    super(printable(message));
  }
}

/**
 * States an invariant of this program. Throws a plain Error, which is never caught as anybody else's fault.
 *
 * @param invariant or what returns it, where something happens for every job: to write numbers costs more than what is done with them
 */
export function assert(condition: boolean, invariant: string | (() => string)): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${typeof invariant === "string" ? invariant : invariant()}`);
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The three ways something can go wrong, told apart by who is at fault: the user's input (UserError), the process at the
 * other end of a connection (PeerError), or this program itself (a failed `assert`).
 */

/** Words longer than this are cut: nobody reads them. */
const LONGEST_WORD = 200;

/**
 * The user asked for something impossible or meaningless. The message says what, with the value, and how to mend it: in one
 * line, whatever the value holds.
 */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(message: string) {
    super(
      message
        .replace(/[\p{Cc}\s]+/gu, " ")
        .replace(/\S+/g, (word) => (word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD / 2)}...` : word)),
    );
  }
}

/** A peer broke the protocol. The message says how; the connection is closed with it as the reason. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

/** States an invariant of this program. Throws a plain Error, which is never caught as anybody else's fault. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${invariant}`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

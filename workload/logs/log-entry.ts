/**
 * A request as a line of a log describes it. Times are in seconds since some fixed time, 1970 if the log says; NaN where the log does not
 * tell. Parsers fill in one and the same entry again and again: a log may have many millions of lines.
 */
export interface LogEntry {
  /** When it reached the balancer. */
  arrival: number;
  /** From then until all of its answer had been sent. */
  response: number;
  /** When a server got it, and when that server had answered it. */
  received: number;
  returned: number;
  /** The service time, where the server itself has written it down. */
  size: number;
  /** The name or the address of the server; "" if none served it. */
  server: string;
  /** Of the answer. */
  bytes: number;
  /** The length of the ticks in which its stamps count. */
  tick: number;
}

export function emptyEntry(): LogEntry {
  const unknown = Number.NaN;
  return {
    ...{ arrival: unknown, response: unknown, received: unknown, returned: unknown },
    ...{ size: unknown, server: "", bytes: unknown, tick: unknown },
  };
}

/** The status of an answer (RFC 9110, 15.6.4) by which a server, or whoever stands before it, refuses a request: it served nothing. */
export const REFUSED = 503;

/** Reads the lines of one log, in order. */
export interface LineParser {
  /** Fills in the entry. False if the line is no request in this format; the entry may then hold anything. */
  read(line: string, entry: LogEntry): boolean;
  /** The line that names the columns, if there is one. */
  readonly header?: string;
}

/** How a user's log differs from what a format expects. */
export interface LogForm {
  /** The format of its lines, in the language of the proxy's configuration. */
  readonly pattern?: string | undefined;
  /** `ROLE=NAME[:UNIT],...`: which column has what. */
  readonly columns?: string | undefined;
}

/** A way to write logs. */
export interface LogFormat {
  readonly name: string;
  /** What its lines hold, for messages. */
  readonly example: string;
  /**
   * @param firstLines of the log, by which a format of several forms finds the one that is used
   * @throws UserError if the form is not one of this format
   */
  parser(firstLines: readonly string[], form: LogForm): LineParser;
}

/** Whether an entry makes sense: it has an arrival, and no time in it is negative. */
export function isPossible({ arrival, response, received, returned, size }: LogEntry): boolean {
  return Number.isFinite(arrival) && !(response < 0) && !(returned < received) && !(size < 0);
}

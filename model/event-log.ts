import { messageOf, UserError } from "./errors.js";

/** The header of an event log: everything needed to rebuild the dispatcher. */
export interface EventLogHeader {
  readonly format: typeof EVENT_LOG_FORMAT;
  readonly version: string;
  readonly scenario: string;
  /** The parameters that were set, as `configure` takes them, with the contents of files. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
  /** Of one of several dispatchers: how many there are, what they know of the servers, and its number from 0. */
  readonly share?: { readonly dispatchers: number; readonly views: string; readonly number: number };
}

export const EVENT_LOG_FORMAT = "equipoise events 3";
/** The last line of a log that was closed: this and the number of events. */
const END = "end";
/** A line that is no event: this and a checksum of all lines before it. */
const CHECKSUM = "checksum";

/** A running checksum of lines. */
export interface LineChecksum {
  add(line: string): void;
  /** The checksum of all lines so far. */
  readonly value: number;
}

/** The line of an event: its name, its numbers, then its result, if any. */
export function eventLine(name: string, numbers: readonly number[]): string {
  // JSON has no infinity, but a buffer may be infinite.
  return JSON.stringify([name, ...numbers.map((x) => (Number.isFinite(x) ? x : String(x)))]);
}

export function endLine(events: number): string {
  return eventLine(END, [events]);
}

export function checksumLine(checksum: LineChecksum): string {
  return eventLine(CHECKSUM, [checksum.value]);
}

export interface LoggedEvent {
  readonly name: string;
  readonly numbers: readonly number[];
}

/**
 * Reads the first line of an event log.
 *
 * @throws UserError if it has another format
 */
export function readHeader(line: string, file: string): EventLogHeader {
  const foreign = `${file} is not an event log of this format, as written by --record`;
  try {
    const header = JSON.parse(line) as EventLogHeader;
    const isWhole = [header.version, header.scenario, header.seed].every((text) => typeof text === "string");
    const isOfThisFormat = header.format === EVENT_LOG_FORMAT && isWhole && typeof header.parameters === "object";
    if (isOfThisFormat && isShare(header.share)) return header;
  } catch (error) {
    throw new UserError(`${foreign} (${messageOf(error)})`);
  }
  throw new UserError(foreign);
}

function isShare(share: EventLogHeader["share"]): boolean {
  if (share === undefined) return true;
  const { dispatchers, views, number } = share;
  const areCounts = Number.isSafeInteger(dispatchers) && Number.isSafeInteger(number);
  return areCounts && typeof views === "string" && number >= 0 && number < dispatchers;
}

/**
 * Reads the events of a log, line by line.
 *
 * @param lines all lines after the first
 * @param checksum of the first line
 * @returns the events, and whether the log was closed after the last one
 * @throws UserError naming the first damaged line, or the lines of which one is damaged
 */
export function readEvents(
  lines: readonly string[],
  file: string,
  checksum: LineChecksum,
): { events: LoggedEvent[]; closed: boolean } {
  const events: LoggedEvent[] = [];
  /** The number of the last line that a checksum covers. */
  let covered = 0;
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const event = readEvent(line);
    if (event?.name === CHECKSUM) {
      if (event.numbers[0] !== checksum.value)
        throw new UserError(`${file} is damaged: lines ${covered + 1} to ${index + 1} are not those that were written`);
      covered = index + 2;
    }
    checksum.add(line);
    if (event?.name === CHECKSUM) continue;
    if (event === undefined) {
      throw new UserError(
        `${file} is damaged: line ${index + 2} is not an event; the ${events.length} events before it are intact`,
      );
    }
    if (event.name === END) {
      if (covered !== index + 1) throw new UserError(`${file} is damaged: it has no checksum before line ${index + 2}`);
      if (event.numbers[0] !== events.length)
        throw new UserError(`${file} is damaged: it should have ${event.numbers[0]} events but has ${events.length}`);
      return { events, closed: true };
    }
    events.push(event);
  }
  return { events, closed: false };
}

function readEvent(line: string): LoggedEvent | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || typeof parts[0] !== "string") return undefined;
  const numbers = parts.slice(1).map((part) => (part === "Infinity" || part === "NaN" ? Number(part) : part));
  return numbers.every((part) => typeof part === "number") ? { name: parts[0], numbers } : undefined;
}

import { messageOf, UserError } from "../model/errors.js";

/** What the first line of an event log says: all that it takes to build the dispatcher anew. */
export interface EventLogHeader {
  readonly format: typeof EVENT_LOG_FORMAT;
  readonly version: string;
  readonly scenario: string;
  /** Every parameter, as `configure` takes it, with the content of files. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
}

export const EVENT_LOG_FORMAT = "equipoise events 1";
/** The last line of a log that was closed: this and the number of events. */
const END = "end";

/** The line of an event: its name, its numbers, and after them what came of it, if something did. */
export function eventLine(name: string, numbers: readonly number[]): string {
  // JSON has no infinity, which a buffer may be.
  return JSON.stringify([name, ...numbers.map((x) => (Number.isFinite(x) ? x : String(x)))]);
}

export function endLine(events: number): string {
  return eventLine(END, [events]);
}

export interface LoggedEvent {
  readonly name: string;
  readonly numbers: readonly number[];
}

/**
 * Reads the first line of an event log.
 *
 * @throws UserError if it is not one of this format
 */
export function readHeader(line: string, file: string): EventLogHeader {
  const foreign = `${file} is not an event log of this format: --record writes one`;
  try {
    const header = JSON.parse(line) as EventLogHeader;
    const isWhole = [header.version, header.scenario, header.seed].every((text) => typeof text === "string");
    if (header.format === EVENT_LOG_FORMAT && isWhole && typeof header.parameters === "object") return header;
  } catch (error) {
    throw new UserError(`${foreign} (${messageOf(error)})`);
  }
  throw new UserError(foreign);
}

/**
 * Reads the events of a log, line by line.
 *
 * @param lines all but the first
 * @returns the events, and whether the log was closed after the last one
 * @throws UserError naming the first line that is damaged
 */
export function readEvents(lines: readonly string[], file: string): { events: LoggedEvent[]; closed: boolean } {
  const events: LoggedEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const event = readEvent(line);
    if (event === undefined) {
      throw new UserError(
        `${file} is damaged: line ${index + 2} is no event; ${events.length} events before it are whole`,
      );
    }
    if (event.name === END) {
      if (event.numbers[0] !== events.length)
        throw new UserError(`${file} is damaged: it should have ${event.numbers[0]} events and has ${events.length}`);
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

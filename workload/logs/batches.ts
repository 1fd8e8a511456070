import { UserError } from "../../model/errors.js";
import { emptyEntry, type LineParser, type LogEntry } from "./log-entry.js";

/** Entries as numbers, which cost nothing to pass from one thread to another: those of an entry, and the index of its server. */
export const ENTRY_NUMBERS = ["arrival", "response", "received", "returned", "size", "bytes", "tick"] as const;
export const ENTRY_WIDTH = ENTRY_NUMBERS.length + 1;

/** Neighbouring entries of a log. */
export interface EntryBatch {
  readonly numbers: Float64Array;
  readonly entries: number;
  /** The names of the servers that are in none of the batches before; their indexes go on. */
  readonly newServers: readonly string[];
}

/** Lines that are no requests. */
export interface Malformed {
  readonly count: number;
  /** The first of them; undefined if there are none. */
  readonly first: { readonly line: number; readonly text: string } | undefined;
}

/** More names are no servers. */
const MOST_SERVERS = 20_000;
const SHOWN_CHARACTERS = 100;

/** Reads the lines of a log one after another, and counts those that are no requests. */
export class LineReader {
  private readonly entry = emptyEntry();
  private readonly indexes = new Map<string, number>();
  private newServers: string[] = [];
  private line = 0;
  private count = 0;
  private first: Malformed["first"];

  constructor(private readonly parser: LineParser) {}

  get malformed(): Malformed {
    return { count: this.count, first: this.first };
  }

  /** Throws UserError if there are more servers than any fleet has. */
  read(lines: readonly string[]): EntryBatch {
    const { entry, parser } = this;
    const numbers = new Float64Array(lines.length * ENTRY_WIDTH);
    let entries = 0;
    for (const text of lines) {
      this.line++;
      if (parser.read(text, entry)) this.write(entry, numbers, entries++ * ENTRY_WIDTH);
      else if (text.trim() !== "" && !text.startsWith("#") && text !== parser.header) this.skip(text);
    }
    const { newServers } = this;
    this.newServers = [];
    return { numbers, entries, newServers };
  }

  private write(entry: LogEntry, numbers: Float64Array, at: number): void {
    numbers[at] = entry.arrival;
    numbers[at + 1] = entry.response;
    numbers[at + 2] = entry.received;
    numbers[at + 3] = entry.returned;
    numbers[at + 4] = entry.size;
    numbers[at + 5] = entry.bytes;
    numbers[at + 6] = entry.tick;
    numbers[at + 7] = entry.server === "" ? -1 : (this.indexes.get(entry.server) ?? this.join(entry.server));
  }

  private join(server: string): number {
    const index = this.indexes.size;
    if (index === MOST_SERVERS)
      throw new UserError(`more than ${MOST_SERVERS} servers, "${server}" among them: is this what names the server?`);
    this.indexes.set(server, index);
    this.newServers.push(server);
    return index;
  }

  private skip(text: string): void {
    this.count++;
    this.first ??= { line: this.line, text: text.slice(0, SHOWN_CHARACTERS) };
  }
}

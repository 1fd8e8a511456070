import { UserError } from "../../model/errors.js";
import { type EntryBatch, LineReader, type Malformed } from "../logs/batches.js";
import { parserFor } from "../logs/index.js";
import type { LogForm } from "../logs/log-entry.js";
import { openLog } from "./log-file.js";

/** By which a format is recognised. */
const FIRST_LINES = 1000;

export interface LogSource {
  /** `-` for standard input. */
  readonly file: string;
  /** One of LOG_FORMATS. */
  readonly format: string;
  readonly form: LogForm;
}

/** A part of a log that has been read. */
export interface LogPart {
  readonly batch: EntryBatch;
  /** So far. */
  readonly malformed: Malformed;
  /** The fraction of the file that has been read; undefined if its length is unknown. */
  readonly done: number | undefined;
}

/** Reads a log, part by part. */
export type ReadLog = (source: LogSource) => AsyncIterable<LogPart>;

/**
 * Reads a log in this thread.
 *
 * @throws UserError if it cannot be read, or is of another format
 */
export async function* readLog({ file, format, form }: LogSource): AsyncGenerator<LogPart> {
  const log = openLog(file);
  let reader: LineReader | undefined;
  let waiting: string[] = [];
  const part = (lines: readonly string[]): LogPart => {
    reader ??= new LineReader(parserFor(format, waiting.slice(0, FIRST_LINES), form));
    const batch = reader.read(lines);
    return { batch, malformed: reader.malformed, done: log.done() };
  };
  for await (const lines of log.lines()) {
    if (reader !== undefined) {
      yield part(lines);
      continue;
    }
    waiting.push(...lines);
    if (waiting.length < FIRST_LINES) continue;
    yield part(waiting);
    waiting = [];
  }
  if (reader !== undefined) return;
  if (waiting.length === 0) throw new UserError(`${file}: is empty`);
  yield part(waiting);
}

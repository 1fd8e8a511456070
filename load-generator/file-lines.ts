import { closeSync, openSync, readSync } from "node:fs";
import { messageOf, UserError } from "../model/errors.js";
import type { Lines } from "./arrivals/trace.js";

const CHUNK_BYTES = 1 << 16;

/**
 * The lines of a file, read piece by piece as they are asked for, in constant memory. Reading is synchronous: a piece comes
 * from the disk's cache in less time than a turn of the event loop.
 *
 * @throws UserError if the file cannot be opened
 */
export function fileLines(file: string): Lines {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let lines: string[] = [];
  let next = 0;
  let rest = "";
  let atEnd = false;
  const fill = (): void => {
    while (next >= lines.length && !atEnd) {
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      lines = (rest + chunk.toString("latin1", 0, read)).split("\n");
      next = 0;
      if (read > 0) {
        rest = lines.pop() ?? "";
        continue;
      }
      atEnd = true;
      closeSync(descriptor);
      // What follows the last end of line is a line of its own only if there is something.
      if (lines.at(-1) === "") lines.pop();
    }
  };
  return {
    next() {
      if (next >= lines.length) fill();
      const line = lines[next++];
      return line?.endsWith("\r") ? line.slice(0, -1) : line;
    },
  };
}

/** The numbers of a file with one number a line. Throws UserError with the number of the line that holds none. */
export function readNumbers(file: string): number[] {
  const lines = fileLines(file);
  const numbers: number[] = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const value = line.trim() === "" ? Number.NaN : Number(line);
    if (!Number.isFinite(value)) {
      throw new UserError(`${file}, line ${numbers.length + 1}: "${line.slice(0, 60)}" is not a number`);
    }
    numbers.push(value);
  }
  return numbers;
}

import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { messageOf, UserError } from "../model/errors.js";
import type { Lines } from "../model/records.js";

const CHUNK_BYTES = 1 << 16;

/**
 * The lines of a file, read in chunks on demand, in constant memory. Reading is synchronous: a chunk comes from the disk cache
 * in less time than a turn of the event loop.
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
  const decoder = new StringDecoder("utf8");
  let lines: string[] = [];
  let next = 0;
  let rest = "";
  let atEnd = false;
  const fill = (): void => {
    while (next >= lines.length && !atEnd) {
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      lines = (rest + decoder.write(chunk.subarray(0, read))).split("\n");
      next = 0;
      if (read > 0) {
        rest = lines.pop() ?? "";
        continue;
      }
      atEnd = true;
      closeSync(descriptor);
      // The text after the last newline is a line only if it is not empty.
      if (lines.at(-1) === "") lines.pop();
    }
  };
  return {
    next() {
      if (next >= lines.length) fill();
      return lines[next++];
    },
  };
}

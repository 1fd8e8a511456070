import { createReadStream, statSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { messageOf, UserError } from "../../model/errors.js";

/** The name of standard input. */
export const STANDARD_INPUT = "-";
const CHUNK_BYTES = 1 << 20;
/** A longer line is no request; what is beyond is not kept. */
const LONGEST_LINE = 1 << 20;

/** A log as it is read, line by line, in constant memory. */
export interface LogFile {
  /** Some lines at a time. Throws UserError if the file cannot be read. */
  lines(): AsyncGenerator<readonly string[]>;
  /** The part of the file that has been read; undefined if its length is unknown. */
  done(): number | undefined;
}

/** @param file a log, which may be compressed by gzip; `-` for standard input */
export function openLog(file: string): LogFile {
  const isInput = file === STANDARD_INPUT;
  const length = isInput ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
  let read = 0;
  async function* bytes(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  }
  return {
    done: () => (length === undefined ? undefined : read / length),
    async *lines() {
      try {
        const source = isInput ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
        yield* linesOf(await inflated(bytes(source)));
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(`cannot read ${isInput ? "standard input" : file}: ${messageOf(error)}`);
      }
    },
  };
}

/** The content, uncompressed if it begins with the two bytes of gzip (RFC 1952). */
async function inflated(chunks: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  let first = Buffer.alloc(0);
  while (first.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    first = Buffer.concat([first, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield first;
    yield* chunks;
  }
  if (first[0] !== 0x1f || first[1] !== 0x8b) return whole();
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of either destroys both, and is thrown by whoever reads the second.
  pipeline(Readable.from(whole()), gunzip, () => {});
  return gunzip;
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isFirst = true;
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    // A byte order mark is part of no line.
    const lines = (rest + (isFirst ? text.replace(/^\uFEFF/, "") : text)).split("\n");
    isFirst = false;
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE);
    if (lines.length > 0) yield lines;
  }
  if (rest !== "") yield [rest];
}

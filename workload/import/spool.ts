import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { messageOf, OutputError } from "../../model/errors.js";
import type { Job } from "../identification/intake.js";

/** Values of a job: arrival, size, response, and server and how it was found. */
const WIDTH = 4;
const JOB_BYTES = WIDTH * Float64Array.BYTES_PER_ELEMENT;
const BUFFERED = 1 << 14;

/** Jobs in a file on disk, in order of arrival, as many as there are: 32 bytes of each. */
export class Spool {
  length = 0;
  private readonly file: string;
  private readonly descriptor: number;
  private readonly buffer = new Float64Array(BUFFERED * WIDTH);
  private buffered = 0;

  /** @param folder where the file is until `remove` */
  constructor(folder: string) {
    this.file = join(folder, `jobs.${process.pid}.spool`);
    try {
      this.descriptor = openSync(this.file, "w+");
    } catch (error) {
      throw new OutputError(`${this.file}: cannot be written (${messageOf(error)})`);
    }
  }

  add({ arrival, size, response, server, found }: Readonly<Job>): void {
    if (this.buffered === BUFFERED) this.flush();
    const from = this.buffered++ * WIDTH;
    this.buffer[from] = arrival;
    this.buffer[from + 1] = size;
    this.buffer[from + 2] = response;
    this.buffer[from + 3] = server * WIDTH + found;
    this.length++;
  }

  /** Calls back with each of these jobs in order. The object is always the same. */
  read(from: number, to: number, each: (job: Readonly<Job>) => void): void {
    this.flush();
    const block = new Float64Array(Math.min(BUFFERED, to - from) * WIDTH);
    const job: Job = { arrival: 0, size: 0, response: 0, server: 0, found: 0 };
    for (let start = from; start < to; start += BUFFERED) {
      const count = Math.min(BUFFERED, to - start);
      readSync(this.descriptor, block, 0, count * JOB_BYTES, start * JOB_BYTES);
      for (let i = 0; i < count; i++) {
        const at = i * WIDTH;
        const code = block[at + 3];
        job.arrival = block[at];
        job.size = block[at + 1];
        job.response = block[at + 2];
        job.server = Math.floor(code / WIDTH);
        job.found = (code - job.server * WIDTH) as Job["found"];
        each(job);
      }
    }
  }

  /** The index of the first job that arrives at a time or later. */
  indexAt(time: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.arrivalOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  arrivalOf(index: number): number {
    let arrival = Number.NaN;
    this.read(index, index + 1, (job) => {
      arrival = job.arrival;
    });
    return arrival;
  }

  remove(): void {
    closeSync(this.descriptor);
    rmSync(this.file, { force: true });
  }

  private flush(): void {
    if (this.buffered === 0) return;
    try {
      writeSync(this.descriptor, this.buffer, 0, this.buffered * JOB_BYTES);
    } catch (error) {
      throw new OutputError(`${this.file}: cannot be written (${messageOf(error)})`);
    }
    this.buffered = 0;
  }
}

import { closeSync, openSync, writeFileSync } from "node:fs";
import { partialNameOf, putInPlace } from "../live/processes/output-files.js";
import type { Outcome } from "../live/wire/record-kinds.js";
import { messageOf, OutputError, UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { InFlight } from "./in-flight.js";

const CHUNK_CHARACTERS = 1 << 16;

/**
 * A CSV file with a line for every measured job that has ended; times in units of model time since the process started. It
 * has its name once it is whole.
 */
export class RawRecords {
  private readonly descriptor: number;
  private readonly partial: string;
  private pending = "job,intended,sent,ended,work,outcome\n";

  /** Throws UserError if the file cannot be written. The other methods then throw OutputError, e.g. when the disk is full. */
  constructor(private readonly file: string) {
    try {
      this.partial = partialNameOf(file);
      this.descriptor = openSync(this.partial, "w");
    } catch (error) {
      throw new UserError(`--records ${file}: cannot be written (${messageOf(error)})`);
    }
  }

  write(job: number, { intended, sent, work }: InFlight, ended: ModelTime, outcome: Outcome): void {
    this.pending += `${job},${intended},${sent},${ended},${work},${outcome}\n`;
    if (this.pending.length >= CHUNK_CHARACTERS) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
    putInPlace(this.partial, this.file);
  }

  private flush(): void {
    const text = this.pending;
    this.pending = "";
    try {
      writeFileSync(this.descriptor, text);
    } catch (error) {
      throw new OutputError(`--records ${this.file}: cannot be written (${messageOf(error)})`);
    }
  }
}

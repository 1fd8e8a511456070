import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Outcome } from "../live/record-kinds.js";
import { messageOf, UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { InFlight } from "./in-flight.js";

const CHUNK_CHARACTERS = 1 << 16;

/** A CSV file with a line for every measured job that has ended; times in units of model time since the process started. */
export class RawRecords {
  private readonly descriptor: number;
  private pending = "job,intended,sent,ended,work,outcome\n";

  /** Throws UserError if the file cannot be written; so do the others, e.g. where there is no room left. */
  constructor(private readonly file: string) {
    try {
      this.descriptor = openSync(file, "w");
    } catch (error) {
      throw new UserError(`cannot write ${file}: ${messageOf(error)}`);
    }
  }

  write(job: number, { intended, sent, work }: InFlight, ended: ModelTime, outcome: Outcome): void {
    this.pending += `${job},${intended},${sent},${ended},${work},${outcome}\n`;
    if (this.pending.length >= CHUNK_CHARACTERS) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    const text = this.pending;
    this.pending = "";
    try {
      writeFileSync(this.descriptor, text);
    } catch (error) {
      throw new UserError(`cannot write ${this.file}: ${messageOf(error)}`);
    }
  }
}

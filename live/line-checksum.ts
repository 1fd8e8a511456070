import { createHash } from "node:crypto";
import type { LineChecksum } from "../model/event-log.js";

/** Bytes of the hash that are kept: as many as a number holds exactly. */
const BYTES = 6;

/** The first bytes of the SHA-256 of all lines, each with its end of line. */
export class Sha256Checksum implements LineChecksum {
  private readonly hash = createHash("sha256");

  add(line: string): void {
    this.hash.update(line).update("\n");
  }

  get value(): number {
    return this.hash.copy().digest().readUIntBE(0, BYTES);
  }
}

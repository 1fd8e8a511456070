import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Simulated } from "../experiments/simulated-predictions.js";
import { readSimulated } from "../live/processes/simulated-flag.js";

/**
 * The file for simulated predictions that depend on `key` alone, in the user's cache directory: $XDG_CACHE_HOME/equipoise, or
 * ~/.cache/equipoise.
 */
export function cacheFile(key: unknown): string {
  const { XDG_CACHE_HOME: folder } = process.env;
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
  return join(folder === undefined || folder === "" ? join(homedir(), ".cache") : folder, "equipoise", `${name}.json`);
}

/** What was written to the file; undefined if there is no such file, or if it is not as it was written. */
export function readCache(file: string): Simulated | undefined {
  try {
    return readSimulated(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes the file as a whole; does nothing where it cannot be written, for it only saves time. */
export function writeCache(file: string, simulated: Simulated): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(simulated));
    renameSync(unfinished, file);
  } catch {
    // They are simulated again next time.
  }
}

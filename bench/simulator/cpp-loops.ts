import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Measured } from "./measurement.js";

/** The reference loops in C++, by their files in bench/simulator/. */
export type Loop = "chain-loop" | "fleet-loop" | "shared-queues";
/** Runs a compiled loop. It prints its jobs or events per second of CPU time, and its result. */
export type RunLoop = (flags: readonly (string | number)[]) => Measured;

/** Compiles a loop for as long as `use` takes; for none, undefined, where no compiler is installed. */
export function withLoop<T>(loop: Loop, use: (run: RunLoop | undefined) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-loop-"));
  try {
    const binary = join(folder, loop);
    const source = fileURLToPath(new URL(`../../../bench/simulator/${loop}.cpp`, import.meta.url));
    const isCompiled = compiles(["-O2", "-o", binary, source]);
    return use(isCompiled ? (flags) => measure(binary, flags) : undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether there is a compiler. Throws if it refuses the source. */
function compiles(flags: readonly string[]): boolean {
  try {
    execFileSync("g++", flags);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function measure(binary: string, flags: readonly (string | number)[]): Measured {
  const [speed, result] = execFileSync(binary, flags.map(String), { encoding: "utf8" }).split(" ").map(Number);
  return { speed, result, megabytes: 0 };
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable, median, spread } from "../measure.js";
import { DELAY, DISPATCHERS, LOAD } from "./contenders.js";
import { type Measured, measureInProcess, speedsOf } from "./measurement.js";

const REPETITIONS = 5;
const SERVERS = 100;
const JOBS_OF_LOOP = 1_000_000;
const LOOP = fileURLToPath(new URL("../../../bench/simulator/shared-queues.cpp", import.meta.url));

/** Each twin with what it is, and its target. */
const TWINS: readonly (readonly [name: string, what: string, wanted: string])[] = [
  ["twin-told", "told, constant delays", ">= 0.5"],
  ["twin-local", "local views, constant delays", ">= 1"],
  ["twin-exponential", "told, exponential delays", ">= 0.5 of the loop"],
];

/** The twin of several dispatchers, and the loop in C++ with exponential delays: jobs per second, and ratios within each repetition. */
export function dispatchers(): string {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-loop-"));
  const binary = join(folder, "shared-queues");
  execFileSync("g++", ["-O2", "-o", binary, LOOP]);
  const loops: Measured[] = [];
  const twins = TWINS.map(() => [] as Measured[]);
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    loops.push(measureLoop(binary));
    for (const [i, [name]] of TWINS.entries()) twins[i].push(measureInProcess(name, SERVERS));
  }
  rmSync(folder, { recursive: true });
  const row = (what: string, found: readonly Measured[], wanted: string): string[] => {
    const ratios = found.map(({ speed }, i) => speed / loops[i].speed);
    const sojourn = median(found.map(({ result }) => result)).toFixed(3);
    return [what, spread(speedsOf(found)), spread(ratios), wanted, sojourn];
  };
  return markdownTable(
    [`${DISPATCHERS} dispatchers, ${SERVERS} servers`, "1e6 jobs/s", "of the loop", "wanted", "mean sojourn time"],
    [
      ...TWINS.map(([, what, wanted], i) => row(what, twins[i], wanted)),
      row("loop in C++, told, exponential delays", loops, ""),
    ],
  );
}

/** It prints its jobs per second of CPU time, and the mean sojourn time. */
function measureLoop(binary: string): Measured {
  const flags = [SERVERS, DISPATCHERS, LOAD, DELAY, JOBS_OF_LOOP].map(String);
  const [speed, result] = execFileSync(binary, flags, { encoding: "utf8" }).split(" ").map(Number);
  return { speed, result, megabytes: 0 };
}

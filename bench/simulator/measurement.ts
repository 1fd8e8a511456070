import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { residentMegabytes } from "../measure.js";
import { contenders } from "./contenders.js";

/** Measured in a separate process for each contender, so that none is affected by code compiled for another. */
export interface Measured {
  /** Events per second of CPU time. */
  readonly speed: number;
  readonly megabytes: number;
  readonly result: number;
}

/** A contender and its number of servers. */
export type Entry = readonly [name: string, servers: number];

/** Events per batch for a chain; other engines process fewer in the same time. */
const EVENTS = 5e6;
const PART_OF_EVENTS: Readonly<Record<string, number>> = { heap: 0.1, rate: 0.04, twin: 0.1, fleet: 0.1 };
/** Statistics are restarted between warm-up batches, so that this code is compiled, too. */
const WARM_UP_RUNS = 3;
const LEAST_CPU_SECONDS = 1;
/** Timeout of a measurement. */
const GIVE_UP_AFTER_MS = 120_000;

/** Warms up, and then runs for at least a second of CPU time. */
export function measureOne(name: string, servers: number): Measured {
  const contender = contenders[name](servers);
  const wanted = EVENTS * (PART_OF_EVENTS[name.split("-", 1)[0]] ?? 1);
  const isLarge = servers >= wanted;
  for (let run = 0; run < (isLarge ? 1 : WARM_UP_RUNS); run++) contender.run(Math.max(wanted / 3, 4 * servers));
  const before = process.cpuUsage();
  let [events, seconds] = [0, 0];
  while (seconds < LEAST_CPU_SECONDS) {
    events += contender.run(wanted);
    seconds = process.cpuUsage(before).user / 1e6;
  }
  return { speed: events / seconds, megabytes: residentMegabytes(process.pid), result: contender.result() };
}

/** Measures a contender in a process of its own. */
export function measureInProcess(name: string, servers: number): Measured {
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const options = { encoding: "utf8", timeout: GIVE_UP_AFTER_MS } as const;
  return JSON.parse(execFileSync(process.execPath, [main, name, String(servers)], options)) as Measured;
}

/** Time for the repetitions of a part of the benchmark; there is always at least one. */
const PART_SECONDS = 180;

/**
 * Measures all contenders in turn, repeatedly, so that a slow phase of the machine affects all alike.
 *
 * @param measure how, if not each in a process of its own
 */
export function measureAll(
  entries: readonly Entry[],
  repetitions: number,
  measure: (...entry: Entry) => Measured = measureInProcess,
): (entry: Entry) => readonly Measured[] {
  const found = new Map(entries.map((entry) => [entry.join(" "), { entry, measured: [] as Measured[] }]));
  const begun = performance.now();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const secondsEach = (performance.now() - begun) / 1000 / Math.max(1, repetition);
    if ((repetition + 1) * secondsEach > PART_SECONDS && repetition > 0) break;
    for (const { entry, measured } of found.values()) measured.push(measure(...entry));
  }
  return (entry) => found.get(entry.join(" "))?.measured ?? [];
}

/** In millions of events a second. */
export const speedsOf = (measured: readonly Measured[]): number[] => measured.map(({ speed }) => speed / 1e6);

import { Pool } from "../../simulator/parallel/pool.js";
import { simulation } from "../../simulator/simulation.js";
import { markdownTable, median, spread } from "../measure.js";
import { LOAD } from "./contenders.js";
import { type RunLoop, withLoop } from "./cpp-loops.js";
import { type Entry, type Measured, measureAll, measureInProcess, speedsOf } from "./measurement.js";
import { measurePeers } from "./peers.js";

const REPETITIONS = 3;
/** Ratios need more precision than speeds. */
const REPETITIONS_OF_RATIOS = 5;
const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/** Each engine with its reference loop, if there is one, and its target. */
const ENGINES: readonly (readonly [engine: Entry, loop: Entry | undefined, wanted: string])[] = [
  [["chain-jsq-2", 10_000], ["chain-loop-inlined", 10_000], ">= 0.6 of the loop, >= 10"],
  [["chain-jsq-2", 10_000], ["chain-loop", 10_000], ""],
  [["heap-jsq-2", 10_000], ["heap-loop", 10_000], ">= 3"],
  [["rate-scaling-chain", 100], undefined, ""],
  [["rate-scaling-twin", 100], undefined, ""],
];
/** The loop in C++, which is no contender, and its events: as many as in a batch of the engine. */
const CPP_LOOP: Entry = ["chain-loop in C++", 10_000];
const EVENTS_OF_LOOP = 20_000_000;
const BESIDE_CPP: typeof ENGINES = [[["chain-jsq-2", 10_000], CPP_LOOP, ">= 0.5 of the loop"]];
const LARGE_ENGINES: typeof ENGINES = [
  [["chain-jsq", 1_000_000], undefined, ">= 1 in 1000 MB"],
  [["rate-scaling-chain", 100_000], undefined, ">= 1"],
];

/** Each engine and its reference loop: events per second, their ratio within each repetition, and memory. */
export function engines(): string {
  const rows = [
    ...tableRows(ENGINES, REPETITIONS_OF_RATIOS),
    ...withLoop("chain-loop", besideCpp),
    ...tableRows(LARGE_ENGINES, REPETITIONS),
  ];
  return markdownTable(["engine", "servers", "1e6 events/s", "reference loop", "ratio", "wanted", "MB", "runs"], rows);
}

/** The chain beside the loop in C++. */
function besideCpp(runLoop: RunLoop | undefined): string[][] {
  if (runLoop === undefined)
    return BESIDE_CPP.map(([[name, servers], , wanted]) => [
      ...[name, String(servers), "", `not measured: no compiler for ${CPP_LOOP[0]}`],
      ...["", wanted, "", ""],
    ]);
  return tableRows(BESIDE_CPP, REPETITIONS_OF_RATIOS, (name, servers) =>
    name === CPP_LOOP[0] ? runLoop([servers, LOAD, EVENTS_OF_LOOP]) : measureInProcess(name, servers),
  );
}

function tableRows(lines: typeof ENGINES, repetitions: number, measure?: (...entry: Entry) => Measured): string[][] {
  const entries = lines.flatMap(([engine, loop]) => (loop === undefined ? [engine] : [engine, loop]));
  const found = measureAll(entries, repetitions, measure);
  return lines.map(([engine, loop, wanted]) => {
    const own = found(engine);
    const megabytes = String(Math.round(median(own.map((measured) => measured.megabytes))));
    const last = [wanted, megabytes, String(own.length)];
    const first = [engine[0], String(engine[1]), spread(speedsOf(own))];
    if (loop === undefined) return [...first, "", "", ...last];
    const reference = found(loop);
    const ratios = own.map(({ speed }, i) => speed / reference[i].speed);
    return [...first, `${spread(speedsOf(reference))} (${loop[0]})`, spread(ratios), ...last];
  });
}

/** Cost per event by number of servers. */
export function curve(): string {
  const names = ["chain-jsq-2", "chain-jsq", "heap-jsq-2"];
  const found = measureAll(
    SIZES.flatMap((servers) => names.map((name) => [name, servers] as const)),
    REPETITIONS,
  );
  const nanoseconds = (entry: Entry): string => spread(speedsOf(found(entry)).map((speed) => 1000 / speed));
  return markdownTable(
    ["servers", ...names.map((name) => `${name}, ns/event`), "runs"],
    SIZES.map((servers) => [
      String(servers),
      ...names.map((name) => nanoseconds([name, servers])),
      String(found([names[0], servers]).length),
    ]),
  );
}

/** Wall-clock time of the same runs on one thread and on two, alternating. */
export async function parallel(): Promise<string> {
  const inputs = Array.from({ length: 12 }, (_, i) => ({
    ...{ scenario: "rate-scaling", settings: { servers: "100" }, seed: "1", familyConfidence: 0.99 },
    ...{ warmUpTime: 500, measuringTime: 2000, replication: i + 1 },
  }));
  const timeOn = async (workers: number): Promise<number> => {
    const pool = new Pool(workers);
    // Let the threads start, load and compile.
    await pool.map(simulation, inputs.slice(0, 2 * workers));
    const before = performance.now();
    await pool.map(simulation, inputs);
    const seconds = (performance.now() - before) / 1000;
    await pool.close();
    return seconds;
  };
  const rows: { one: number; two: number }[] = [];
  for (let i = 0; i < REPETITIONS; i++) rows.push({ one: await timeOn(1), two: await timeOn(2) });
  const ratios = rows.map(({ one, two }) => one / two);
  const seconds = (key: "one" | "two"): string => spread(rows.map((row) => row[key]));
  return markdownTable(
    ["12 runs of rate scaling on one thread, s", "on two threads, s", "speed-up", "wanted"],
    [[seconds("one"), seconds("two"), spread(ratios), ">= 1.7"]],
  );
}

/** M/M/10 here and in other simulation libraries. */
export function peers(): string {
  const names = ["heap-jsq", "chain-jsq"];
  const found = measureAll(
    names.map((name) => [name, 10] as const),
    REPETITIONS,
  );
  const base = median(speedsOf(found(["heap-jsq", 10])));
  const row = (name: string, speeds: readonly number[]): string[] => [
    name,
    spread(speeds),
    (median(speeds) / base).toPrecision(3),
  ];
  const rows = names.map((name) => row(name, speedsOf(found([name, 10]))));
  for (const { name, speeds, why } of measurePeers(REPETITIONS)) {
    rows.push(why === undefined ? row(name, speeds) : [name, `not measured: ${why}`, ""]);
  }
  return markdownTable(["10 servers, load 0.8", "1e6 events/s", "of heap-jsq"], rows);
}

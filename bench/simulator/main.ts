import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { Pool } from "../../simulator/parallel/pool.js";
import { simulation } from "../../simulator/simulation.js";
import { markdownTable, median, residentMegabytes, spread } from "../measure.js";
import { contenders } from "./contenders.js";
import { measurePeers } from "./peers.js";

/**
 * Events per second of CPU time of each engine, beside loops written for the purpose. Every measurement is in a process of its own, so
 * that none profits or suffers from what was compiled for another. The peers are other libraries, installed for it outside the project.
 */

const REPETITIONS = 3;
/** Of the chains; the other engines do fewer in about as long. */
const EVENTS = 1e7;
const PART_OF_EVENTS: Readonly<Record<string, number>> = { heap: 0.3, rate: 0.1 };
const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];

interface Measured {
  readonly speed: number;
  readonly megabytes: number;
  readonly result: number;
}

/** In a process of its own. */
function measureOne(name: string, servers: number): Measured {
  const contender = contenders[name](servers);
  const wanted = EVENTS * (PART_OF_EVENTS[name.split("-", 1)[0]] ?? 1);
  contender.run(Math.max(wanted / 3, 4 * servers));
  const before = process.cpuUsage();
  const events = contender.run(wanted);
  const seconds = process.cpuUsage(before).user / 1e6;
  return { speed: events / seconds, megabytes: residentMegabytes(process.pid), result: contender.result() };
}

/** The same contenders in turn, so that a slow minute of the machine hits all alike. */
function measureAll(pairs: readonly (readonly [string, number])[]): Map<string, Measured[]> {
  const found = new Map<string, Measured[]>();
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const [name, servers] of pairs) {
      const text = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, String(servers)], {
        encoding: "utf8",
      });
      const key = `${name} ${servers}`;
      found.set(key, [...(found.get(key) ?? []), JSON.parse(text) as Measured]);
    }
  }
  return found;
}

const speedsOf = (measured: readonly Measured[] = []): number[] => measured.map(({ speed }) => speed / 1e6);

function enginesTable(): string {
  const rows: readonly (readonly [string, number, string | undefined, string])[] = [
    ["chain-jsq-2", 10_000, "chain-loop", ">= 0.6 of the loop, 10"],
    ["chain-jsq-2", 10_000, "chain-loop-inlined", ""],
    ["heap-jsq-2", 10_000, "heap-loop", ">= 3"],
    ["chain-jsq", 1_000_000, undefined, ">= 1, in 1 GB"],
    ["rate-scaling-chain", 100_000, undefined, ">= 1"],
    ["rate-scaling-twin", 100_000, undefined, ""],
    ["rate-scaling-twin", 100, undefined, ""],
  ];
  const names = rows.flatMap(([name, servers, loop]) => [
    `${name} ${servers}`,
    ...(loop ? [`${loop} ${servers}`] : []),
  ]);
  const found = measureAll([...new Set(names)].map((key) => [key.split(" ")[0], Number(key.split(" ")[1])] as const));
  const cells = rows.map(([name, servers, loop, target]) => {
    const own = found.get(`${name} ${servers}`) ?? [];
    const reference = loop === undefined ? [] : (found.get(`${loop} ${servers}`) ?? []);
    const ratios = own.map(({ speed }, i) => speed / (reference[i]?.speed ?? Number.NaN));
    return [
      name,
      String(servers),
      spread(speedsOf(own)),
      loop === undefined ? "" : `${spread(speedsOf(reference))} (${loop})`,
      loop === undefined ? "" : spread(ratios),
      target,
      String(Math.round(median(own.map(({ megabytes }) => megabytes)))),
    ];
  });
  return markdownTable(["engine", "servers", "1e6 events/s", "reference loop", "ratio", "wanted", "memory, MB"], cells);
}

function curve(): string {
  const names = ["chain-jsq-2", "chain-jsq", "heap-jsq-2"];
  const found = measureAll(SIZES.flatMap((servers) => names.map((name) => [name, servers] as const)));
  const nanoseconds = (name: string, servers: number): string =>
    spread(speedsOf(found.get(`${name} ${servers}`)).map((speed) => 1000 / speed));
  return markdownTable(
    ["servers", ...names.map((name) => `${name}, ns/event`)],
    SIZES.map((servers) => [String(servers), ...names.map((name) => nanoseconds(name, servers))]),
  );
}

/** Wall-clock time of the same runs on one thread and on two. */
async function parallel(): Promise<string> {
  const inputs = Array.from({ length: 12 }, (_, i) => ({
    ...{ scenario: "rate-scaling", settings: {}, seed: "1", familyConfidence: 0.99 },
    replication: i + 1,
  }));
  const timeOn = async (workers: number): Promise<number> => {
    const pool = new Pool(workers);
    // The threads start, load and compile.
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
    ["one thread, s", "two threads, s", "speed-up"],
    [[seconds("one"), seconds("two"), spread(ratios)]],
  );
}

function peersTable(): string {
  const ours = measureAll([
    ["heap-jsq", 10],
    ["chain-jsq", 10],
  ]);
  const base = median(speedsOf(ours.get("heap-jsq 10")));
  const rows = [...ours].map(([key, measured]) => [
    key.split(" ")[0],
    spread(speedsOf(measured)),
    (median(speedsOf(measured)) / base).toPrecision(3),
  ]);
  for (const [name, speeds] of measurePeers(REPETITIONS)) {
    if (typeof speeds === "string") rows.push([name, `not measured: ${speeds}`, ""]);
    else rows.push([name, spread(speeds.map((speed) => speed / 1e6)), (median(speeds) / 1e6 / base).toPrecision(3)]);
  }
  return markdownTable(["10 servers, load 0.8", "1e6 events/s", "of heap-jsq"], rows);
}

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  engines: enginesTable,
  curve,
  parallel,
  peers: peersTable,
};

/** `main.js [PART...]`, or `main.js CONTENDER SERVERS` for one measurement. */
const words = process.argv.slice(2);
if (words.length === 2 && words[0] in contenders) {
  process.stdout.write(JSON.stringify(measureOne(words[0], Number(words[1]))));
} else {
  const load = loadavg()[0].toFixed(1);
  process.stdout.write(
    `${cpus()[0].model}, ${cpus().length} cores, Node.js ${process.version}, load average ${load} at the start\n\n`,
  );
  for (const part of words.length === 0 ? Object.keys(PARTS) : words) {
    process.stdout.write(`## ${part}\n\n${await PARTS[part]()}\n\n`);
  }
}

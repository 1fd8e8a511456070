import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuSeconds, markdownTable, median, residentMegabytes, spread } from "../measure.js";
import { Peers } from "./peers.js";

/**
 * The dispatcher, with JSQ and all features of a run enabled, against a bare relay of the same wire protocol, alternating:
 * throughput and CPU per job at saturation, round-trip times at low rates.
 * `node dist/bench/dispatcher/main.js [REPETITIONS] [CONNECTIONS...]`.
 */

const WINDOW = 2000;
const SATURATE_MILLISECONDS = 2500;
const RATE_MILLISECONDS = 2000;
const RATES = [1000, 10_000];

const repetitions = Number(process.argv[2] ?? 5);
const connections = process.argv.slice(3).map(Number);

interface Subject {
  readonly name: string;
  readonly process: ChildProcess;
  readonly peers: Peers;
}

interface Figures {
  readonly throughput: number[];
  readonly cpu: number[];
  /** By arrival rate. */
  readonly roundTrips: ReadonlyMap<number, number[]>;
  readonly cpuAtRate: ReadonlyMap<number, number[]>;
}

async function start(name: string, script: string, flags: readonly string[], count: number): Promise<Subject> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), flags, {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { name, process: child, peers: await Peers.connect(port, count) };
}

/** Returns the process's CPU time during an action, in microseconds per job. */
async function cpuOf({ process: child, peers }: Subject, act: () => Promise<void>): Promise<number> {
  const cpuBefore = cpuSeconds(child.pid ?? 0);
  const before = peers.completed;
  await act();
  return (1e6 * (cpuSeconds(child.pid ?? 0) - cpuBefore)) / (peers.completed - before);
}

async function measure(subject: Subject, { throughput, cpu, roundTrips, cpuAtRate }: Figures): Promise<void> {
  const { peers } = subject;
  const before = peers.completed;
  const startedAt = performance.now();
  cpu.push(await cpuOf(subject, () => peers.saturate(WINDOW, SATURATE_MILLISECONDS)));
  throughput.push((1000 * (peers.completed - before)) / (performance.now() - startedAt));
  for (const rate of RATES) {
    const act = async (): Promise<void> => {
      roundTrips.get(rate)?.push(median(await peers.atRate(rate, RATE_MILLISECONDS)));
    };
    cpuAtRate.get(rate)?.push(await cpuOf(subject, act));
  }
}

async function compare(count: number): Promise<void> {
  const settings = [
    `servers=${count}`,
    "policy=jsq",
    "buffer=infinite",
    "rateControl=fixed",
    "initialRates=constant:1",
  ];
  const subjects = [
    await start("relay", "./relay.js", [String(count)], count),
    await start("dispatcher", "../../dispatcher/main.js", ["--port", "0", "--set", ...settings], count),
  ];
  const byRate = (): Map<number, number[]> => new Map(RATES.map((rate) => [rate, []]));
  const figures = subjects.map((): Figures => ({ throughput: [], cpu: [], roundTrips: byRate(), cpuAtRate: byRate() }));
  for (const { peers } of subjects) await peers.saturate(WINDOW, SATURATE_MILLISECONDS);
  const memory = subjects.map(({ process: child }) => residentMegabytes(child.pid ?? 0));
  for (let i = 0; i < repetitions; i++) {
    for (const [index, subject] of subjects.entries()) await measure(subject, figures[index]);
  }
  const rows = subjects.map(({ name, process: child, peers }, index) => [
    name,
    spread(figures[index].throughput.map((perSecond) => perSecond / 1000)),
    spread(figures[index].cpu),
    ...RATES.flatMap((rate) => [
      spread(figures[index].roundTrips.get(rate) ?? []),
      spread(figures[index].cpuAtRate.get(rate) ?? []),
    ]),
    `${memory[index].toFixed(0)} -> ${residentMegabytes(child.pid ?? 0).toFixed(0)} (${(peers.completed / 1e6).toFixed(0)} M jobs)`,
  ]);
  const [relay, dispatcher] = figures;
  const ratios = dispatcher.cpu.map((cpu, i) => cpu / relay.cpu[i]);
  const added = RATES.map((rate) => {
    const less = relay.roundTrips.get(rate) ?? [];
    return `${spread((dispatcher.roundTrips.get(rate) ?? []).map((more, i) => more - less[i]))} ms at ${rate}/s`;
  });
  process.stdout.write(
    `\n${count} connections, ${WINDOW} jobs in flight, ${repetitions} repetitions\n\n` +
      markdownTable(
        [
          "",
          "1000 jobs/s",
          "CPU us/job",
          ...RATES.flatMap((rate) => [`round trip p50, ms, at ${rate}/s`, "CPU us/job"]),
          "MB resident",
        ],
        rows,
      ) +
      `\n\nCPU per job, ratio of dispatcher to relay: ${spread(ratios)}; round trip, dispatcher minus relay: ${added.join(", ")}\n`,
  );
  for (const { process: child, peers } of subjects) {
    peers.close();
    child.kill();
  }
}

for (const count of connections.length > 0 ? connections : [10, 100]) await compare(count);

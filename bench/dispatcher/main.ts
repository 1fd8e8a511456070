import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuSeconds, markdownTable, median, residentMegabytes, spread } from "../measure.js";
import { Peers } from "./peers.js";

/**
 * The dispatcher, with JSQ and everything on that a run has on, against a bare relay of the same wire, turn by turn: throughput and CPU
 * per job when saturated, round trips at low rates. `node dist/bench/dispatcher/main.js [REPETITIONS] [CONNECTIONS...]`.
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
  readonly roundTrips: ReadonlyMap<number, number[]>;
}

async function start(name: string, script: string, flags: readonly string[], count: number): Promise<Subject> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), flags, {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { name, process: child, peers: await Peers.connect(port, count) };
}

async function measure({ process: child, peers }: Subject, figures: Figures): Promise<void> {
  const pid = child.pid ?? 0;
  const cpuBefore = cpuSeconds(pid);
  const before = peers.completed;
  const startedAt = performance.now();
  await peers.saturate(WINDOW, SATURATE_MILLISECONDS);
  const jobs = peers.completed - before;
  figures.throughput.push((1000 * jobs) / (performance.now() - startedAt));
  figures.cpu.push((1e6 * (cpuSeconds(pid) - cpuBefore)) / jobs);
  for (const rate of RATES) {
    figures.roundTrips.get(rate)?.push(median(await peers.atRate(rate, RATE_MILLISECONDS)));
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
  const figures = subjects.map(
    (): Figures => ({ throughput: [], cpu: [], roundTrips: new Map(RATES.map((rate) => [rate, []])) }),
  );
  for (const { peers } of subjects) await peers.saturate(WINDOW, SATURATE_MILLISECONDS);
  const memory = subjects.map(({ process: child }) => residentMegabytes(child.pid ?? 0));
  for (let i = 0; i < repetitions; i++) {
    for (const [index, subject] of subjects.entries()) await measure(subject, figures[index]);
  }
  const rows = subjects.map(({ name, process: child, peers }, index) => [
    name,
    spread(figures[index].throughput.map((perSecond) => perSecond / 1000)),
    spread(figures[index].cpu),
    ...RATES.map((rate) => spread(figures[index].roundTrips.get(rate) ?? [])),
    `${memory[index].toFixed(0)} -> ${residentMegabytes(child.pid ?? 0).toFixed(0)} (${(peers.completed / 1e6).toFixed(0)} M jobs)`,
  ]);
  const ratios = figures[1].cpu.map((cpu, i) => cpu / figures[0].cpu[i]);
  process.stdout.write(
    `\n${count} connections, ${WINDOW} jobs under way, ${repetitions} repetitions\n\n` +
      markdownTable(
        ["", "1000 jobs/s", "CPU us/job", ...RATES.map((rate) => `round trip p50, ms, at ${rate}/s`), "MB resident"],
        rows,
      ) +
      `\n\nCPU per job, dispatcher over relay: ${spread(ratios)}\n`,
  );
  for (const { process: child, peers } of subjects) {
    peers.close();
    child.kill();
  }
}

for (const count of connections.length > 0 ? connections : [10, 100]) await compare(count);

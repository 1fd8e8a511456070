import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { markdownTable, spread } from "../measure.js";

/**
 * Rate at which one worker of the load generator can send jobs on schedule, to a sink that completes them at once:
 * `node dist/bench/load-generator/main.js [REPETITIONS] [JOBS_PER_SECOND...]`
 */

const repetitions = Number(process.argv[2] ?? 3);
const rates = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [100_000, 300_000, 400_000];
const SECONDS = 4;

/** The part of the `--output json` result that is used here. */
interface Summary {
  readonly completedPerSecond: number;
  readonly seconds: { readonly lag: { readonly mean: number; readonly p99: number } };
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function generate(port: number, perSecond: number): Promise<Summary> {
  const flags = [
    ...["--dispatcher", `ws://127.0.0.1:${port}`, "--arrival-rate", String(perSecond), "--time-unit", "1s"],
    ...["--warmup", "2s", "--duration", `${SECONDS}s`, "--max-in-flight", "10000000", "--output", "json"],
  ];
  const child = spawn(process.execPath, [script("../../load-generator/main.js"), ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  await once(child, "close");
  return JSON.parse(text) as Summary;
}

const sink = fork(script("./sink.js"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
const [{ port }] = (await once(sink, "message")) as [{ port: number }];
const rows: string[][] = [];
for (const rate of rates) {
  const runs: Summary[] = [];
  for (let i = 0; i < repetitions; i++) runs.push(await generate(port, rate));
  rows.push([
    String(rate),
    spread(runs.map(({ completedPerSecond }) => completedPerSecond)),
    spread(runs.map(({ seconds }) => 1000 * seconds.lag.mean)),
    spread(runs.map(({ seconds }) => 1000 * seconds.lag.p99)),
  ]);
}
process.stdout.write(`${markdownTable(["jobs/s requested", "completed/s", "mean lag, ms", "p99 lag, ms"], rows)}\n`);
sink.kill();

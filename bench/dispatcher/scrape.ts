import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cpuSeconds, markdownTable, spread } from "../measure.js";

/**
 * CPU time per scrape of the dispatcher of a live run, from the difference between windows with and without scrapes. It
 * includes sockets and compression, so a scrape blocks the event loop for less.
 * `node dist/bench/dispatcher/scrape.js [REPETITIONS]`
 */

const PORT = 18_099;
const SCRAPES = 100;
const MILLISECONDS_BETWEEN = 50;
/** Scenarios with the parameter that sets their size. */
const RUNS: readonly (readonly [scenario: string, size: string])[] = [
  ["rate-scaling", "servers=25"],
  ["rate-scaling", "servers=400"],
  ["jsq-heavy-traffic", "servers=100"],
  ["utility", "pools=50"],
];

const repetitions = Number(process.argv[2] ?? 5);
const url = `http://127.0.0.1:${PORT}/metrics`;

function dispatcherOf(parent: number): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const parentOfIt = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
      if (parentOfIt === parent && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dispatcher/main.js"))
        return Number(pid);
    } catch {
      // The process has ended in the meantime.
    }
  }
  throw new Error("the dispatcher was not found");
}

async function scrape(): Promise<string> {
  return (await fetch(url)).text();
}

/** CPU seconds in a window, with or without scrapes. */
async function window(pid: number, act: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds(pid);
  for (let i = 0; i < SCRAPES; i++) {
    await act();
    await sleep(MILLISECONDS_BETWEEN);
  }
  return cpuSeconds(pid) - before;
}

async function cost(scenario: string, size: string): Promise<string[]> {
  const flags = ["up", scenario, "--set", size, "--processes", "2", "--port", String(PORT), "--warmup", "1s"];
  const cli = spawn(process.execPath, [fileURLToPath(new URL("../../cli/main.js", import.meta.url)), ...flags], {
    stdio: "ignore",
  });
  const ready = async (): Promise<boolean> => (await scrape().catch(() => "")).includes("equipoise_run_measuring 1");
  while (!(await ready())) await sleep(500);
  const pid = dispatcherOf(cli.pid ?? 0);
  const costs: number[] = [];
  await window(pid, scrape);
  for (let i = 0; i < repetitions; i++) {
    const without = await window(pid, async () => {});
    costs.push((1000 * ((await window(pid, scrape)) - without)) / SCRAPES);
  }
  const series = (await scrape()).split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  cli.kill("SIGINT");
  await once(cli, "exit");
  return [scenario, size, String(series), spread(costs)];
}

const rows: string[][] = [];
for (const [scenario, size] of RUNS) rows.push(await cost(scenario, size));
console.log(markdownTable(["scenario", "size", "series", "CPU per scrape, ms"], rows));

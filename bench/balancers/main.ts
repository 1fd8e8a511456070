import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rate } from "../../model/units.js";
import { cpuSeconds } from "../measure.js";
import { type BalancerResult, FLEETS, MEASURED_SECONDS, TIME_UNIT_SECONDS, WARM_UP_SECONDS } from "./results.js";
import { type Load, SUBJECTS, type Subject, startProgram, startSystem } from "./systems.js";

/**
 * Our policies and those of HAProxy and nginx in front of the same servers, with common random arrivals and works, alternating
 * over several seeds: `node dist/bench/balancers/main.js RESULTS.json [equal|two-speeds] [ARRIVAL_RATE...]`. A full benchmark
 * takes about twenty-five minutes and rewrites the results file; a partial one replaces the corresponding runs in it. report.ts
 * turns it into tables and a plot.
 */

/** Measured time; the balancer's CPU time is measured in the middle of it. */
const CPU_SECONDS = 4;
const SEEDS = ["1", "2", "3"];
/** Most attempts at a run, which is void if the machine was busy with something else. */
const MOST_ATTEMPTS = 3;

/** As `--output json` prints it. */
interface Summary {
  readonly jobs: { readonly sent: number; readonly completed: number; readonly blocked: number; readonly lost: number };
  readonly seconds: Readonly<Record<"sojourn" | "waiting" | "lag", { mean: number; p50: number; p99: number } | null>>;
  readonly whyVoid: string | null;
}

async function run(subject: Subject, fleet: string, arrivalRate: Rate, seed: string): Promise<BalancerResult> {
  const rates = FLEETS[fleet];
  const load: Load = { arrivalRate, rates, timeUnit: `${TIME_UNIT_SECONDS}s`, warmUp: `${WARM_UP_SECONDS}s`, seed };
  const system = await startSystem(subject, load);
  try {
    const generator = startProgram(
      "load-generator",
      [
        ...system.generatorFlags,
        ...["--arrival-rate", String(arrivalRate * rates.length), "--time-unit", load.timeUnit, "--seed", load.seed],
        ...["--warmup", load.warmUp, "--duration", `${MEASURED_SECONDS}s`, "--output", "json"],
      ],
      "pipe",
    );
    let text = "";
    generator.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const ended = new Promise((resolve) => generator.once("close", resolve));
    await sleep(1000 * (WARM_UP_SECONDS + 0.8));
    const cpuBefore = cpuSeconds(system.pid);
    await sleep(1000 * CPU_SECONDS);
    const cpu = (cpuSeconds(system.pid) - cpuBefore) / CPU_SECONDS;
    await ended;
    const { jobs, seconds, whyVoid } = JSON.parse(text) as Summary;
    const units = (value: number | undefined): number => (value ?? Number.NaN) / TIME_UNIT_SECONDS;
    return {
      ...{
        subject: subject.name,
        fleet,
        arrivalRate,
        seed,
        jobs: jobs.completed,
        blocked: jobs.blocked,
        lost: jobs.lost,
        whyVoid,
      },
      meanWait: (await system.meanWaitingTime()) ?? units(seconds.waiting?.mean),
      sojournP50: units(seconds.sojourn?.p50),
      sojournP99: units(seconds.sojourn?.p99),
      cpuMicrosecondsPerJob: (1e6 * cpu * MEASURED_SECONDS) / jobs.sent,
      scheduleLag: units(seconds.lag?.mean),
    };
  } finally {
    await system.stop();
  }
}

async function attempt(subject: Subject, fleet: string, arrivalRate: Rate, seed: string): Promise<BalancerResult> {
  for (let attempts = 1; ; attempts++) {
    const result = await run(subject, fleet, arrivalRate, seed);
    process.stderr.write(`${JSON.stringify(result)}\n`);
    if (result.whyVoid === null || attempts === MOST_ATTEMPTS) return result;
  }
}

function keep(file: string, result: BalancerResult): void {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as BalancerResult[]) : [];
  const key = ({ subject, fleet, arrivalRate, seed }: BalancerResult): string =>
    JSON.stringify([subject, fleet, arrivalRate, seed]);
  const others = known.filter((other) => key(other) !== key(result));
  writeFileSync(file, `${JSON.stringify([...others, result], null, 2)}\n`);
}

const [file, onlyFleet, ...onlyRates] = process.argv.slice(2);
if (onlyFleet === undefined) rmSync(file, { force: true });
for (const fleet of onlyFleet === undefined ? Object.keys(FLEETS) : [onlyFleet]) {
  for (const arrivalRate of onlyRates.length > 0 ? onlyRates.map(Number) : [0.7, 0.9, 0.95]) {
    for (const seed of SEEDS) {
      for (const subject of SUBJECTS) keep(file, await attempt(subject, fleet, arrivalRate, seed));
    }
  }
}

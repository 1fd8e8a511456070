import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rate } from "../../model/units.js";
import { cpuSeconds } from "../measure.js";
import { type BalancerResult, FLEETS } from "./results.js";
import { type Load, SUBJECTS, type Subject, startProgram, startSystem } from "./systems.js";

/**
 * Our policies and those of HAProxy and nginx in front of the same servers, with the same arrivals and works:
 * `node dist/bench/balancers/main.js RESULTS.json [equal|two-speeds] [ARRIVAL_RATE...]`. Adds to the results file, in place of older
 * runs of the same, so that runs can be spread over time; report.ts makes tables and plots of it.
 */

const TIME_UNIT_SECONDS = 0.025;
const WARM_UP_SECONDS = 2;
const MEASURED_SECONDS = 8;

/** As `--output json` prints it. */
interface Summary {
  readonly jobs: { readonly sent: number; readonly completed: number; readonly blocked: number; readonly lost: number };
  readonly seconds: Readonly<Record<"sojourn" | "waiting" | "lag", { mean: number; p50: number; p99: number } | null>>;
  readonly whyVoid: string | null;
}

async function run(subject: Subject, fleet: string, arrivalRate: Rate): Promise<BalancerResult> {
  const rates = FLEETS[fleet];
  const load: Load = { arrivalRate, rates, timeUnit: `${TIME_UNIT_SECONDS}s`, seed: "1" };
  const system = await startSystem(subject, load);
  try {
    const generator = startProgram(
      "load-generator",
      [
        ...system.generatorFlags,
        ...["--arrival-rate", String(arrivalRate * rates.length), "--time-unit", load.timeUnit, "--seed", load.seed],
        ...["--warmup", `${WARM_UP_SECONDS}s`, "--duration", `${MEASURED_SECONDS}s`, "--output", "json"],
      ],
      "pipe",
    );
    let text = "";
    generator.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const ended = new Promise((resolve) => generator.once("close", resolve));
    await sleep(1000 * (WARM_UP_SECONDS + 1));
    const cpuBefore = cpuSeconds(system.pid);
    await sleep(1000 * (MEASURED_SECONDS - 2));
    const cpu = (cpuSeconds(system.pid) - cpuBefore) / (MEASURED_SECONDS - 2);
    await ended;
    const { jobs, seconds, whyVoid } = JSON.parse(text) as Summary;
    const units = (value: number | undefined): number => (value ?? Number.NaN) / TIME_UNIT_SECONDS;
    return {
      ...{
        subject: subject.name,
        fleet,
        arrivalRate,
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

const [file, onlyFleet, ...onlyRates] = process.argv.slice(2);
for (const fleet of onlyFleet === undefined ? Object.keys(FLEETS) : [onlyFleet]) {
  for (const arrivalRate of onlyRates.length > 0 ? onlyRates.map(Number) : [0.7, 0.9, 0.95]) {
    for (const subject of SUBJECTS) {
      const result = await run(subject, fleet, arrivalRate);
      process.stderr.write(`${JSON.stringify(result)}\n`);
      const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as BalancerResult[]) : [];
      const same = (other: BalancerResult): boolean =>
        other.subject === result.subject && other.fleet === fleet && other.arrivalRate === arrivalRate;
      const before = known.filter((other) => !same(other));
      writeFileSync(file, `${JSON.stringify([...before, result], null, 2)}\n`);
    }
  }
}

import { once } from "node:events";
import { cpuSeconds, markdownTable, spread } from "../measure.js";
import { type Load, SUBJECTS, type Subject, startProgram, startSystem } from "./systems.js";

/**
 * CPU time per job of the routing process, by arrival rate, once its code is compiled, and its CPU time when idle:
 * `node dist/bench/balancers/cpu.js [REPETITIONS]`.
 */

const NAMES = ["equipoise jsq", "HAProxy leastconn", "nginx least_conn"];
const RATES_PER_SECOND = [300, 1000, 3000];
const WARM_UP = { perSecond: 2000, seconds: 30 };
const SECONDS = 6;
/** The measured window excludes the start and end of a generator. */
const MARGIN_SECONDS = 1;

const repetitions = Number(process.argv[2] ?? 3);
const load: Load = {
  arrivalRate: 0.3,
  rates: Array.from({ length: 10 }, () => 1),
  timeUnit: "1ms",
  warmUp: "1s",
  seed: "1",
};

/** Sends jobs with a mean service time of one millisecond. */
async function send(flags: readonly string[], perSecond: number, seconds: number): Promise<void> {
  const generator = startProgram("load-generator", [
    ...flags,
    ...["--arrival-rate", String(perSecond / 1000), "--time-unit", load.timeUnit, "--duration", `${seconds}s`],
  ]);
  await once(generator, "close");
}

async function costs(subject: Subject): Promise<string[]> {
  const system = await startSystem(subject, load);
  try {
    await send(system.generatorFlags, WARM_UP.perSecond, WARM_UP.seconds);
    const over = async (seconds: number): Promise<number> => {
      const before = cpuSeconds(system.pid);
      await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
      return (cpuSeconds(system.pid) - before) / seconds;
    };
    const idle: number[] = [];
    const byRate = RATES_PER_SECOND.map((): number[] => []);
    for (let i = 0; i < repetitions; i++) {
      idle.push(1000 * (await over(SECONDS)));
      for (const [index, perSecond] of RATES_PER_SECOND.entries()) {
        const sent = send(system.generatorFlags, perSecond, SECONDS + 2 * MARGIN_SECONDS);
        await new Promise((resolve) => setTimeout(resolve, 1000 * MARGIN_SECONDS));
        byRate[index].push((1e6 * (await over(SECONDS))) / perSecond);
        await sent;
      }
    }
    return [subject.name, spread(idle), ...byRate.map(spread)];
  } finally {
    await system.stop();
  }
}

const rows: string[][] = [];
for (const subject of SUBJECTS.filter(({ name }) => NAMES.includes(name))) rows.push(await costs(subject));
const header = ["", "idle, ms/s", ...RATES_PER_SECOND.map((perSecond) => `us/job at ${perSecond}/s`)];
process.stdout.write(`${markdownTable(header, rows)}\n`);

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { randomStream } from "../../model/random.js";
import { median, spread } from "../measure.js";
import type { SoakReport } from "./soak-report.js";
import { SoakSystem } from "./system.js";

const PAIRS = 10;
const WINDOW_SECONDS = 15;
const ARRIVAL_RATE = 0.5;
/** Largest median of the ratio of the honest peers' median sojourn times, with hostile peers over without. */
const MOST_SLOWED = 1.1;

/** The storm of readers and the hostile peer of hostile-peers.ts, in a process of their own. */
export class Hostility {
  private readonly child: ChildProcess;

  constructor(port: number) {
    const script = fileURLToPath(new URL("hostile-peers.js", import.meta.url));
    this.child = spawn(process.execPath, [script, String(port)], { stdio: "ignore" });
  }

  async end(): Promise<void> {
    const gone = once(this.child, "exit");
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      throw new Error("the hostile peers ended by themselves");
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** Compares sojourn times of the same jobs with hostile peers and without, in pairs of windows in random order. */
export async function soakBesideHostility(seed: string): Promise<SoakReport> {
  const system = new SoakSystem({ buffer: "infinite", policy: "jiq", arrivalRate: ARRIVAL_RATE, flags: [] });
  await system.start();
  const random = randomStream(seed, "hostility");
  const problems: string[] = [];
  const medianSojourn = async (pair: number, hostile: boolean): Promise<number> => {
    const hostility = hostile ? new Hostility(system.port) : undefined;
    const { jobs, medianSojournSeconds } = await system.send(ARRIVAL_RATE, WINDOW_SECONDS, `${seed}-${pair}`);
    await hostility?.end();
    if (jobs.sent !== jobs.completed) problems.push(`of ${jobs.sent} jobs ${jobs.completed} were completed`);
    return medianSojournSeconds;
  };
  await medianSojourn(PAIRS, false); // So that everything is compiled.
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const hostileFirst = random() < 0.5;
    const first = await medianSojourn(pair, hostileFirst);
    const second = await medianSojourn(pair, !hostileFirst);
    ratios.push(hostileFirst ? first / second : second / first);
  }
  await system.end();
  if (median(ratios) > MOST_SLOWED) problems.push(`sojourn times are ${median(ratios).toFixed(3)} times as long`);
  return {
    lines: [`median sojourn time beside hostile peers over that without, ${PAIRS} pairs: ${spread(ratios)}`],
    problems,
  };
}

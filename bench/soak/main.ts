import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { plainFlag, readFlags, text } from "../../live/flags.js";
import { parseSeconds } from "../../live/units.js";
import { exponential, randomStream, uniformIndex } from "../../model/random.js";
import { residentMegabytes } from "../measure.js";
import { NODES, SoakSystem } from "./system.js";

/**
 * A steady load for a long time, while processes are killed and stopped at random; the books and the memory of the
 * dispatcher are watched. `npm run soak -- --duration 10m`.
 */

const MEAN_PAUSE_SECONDS = 8;
const SAMPLE_SECONDS = 1;
/** By how much the dispatcher's memory may grow over the second half of a run without a restart of it. */
const MOST_GROWTH_MEGABYTES = 40;

const flags = readFlags<{ duration: number; seed: string }>(
  new Command("soak")
    .addOption(plainFlag("--duration <time>", "how long", parseSeconds, "10m"))
    .addOption(plainFlag("--seed <text>", "of the faults", text, "1")),
);
const random = randomStream(flags.seed, "soak");
const faults = new Map<string, number>();
const problems: string[] = [];
const memory: number[] = [];
const retried = { now: 0, before: 0 };

const system = new SoakSystem();
await system.start(flags.duration);
const endsAt = performance.now() + 1000 * flags.duration;
const watching = watch();
await misbehave();
const jobs = await system.finish();
await watching;
await system.end();
report();

async function misbehave(): Promise<void> {
  await sleep(5000);
  while (performance.now() < endsAt - 5000) {
    await sleep(1000 * Math.min(30, exponential(random, MEAN_PAUSE_SECONDS)));
    await fault();
  }
}

async function fault(): Promise<void> {
  const node = uniformIndex(random, NODES);
  const kind = ["node killed", "node stopped", "dispatcher stopped", "dispatcher killed"][Math.floor(3.25 * random())];
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
  const pauseMilliseconds = 1000 * Math.min(6, exponential(random, 1));
  const { dispatcher } = system;
  if (kind === "node killed") {
    system.nodes[node].kill("SIGKILL");
    await sleep(pauseMilliseconds);
    system.startNode(node);
  } else if (kind === "dispatcher killed") {
    retried.before += (await system.state())?.totals.retried ?? 0;
    retried.now = 0;
    dispatcher.kill("SIGKILL");
    memory.length = 0;
    await sleep(pauseMilliseconds);
    system.startDispatcher();
  } else {
    const stopped = kind === "node stopped" ? system.nodes[node] : dispatcher;
    stopped.kill("SIGSTOP");
    await sleep(pauseMilliseconds);
    stopped.kill("SIGCONT");
  }
}

/** Looks at the books and the memory until the last job has ended. */
async function watch(): Promise<void> {
  while (performance.now() < endsAt + 2000) {
    await sleep(1000 * SAMPLE_SECONDS);
    const state = await system.state();
    if (state === undefined) continue;
    const { offered, completed, blocked, lost, inFlight } = state.totals;
    if (offered !== completed + blocked + lost + inFlight) problems.push(`books: ${JSON.stringify(state.totals)}`);
    if (state.whyVoid?.includes("books")) problems.push(state.whyVoid);
    if (state.offences > 0) problems.push(`${state.offences} connections were shut out`);
    retried.now = state.totals.retried;
    memory.push(residentMegabytes(system.dispatcher.pid ?? 0));
  }
}

function report(): void {
  const half = memory.slice(Math.floor(memory.length / 2));
  const growth = half.length < 60 ? 0 : half[half.length - 1] - half[0];
  if (jobs.sent !== jobs.completed + jobs.blocked + jobs.lost + jobs.underWay) problems.push("the generator's books");
  if (jobs.underWay > 0) problems.push(`${jobs.underWay} jobs never ended`);
  if (growth > MOST_GROWTH_MEGABYTES) problems.push(`the dispatcher grew by ${growth.toFixed(0)} MB`);
  const done = [...faults].map(([kind, count]) => `${kind} ${count}`).join(", ");
  process.stdout.write(
    `${flags.duration} s; faults: ${done}\njobs: ${JSON.stringify(jobs)}, ${retried.before + retried.now} sent again\n` +
      `dispatcher: ${memory[0]?.toFixed(0)} MB at first, ${memory.at(-1)?.toFixed(0)} MB at last (of its last start)\n` +
      `${problems.length === 0 ? "no problem" : [...new Set(problems)].slice(0, 5).join("\n")}\n`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}

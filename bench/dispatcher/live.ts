import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { cpuSeconds, markdownTable, spread } from "../measure.js";

/**
 * Whole live systems of real processes, a dispatcher, two server nodes and a load generator, at a given rate of jobs, policy by
 * policy in turn: what is completed, how late messages and jobs are, and what the processes take.
 * `node dist/bench/dispatcher/live.js [REPETITIONS] [JOBS_PER_SECOND] [POLICY[@DISPATCHERS[:VIEWS]]...]`
 */

const SERVERS = 1000;
const NODES = 2;
const LOAD = 0.7;
const WARM_UP_MILLISECONDS = 4000;
const MEASURED_MILLISECONDS = 10_000;
/** How long a system may take until all are connected. */
const START_MILLISECONDS = 60_000;

const repetitions = Number(process.argv[2] ?? 5);
const jobsPerSecond = Number(process.argv[3] ?? 10_000);
const given = process.argv.slice(4);
const policies = given.length > 0 ? given : ["random", "jsq", "peak-ewma", "prequal"];
const timeUnitMilliseconds = (1000 * LOAD * SERVERS) / jobsPerSecond;

interface System {
  readonly url: string;
  /** The first one measures. */
  readonly dispatchers: readonly ChildProcess[];
  readonly nodes: readonly ChildProcess[];
  readonly generator: ChildProcess;
}

/** Of one policy, a number for each repetition. */
interface Figures {
  readonly policy: string;
  readonly jobs: number[];
  readonly messages: number[];
  readonly delay: number[];
  readonly lag: number[];
  readonly dispatcher: number[];
  readonly nodes: number[];
  /** Why runs were void. */
  readonly faults: Set<string>;
}

function launch(program: string, ...flags: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`../../${program}/main.js`, import.meta.url)), flags, {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

async function start(text: string): Promise<System> {
  const [policy, count = "1", views = "told"] = text.split(/@|:(?=told$|local$)/);
  const settings = [`servers=${SERVERS}`, `load=${LOAD}`, `policy=${policy}`].flatMap((one) => ["--set", one]);
  const times = ["--time-unit", `${timeUnitMilliseconds}ms`, "--warmup", "1s"];
  const dispatchers: ChildProcess[] = [];
  const urls: string[] = [];
  for (let number = 0; number < Number(count); number++) {
    const several = ["--dispatchers", count, "--number", String(number), "--views", views];
    const first = number === 0 ? [] : ["--first", urls[0]];
    const dispatcher = launch(
      "dispatcher",
      "--port",
      "0",
      "--scenario",
      "fleet",
      ...settings,
      ...times,
      ...several,
      ...first,
    );
    dispatchers.push(dispatcher);
    urls.push(`ws://127.0.0.1:${await portOf(dispatcher)}`);
  }
  const join = ["--join", "--dispatcher", urls.join(",")];
  const node = ["--servers", String(SERVERS / NODES), ...join];
  const nodes = Array.from({ length: NODES }, () => launch("server-node", ...node));
  return { url: urls[0].replace("ws:", "http:"), dispatchers, nodes, generator: launch("load-generator", ...join) };
}

function portOf(dispatcher: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    dispatcher.once("message", (said: { port: number }) => resolve(said.port));
    dispatcher.once("exit", (code) => reject(new Error(`the dispatcher ended with code ${code}`)));
  });
}

async function stop({ dispatchers, nodes, generator }: System): Promise<void> {
  for (const child of [generator, ...nodes, ...dispatchers.toReversed()]) {
    const ended = child.exitCode === null ? once(child, "exit") : undefined;
    child.kill("SIGTERM");
    await ended;
  }
}

async function stateOf({ url }: System): Promise<DispatcherState> {
  return (await (await fetch(`${url}/api/state`)).json()) as DispatcherState;
}

async function runs(system: System): Promise<void> {
  const until = performance.now() + START_MILLISECONDS;
  while ((await stateOf(system)).totals.completed === 0) {
    if (performance.now() > until) throw new Error("the system did not start");
    await sleep(200);
  }
}

/** CPU time of processes so far, in microseconds. */
const cpuOf = (children: readonly ChildProcess[]): number =>
  children.reduce((sum, { pid = 0 }) => sum + 1e6 * cpuSeconds(pid), 0);

async function measure(figures: Figures): Promise<void> {
  const system = await start(figures.policy);
  try {
    await runs(system);
    await sleep(WARM_UP_MILLISECONDS);
    const [before, startedAt] = [await stateOf(system), performance.now()];
    const cpuBefore = [cpuOf(system.dispatchers), cpuOf(system.nodes)];
    await sleep(MEASURED_MILLISECONDS);
    const cpuAfter = [cpuOf(system.dispatchers), cpuOf(system.nodes)];
    const [after, seconds] = [await stateOf(system), (performance.now() - startedAt) / 1000];
    const offered = after.totals.offered - before.totals.offered;
    const completed = after.totals.completed - before.totals.completed;
    figures.jobs.push(completed / seconds);
    figures.messages.push((after.information.messages - before.information.messages) / offered);
    figures.delay.push((timeUnitMilliseconds * (after.totals.messageDelay - before.totals.messageDelay)) / completed);
    figures.lag.push(timeUnitMilliseconds * after.scheduleLag);
    figures.dispatcher.push((cpuAfter[0] - cpuBefore[0]) / completed);
    figures.nodes.push((cpuAfter[1] - cpuBefore[1]) / completed);
    if (after.whyVoid !== null) figures.faults.add(after.whyVoid);
  } finally {
    await stop(system);
  }
}

const all = policies.map(
  (policy): Figures => ({
    ...{ policy, jobs: [], messages: [], delay: [], lag: [], dispatcher: [], nodes: [], faults: new Set() },
  }),
);
for (let repetition = 0; repetition < repetitions; repetition++) for (const figures of all) await measure(figures);
const header = [
  ...[`at ${jobsPerSecond} jobs/s`, "jobs/s completed", "policy messages per job", "message delay, ms per job"],
  ...["lag of the generator, ms", "dispatchers, CPU us/job", "nodes, CPU us/job", "void because"],
];
const rows = all.map(({ policy, jobs, messages, delay, lag, dispatcher, nodes, faults }) => [
  ...[policy, spread(jobs), spread(messages), spread(delay), spread(lag), spread(dispatcher), spread(nodes)],
  faults.size === 0 ? "-" : [...faults].join("; "),
]);
process.stdout.write(`${markdownTable(header, rows)}\n`);

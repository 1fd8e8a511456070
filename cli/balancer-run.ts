import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { GrowthWatch } from "../experiments/growth.js";
import { InputMeasurement } from "../experiments/inputs.js";
import type { Experiment, FleetView, Measurement, SystemModel } from "../experiments/scenario.js";
import { LONGEST_MILLISECONDS } from "../live/due-timer.js";
import { type HttpTotals, httpTotals } from "../live/http/http-jobs.js";
import { generatorFlags, nodeFlags } from "../live/processes/process-flags.js";
import { UserError } from "../model/errors.js";
import { FleetTimes, NO_GROUPS } from "../model/statistics/job-times.js";
import { noDispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";

export interface BalancerRunOptions {
  readonly experiment: Experiment;
  /** URL at which the balancer takes jobs. */
  readonly url: string;
  /** Port of the first server; the others follow. The balancer must be configured with all of them. */
  readonly firstPort: number;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  /** Called from time to time with the fraction of the measurement that is done, in (0, 1]. */
  progress(done: number): void;
}

/** The fields used here of the load generator's result; docs/load-generator.md describes all of them. */
interface GeneratorSummary {
  readonly seconds: {
    readonly transit: { readonly mean: number } | null;
    readonly lag: { readonly mean: number } | null;
  };
  readonly jobs: { readonly sent: number; readonly completed: number; readonly blocked: number; readonly lost: number };
  readonly whyVoid: string | null;
}

export interface BalancerOutcome {
  readonly measurement: Measurement;
  readonly inputs: InputMeasurement;
  /** Why the system has no steady state; undefined if nothing speaks against one. */
  readonly whyGrowing: string | undefined;
  /** Mean time that a job was under way from generator to server and back, job by job. */
  readonly wayTime: ModelTime;
  readonly scheduleLag: ModelTime;
  readonly generator: GeneratorSummary;
}

/** There is no outcome, and why. */
export interface NothingMeasured {
  readonly nothing: string;
}

/** How long a balancer may take to find its servers. */
const PATIENCE_MILLISECONDS = 30_000;
/** Shortest wall-clock time between two observations of the servers. */
const LEAST_LOOK_SECONDS = 0.1;
const LOOK_TIME: ModelTime = 5;

/**
 * Starts HTTP servers and a load generator that sends jobs to them through an external balancer, and observes the servers
 * meanwhile. Stops every process that it started.
 */
export async function runBalancer(options: BalancerRunOptions): Promise<BalancerOutcome | NothingMeasured> {
  const { system } = options.experiment;
  if (system.delayBetween !== undefined)
    throw new UserError("delay: behind a balancer messages take the time that they take; give one delay for all");
  if (system.isPlaced)
    throw new UserError("start: a balancer sends the jobs of a start where it likes; use empty or backlog:JOBS");
  if (system.timeout !== undefined)
    throw new UserError("timeout: a balancer gives up by its own settings, which are not ours; omit it");
  const { classes, types, dispatchers } = system.timesApart ?? NO_GROUPS;
  if (dispatchers > 0)
    throw new UserError("percentilesBy=dispatcher: a balancer does not say which of its jobs were whose; omit it");
  const children: ChildProcess[] = [];
  try {
    const node = start("../server-node/main.js", [
      ...["--http-port", String(options.firstPort), ...commonFlags(options)],
      ...nodeFlags(system, 0, system.servers),
      ...["--times-apart", `${classes},${types}`],
    ]);
    children.push(node.process);
    const nothing = await waitForBalancer(options, node);
    if (nothing !== undefined) return { nothing };
    const generator = start("../load-generator/main.js", [
      ...generatorFlags(system),
      ...courseFlags(options),
      ...commonFlags(options),
    ]);
    children.push(generator.process);
    return await measure(options, generator);
  } finally {
    await Promise.all(children.map(endOf));
  }
}

/** Ends a process, and waits until it has: its ports are free then. */
export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

interface Child {
  readonly process: ChildProcess;
  /** Everything written to standard output, once the process has ended. */
  readonly output: Promise<string>;
  /** The last line written to standard error. */
  complaint: string;
}

function start(script: string, flags: readonly string[]): Child {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), flags, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [],
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const output = new Promise<string>((resolve) => child.once("close", () => resolve(text)));
  const started: Child = { process: child, output, complaint: "" };
  child.stderr?.setEncoding("utf8").on("data", (part: string) => {
    started.complaint = part.trim().split("\n").at(-1) ?? "";
  });
  return started;
}

function commonFlags({ seed, timeUnitSeconds }: BalancerRunOptions): string[] {
  return ["--seed", seed, "--time-unit", `${timeUnitSeconds}s`];
}

function courseFlags({ url, warmUpTime, measuringTime }: BalancerRunOptions): string[] {
  return ["--via", url, "--warmup", `${warmUpTime}u`, "--duration", `${measuringTime}u`, "--output", "json"];
}

/** Waits until the balancer forwards a request to a server. Returns why it does not, if so. */
async function waitForBalancer(
  { url, firstPort, experiment }: BalancerRunOptions,
  node: Child,
): Promise<string | undefined> {
  const ports = `ports ${firstPort} to ${firstPort + experiment.system.servers - 1}`;
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += 200) {
    if (node.process.exitCode !== null) return `the server node ended: ${node.complaint}`;
    const answer = await fetch(new URL("/healthz", url)).catch(() => undefined);
    if (answer?.status === 200) return undefined;
    await sleep(200);
  }
  const seconds = PATIENCE_MILLISECONDS / 1000;
  return `no answer from servers through ${url} in ${seconds} s: is the balancer running, with servers at ${ports}?`;
}

/** Observes the servers from the end of the warm-up until the generator has sent its last job. */
async function measure(options: BalancerRunOptions, generator: Child): Promise<BalancerOutcome | NothingMeasured> {
  const { experiment, firstPort, timeUnitSeconds, warmUpTime, measuringTime, progress } = options;
  const measurement = experiment.measure();
  const inputs = new InputMeasurement(experiment.system);
  const growth = new GrowthWatch(experiment.system);
  const look = async (): Promise<HttpTotals> =>
    httpTotals.parse(await (await fetch(`http://127.0.0.1:${firstPort}/totals`)).json());
  while (jobsOf(await look()) === 0 && generator.process.exitCode === null) await sleep(50);
  await sleepSeconds(warmUpTime * timeUnitSeconds);
  const seconds = Math.max(LEAST_LOOK_SECONDS, LOOK_TIME * timeUnitSeconds);
  const looks = Math.floor((measuringTime * timeUnitSeconds) / seconds);
  const observers = { measurement, inputs, growth };
  observe(observers, experiment.system, await look(), 0);
  for (let done = 1; done <= looks && generator.process.exitCode === null; done++) {
    progress(done / looks);
    await sleepSeconds(seconds);
    observe(observers, experiment.system, await look(), (done * seconds) / timeUnitSeconds);
  }
  const text = await generator.output;
  if (text === "") return { nothing: `the load generator ended without a result: ${generator.complaint}` };
  const summary = JSON.parse(text) as GeneratorSummary;
  const { transit, lag } = summary.seconds;
  return {
    measurement,
    inputs,
    whyGrowing: growth.reason(),
    wayTime: (transit?.mean ?? 0) / timeUnitSeconds,
    scheduleLag: (lag?.mean ?? 0) / timeUnitSeconds,
    generator: summary,
  };
}

/** However long: a timer would not wait longer than some days. */
async function sleepSeconds(seconds: number): Promise<void> {
  for (let left = 1000 * seconds; left > 0; left -= LONGEST_MILLISECONDS)
    await sleep(Math.min(left, LONGEST_MILLISECONDS));
}

function jobsOf({ servers }: HttpTotals): number {
  return servers.reduce((total, { accepted, refused }) => total + accepted + refused, 0);
}

interface Observers extends Pick<BalancerOutcome, "measurement" | "inputs"> {
  readonly growth: GrowthWatch;
}

/** Feeds what observes a run as a dispatcher would. */
function observe(
  { measurement, inputs, growth }: Observers,
  { timesApart }: SystemModel,
  look: HttpTotals,
  now: ModelTime,
): void {
  for (const { number, totals, rate } of look.servers)
    for (const observer of [measurement, inputs, growth]) observer.observeServer(number, totals, rate);
  const blocked = look.servers.reduce((total, { refused }) => total + refused, 0);
  const completed = look.servers.reduce((total, { totals }) => total + totals.completed, 0);
  const times = new FleetTimes(timesApart);
  times.addBins(look.times);
  const fleet: FleetView = {
    times,
    totals: {
      ...noDispatcherTotals(),
      ...{ offered: jobsOf(look), blocked, completed, work: look.work, squaredWork: look.squaredWork },
    },
    queues: [],
    queueLength: () => 0,
    rate: (server) => look.servers[server].rate,
    information: { messages: 0, bitsPerServer: 0 },
    learned: undefined,
  };
  for (const observer of [measurement, inputs]) observer.closeEpoch(now, fleet);
  growth.closeEpoch(now, fleet.totals);
}

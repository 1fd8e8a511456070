import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type HttpTotals, httpTotals } from "../live/http-jobs.js";
import { formatInitialRates } from "../model/initial-rates.js";
import type { ModelTime } from "../model/units.js";
import type { Experiment, FleetView, Measurement } from "../scenarios/scenario.js";

export interface BalancerRunOptions {
  readonly experiment: Experiment;
  /** Where the balancer takes jobs. */
  readonly url: string;
  /** Of the first server; the balancer must know it and those after it. */
  readonly firstPort: number;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
  /** Told now and then how much of the measuring is done, in (0, 1]. */
  progress(done: number): void;
}

/** What the load generator printed at its end, as far as it is used here; docs/load-generator.md has it all. */
interface GeneratorSummary {
  readonly seconds: {
    readonly sojourn: { readonly mean: number } | null;
    readonly lag: { readonly mean: number } | null;
  };
  readonly jobs: { readonly sent: number; readonly completed: number; readonly blocked: number; readonly lost: number };
  readonly whyVoid: string | null;
}

export interface BalancerOutcome {
  readonly measurement: Measurement;
  /** Model time per job on the way from generator to server and back, the generator's own lag not counted. */
  readonly wayTime: ModelTime;
  readonly scheduleLag: ModelTime;
  readonly generator: GeneratorSummary;
}

/** Wall-clock time that a balancer has to find its servers. */
const PATIENCE_MILLISECONDS = 30_000;
/** Wall-clock time between two looks at the servers, at least. */
const LEAST_LOOK_SECONDS = 0.1;
const LOOK_TIME: ModelTime = 5;

/**
 * Runs servers that take jobs over HTTP, and a load generator that sends them through a balancer that somebody else runs; and looks at
 * the servers meanwhile. Ends all that it started.
 */
export async function runBalancer(options: BalancerRunOptions): Promise<BalancerOutcome> {
  const children: ChildProcess[] = [];
  try {
    const node = start("../server-node/main.js", nodeFlags(options));
    children.push(node.process);
    await waitForBalancer(options, node);
    const generator = start("../load-generator/main.js", generatorFlags(options));
    children.push(generator.process);
    return await measure(options, generator);
  } finally {
    for (const child of children) child.kill("SIGTERM");
  }
}

interface Child {
  readonly process: ChildProcess;
  /** All that it wrote to standard output, once it has ended. */
  readonly output: Promise<string>;
  /** The last that it wrote to standard error. */
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

function nodeFlags({ experiment, firstPort, seed, timeUnitSeconds }: BalancerRunOptions): string[] {
  const { servers, server } = experiment.system;
  return [
    ...["--http-port", String(firstPort), "--servers", String(servers), "--rate-control", "fixed"],
    ...["--buffer", Number.isFinite(server.buffer) ? String(server.buffer) : "infinite"],
    ...["--initial-rates", formatInitialRates(server.initialRates)],
    ...["--seed", seed, "--time-unit", `${timeUnitSeconds}s`],
  ];
}

function generatorFlags({
  experiment,
  url,
  seed,
  timeUnitSeconds,
  warmUpTime,
  measuringTime,
}: BalancerRunOptions): string[] {
  return [
    ...["--via", url, "--arrival-rate", String(experiment.system.totalArrivalRate)],
    ...["--seed", seed, "--time-unit", `${timeUnitSeconds}s`],
    ...["--warmup", `${warmUpTime}u`, "--duration", `${measuringTime}u`, "--output", "json"],
  ];
}

/** Waits until the balancer passes a request on to a server. Throws if it does not, or if the node has ended. */
async function waitForBalancer({ url, firstPort, experiment }: BalancerRunOptions, node: Child): Promise<void> {
  const ports = `ports ${firstPort} to ${firstPort + experiment.system.servers - 1}`;
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += 200) {
    if (node.process.exitCode !== null) throw new Error(`the server node ended: ${node.complaint}`);
    const answer = await fetch(new URL("/healthz", url)).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(200);
  }
  throw new Error(`no answer from servers through ${url}: is the balancer running, with servers at ${ports}?`);
}

/** Looks at the servers from the end of the warm-up until the generator has sent its last job. */
async function measure(options: BalancerRunOptions, generator: Child): Promise<BalancerOutcome> {
  const { experiment, firstPort, timeUnitSeconds, warmUpTime, measuringTime, progress } = options;
  const measurement = experiment.measure();
  const look = async (): Promise<HttpTotals> =>
    httpTotals.parse(await (await fetch(`http://127.0.0.1:${firstPort}/totals`)).json());
  while (jobsOf(await look()) === 0 && generator.process.exitCode === null) await sleep(50);
  await sleep(1000 * warmUpTime * timeUnitSeconds);
  const seconds = Math.max(LEAST_LOOK_SECONDS, LOOK_TIME * timeUnitSeconds);
  const looks = Math.floor((measuringTime * timeUnitSeconds) / seconds);
  const first = await look();
  observe(measurement, first, 0);
  let last = first;
  for (let done = 1; done <= looks && generator.process.exitCode === null; done++) {
    progress(done / looks);
    await sleep(1000 * seconds);
    last = await look();
    observe(measurement, last, (done * seconds) / timeUnitSeconds);
  }
  const text = await generator.output;
  if (text === "") throw new Error(`the load generator ended without a result: ${generator.complaint}`);
  const summary = JSON.parse(text) as GeneratorSummary;
  const { sojourn, lag } = summary.seconds;
  const scheduleLag = (lag?.mean ?? 0) / timeUnitSeconds;
  const outside = (sojourn?.mean ?? 0) / timeUnitSeconds - scheduleLag - meanTimeAtServer(first, last);
  return { measurement, wayTime: Math.max(0, outside), scheduleLag, generator: summary };
}

/** Little's law: jobs held over time, per job. */
function meanTimeAtServer(first: HttpTotals, last: HttpTotals): ModelTime {
  const sum = ({ servers }: HttpTotals, name: "queueLengthIntegral" | "completed"): number =>
    servers.reduce((total, { totals }) => total + totals[name], 0);
  const gained = (name: "queueLengthIntegral" | "completed"): number => sum(last, name) - sum(first, name);
  return gained("queueLengthIntegral") / Math.max(1, gained("completed"));
}

function jobsOf({ servers }: HttpTotals): number {
  return servers.reduce((total, { accepted, refused }) => total + accepted + refused, 0);
}

/** Tells the measurement what a dispatcher would have told it. */
function observe(measurement: Measurement, look: HttpTotals, now: ModelTime): void {
  for (const { number, totals, rate } of look.servers) measurement.observeServer(number, totals, rate);
  const blocked = look.servers.reduce((total, { refused }) => total + refused, 0);
  const completed = look.servers.reduce((total, { totals }) => total + totals.completed, 0);
  const rest = { lost: 0, retried: 0, duplicates: 0, waited: 0, sojournTime: 0, messageDelay: 0, heldUp: 0 };
  const fleet: FleetView = {
    totals: { offered: jobsOf(look), blocked, completed, ...rest },
    queues: [],
    queueLength: () => 0,
    rate: (server) => look.servers[server].rate,
    information: { messages: 0, bitsPerServer: 0 },
    learned: undefined,
  };
  measurement.closeEpoch(now, fleet);
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startBalancer } from "../../live/balancers/balancer.js";
import type { Setup } from "../../live/balancers/configurations.js";
import type { Rate } from "../../model/units.js";

/** The system between the generator and the servers. */
export type Subject =
  | { readonly kind: "equipoise"; readonly name: string; readonly policy: string }
  | { readonly kind: "haproxy" | "nginx"; readonly name: string; readonly method: string };

export const SUBJECTS: readonly Subject[] = [
  ...["jsq", "jiq", "jsq-d", "jfsq"].map(
    (policy) => ({ kind: "equipoise", name: `equipoise ${policy}`, policy }) as const,
  ),
  ...["leastconn", "random(2)", "roundrobin"].map(
    (method) => ({ kind: "haproxy", name: `HAProxy ${method}`, method }) as const,
  ),
  ...["least_conn", "random two least_conn"].map(
    (method) => ({ kind: "nginx", name: `nginx ${method}`, method }) as const,
  ),
];

export interface Load {
  readonly arrivalRate: Rate;
  readonly rates: readonly Rate[];
  readonly timeUnit: string;
  readonly warmUp: string;
  readonly seed: string;
}

/** A running subject with its servers. */
export interface System {
  /** Load generator flags for sending to this subject. */
  readonly generatorFlags: readonly string[];
  /** The process that routes. */
  readonly pid: number;
  /** Mean waiting time at the servers, in units of model time, if the generator cannot measure it. */
  meanWaitingTime(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const FIRST_PORT = 9101;
const BALANCER_PORT = 9100;
const PATIENCE_MILLISECONDS = 20_000;
/** Grace period before a process is killed. */
const GRACE_MILLISECONDS = 3000;

/** Starts a subject and its servers, and waits until it accepts jobs. */
export function startSystem(subject: Subject, load: Load): Promise<System> {
  return subject.kind === "equipoise" ? startDispatcher(subject.policy, load) : startProduct(subject, load);
}

/** Starts one of the project's own programs. */
export function startProgram(
  program: string,
  flags: readonly string[],
  output: "ignore" | "pipe" = "ignore",
): ChildProcess {
  const script = fileURLToPath(new URL(`../../${program}/main.js`, import.meta.url));
  return spawn(process.execPath, [script, ...flags], { stdio: ["ignore", output, "ignore"] });
}

function nodeFlags({ rates, timeUnit, seed }: Load): string[] {
  const laws = ["--rate-control", "fixed", "--initial-rates", `list:${rates.join(",")}`, "--buffer", "infinite"];
  return ["--servers", String(rates.length), ...laws, "--time-unit", timeUnit, "--seed", seed];
}

async function startDispatcher(policy: string, load: Load): Promise<System> {
  const { rates, arrivalRate, timeUnit, seed } = load;
  const url = `127.0.0.1:${BALANCER_PORT}`;
  const settings = [
    `servers=${rates.length}`,
    `arrivalRate=${arrivalRate}`,
    `initialRates=list:${rates.join(",")}`,
    `policy=${policy}`,
  ];
  const common = ["--time-unit", timeUnit, "--seed", seed];
  const dispatcher = startProgram("dispatcher", [
    ...["--scenario", "fleet", "--port", String(BALANCER_PORT), "--warmup", load.warmUp],
    ...["--set", ...settings, ...common],
  ]);
  await answers(`http://${url}/healthz`);
  const node = startProgram("server-node", ["--dispatcher", `ws://${url}`, ...nodeFlags(load)]);
  return {
    generatorFlags: ["--dispatcher", `ws://${url}`],
    pid: dispatcher.pid ?? 0,
    async meanWaitingTime() {
      const state = (await (await fetch(`http://${url}/api/state`)).json()) as {
        quantities: { name: string; measured: number | null }[];
      };
      return state.quantities.find(({ name }) => name === "mean_waiting_time")?.measured ?? undefined;
    },
    stop: () => end([node, dispatcher]),
  };
}

async function startProduct(subject: Extract<Subject, { method: string }>, load: Load): Promise<System> {
  const { rates } = load;
  const folder = mkdtempSync(join(tmpdir(), "equipoise-balancer-"));
  const node = startProgram("server-node", ["--http-port", String(FIRST_PORT), ...nodeFlags(load)]);
  await answers(`http://127.0.0.1:${FIRST_PORT}/healthz`);
  const serverPorts = rates.map((_, i) => FIRST_PORT + i);
  const weighted = rates.some((rate) => rate !== rates[0]);
  const setup: Setup = { port: BALANCER_PORT, serverPorts, rates, weighted, folder };
  const balancer = startBalancer(subject.kind, subject.method, setup);
  await answers(`http://127.0.0.1:${BALANCER_PORT}/healthz`);
  return {
    generatorFlags: ["--via", `http://127.0.0.1:${BALANCER_PORT}/jobs`],
    // The process that routes is nginx's only worker.
    pid: subject.kind === "haproxy" ? (balancer.pid ?? 0) : onlyChild(balancer.pid ?? 0),
    meanWaitingTime: async () => undefined,
    async stop() {
      await end([balancer, node]);
      rmSync(folder, { recursive: true });
    },
  };
}

function onlyChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

async function answers(url: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += 100) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error(`no answer from ${url}`);
}

async function end(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MILLISECONDS);
    await gone;
    clearTimeout(timer);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";

export const TIME_UNIT_SECONDS = 0.02;
const TIME_UNIT = ["--time-unit", `${TIME_UNIT_SECONDS}s`];
const SERVERS_PER_NODE = 2;
export const NODES = 4;
export const SERVERS = NODES * SERVERS_PER_NODE;

export interface SoakOptions {
  /** Buffer size, as a flag value. */
  readonly buffer: string;
  readonly policy: string;
  /** Per server and time unit. */
  readonly arrivalRate: number;
  /** Of the dispatcher. */
  readonly flags: readonly string[];
}

/** What the generator reports. */
export interface Sent {
  readonly jobs: Record<"sent" | "completed" | "blocked" | "lost" | "underWay", number>;
  readonly medianSojournSeconds: number;
}

/** The processes of a system under test, with servers of unit rate; each process can be started again. */
export class SoakSystem {
  readonly nodes: ChildProcess[] = [];
  dispatcher!: ChildProcess;
  private generator: ChildProcess | undefined;
  port = 0;

  constructor(private readonly options: SoakOptions) {}

  async start(): Promise<void> {
    this.port = await freePort();
    this.startDispatcher();
    for (let node = 0; node < NODES; node++) this.startNode(node);
  }

  startDispatcher(): void {
    const { buffer, policy, arrivalRate, flags } = this.options;
    const settings = [`servers=${SERVERS}`, `buffer=${buffer}`, `policy=${policy}`, `arrivalRate=${arrivalRate}`];
    this.dispatcher = this.spawn("dispatcher", [
      ...["--set", ...settings, "rateControl=fixed", "initialRates=constant:1"],
      ...["--port", String(this.port), ...TIME_UNIT, ...flags],
    ]);
  }

  startNode(node: number): void {
    this.nodes[node] = this.spawn("server-node", [
      ...["--servers", String(SERVERS_PER_NODE), "--first-server", String(node * SERVERS_PER_NODE)],
      ...["--name", `node-${node}`, "--rate-control", "fixed", "--initial-rates", "constant:1"],
      ...["--buffer", this.options.buffer, ...this.address()],
    ]);
  }

  /** Sends jobs at this arrival rate per server, and waits until all have ended. */
  async send(rate: number, seconds: number, seed = "1"): Promise<Sent> {
    const flags = ["--arrival-rate", String(rate * SERVERS), "--duration", `${seconds}s`, "--patience", "60s"];
    const output = ["--seed", seed, "--output", "json"];
    this.generator = this.spawn("load-generator", [...flags, ...output, ...this.address()]);
    let written = "";
    this.generator.stdout?.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
    await once(this.generator, "close");
    const { jobs, seconds: durations } = JSON.parse(written);
    return { jobs, medianSojournSeconds: durations.sojourn.p50 };
  }

  /** The dispatcher's state; undefined while it does not answer. */
  async state(): Promise<DispatcherState | undefined> {
    try {
      const url = `http://127.0.0.1:${this.port}/api/state`;
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return (await response.json()) as DispatcherState;
    } catch {
      return undefined;
    }
  }

  async end(): Promise<void> {
    const started = [this.generator, ...this.nodes, this.dispatcher].filter((child) => child !== undefined);
    await Promise.all(
      started
        .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
        .map((child) => {
          const gone = once(child, "exit");
          child.kill("SIGKILL");
          return gone;
        }),
    );
  }

  private address(): string[] {
    return ["--dispatcher", `ws://127.0.0.1:${this.port}`, ...TIME_UNIT];
  }

  private spawn(program: string, flags: readonly string[]): ChildProcess {
    const script = fileURLToPath(new URL(`../../${program}/main.js`, import.meta.url));
    return spawn(process.execPath, [script, ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

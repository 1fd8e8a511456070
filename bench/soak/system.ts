import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { DispatcherState } from "../../live/dispatcher-state.js";

const TIME_UNIT = ["--time-unit", "20ms"];
const SERVERS_PER_NODE = 2;
export const NODES = 4;
const FIXED = ["--rate-control", "fixed", "--initial-rates", "constant:1", "--buffer", "infinite"];
/** Per server and time unit: half of what it can do, so that what faults leave behind is soon made up for. */
const ARRIVAL_RATE = 0.5;

/** The processes of a system that faults are done to, each started again when it is gone. */
export class SoakSystem {
  readonly nodes: ChildProcess[] = [];
  dispatcher!: ChildProcess;
  private generator!: ChildProcess;
  private port = 0;
  private written = "";

  /** @param seconds for which jobs are sent */
  async start(seconds: number): Promise<void> {
    this.port = await freePort();
    this.startDispatcher();
    for (let node = 0; node < NODES; node++) this.startNode(node);
    const rate = ARRIVAL_RATE * NODES * SERVERS_PER_NODE;
    const flags = [
      "--arrival-rate",
      String(rate),
      "--output",
      "json",
      "--patience",
      "60s",
      "--duration",
      `${seconds}s`,
      ...this.address(),
    ];
    this.generator = this.spawn("load-generator", flags);
    this.generator.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
    });
  }

  startDispatcher(): void {
    const settings = [`servers=${NODES * SERVERS_PER_NODE}`, "rateControl=fixed", "initialRates=constant:1"];
    this.dispatcher = this.spawn("dispatcher", [
      ...["--set", ...settings, "buffer=infinite", `arrivalRate=${ARRIVAL_RATE}`],
      ...["--port", String(this.port), "--heartbeat", "500ms", ...TIME_UNIT],
    ]);
  }

  startNode(node: number): void {
    this.nodes[node] = this.spawn("server-node", [
      ...["--servers", String(SERVERS_PER_NODE), "--first-server", String(node * SERVERS_PER_NODE)],
      ...["--name", `node-${node}`, ...FIXED, ...this.address()],
    ]);
  }

  /** Undefined while it does not answer. */
  async state(): Promise<DispatcherState | undefined> {
    try {
      const url = `http://127.0.0.1:${this.port}/api/state`;
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return (await response.json()) as DispatcherState;
    } catch {
      return undefined;
    }
  }

  /** Waits until all jobs were sent and have ended, and returns the generator's books. */
  async finish(): Promise<Record<"sent" | "completed" | "blocked" | "lost" | "underWay", number>> {
    if (this.generator.exitCode === null) await once(this.generator, "close");
    return JSON.parse(this.written).jobs;
  }

  async end(): Promise<void> {
    const running = [this.generator, ...this.nodes, this.dispatcher].filter((child) => child.exitCode === null);
    await Promise.all(
      running.map((child) => {
        const gone = child.signalCode === null ? once(child, "exit") : undefined;
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

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "../model/errors.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { ProcessRequest } from "./control.js";
import { type Announcement, EXIT } from "./process.js";
import { generatorFlags, nodeFlags, REPORT_SECONDS } from "./process-flags.js";
import { withoutContent } from "./setting-files.js";

export interface LiveSystemOptions {
  readonly experiment: Experiment;
  /** The settings of the scenario's parameters, as `--set` takes them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  /** Port of the dispatcher; 0 for any free one. */
  readonly port: number;
  /** Server-node processes over which the servers are spread. */
  readonly processes: number;
  /** Each node and the generator serve their own metrics, on any free port. */
  readonly nodeMetrics: boolean;
  readonly familyConfidence: number;
  /** Lets the page control the system. */
  readonly control: boolean;
  /** As `--warmup` and `--duration` take them; undefined for the defaults. */
  readonly warmup: string | undefined;
  readonly duration: string | undefined;
  /** File for the dispatcher to record events in; undefined for none. */
  readonly record: string | undefined;
}

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** The last lines it wrote to standard error. */
  readonly lines: string[];
  /** It was asked to end. */
  mayEnd: boolean;
}

const LINES_KEPT = 20;
/** How long a process may take to end before it is killed. */
const GRACE_MILLISECONDS = 3000;

/** Starts the processes of a live system, watches them, and ends every one of them. */
export class Supervisor {
  private readonly children = new Set<Child>();
  /** The servers of each node, by its name. */
  private readonly nodes = new Map<string, { readonly first: number; readonly count: number }>();
  private stopping = false;
  private dispatcherPort = 0;
  /** Why the system no longer works, once a process has ended that should not have. */
  failure: string | undefined;

  constructor(private readonly options: LiveSystemOptions) {}

  get dispatcherUrl(): string {
    return `http://127.0.0.1:${this.dispatcherPort}`;
  }

  /** Starts all processes and returns when the dispatcher listens. Throws UserError if its port is taken. */
  async start(): Promise<void> {
    this.dispatcherPort = await this.startDispatcher();
    this.startNodes();
    this.startGenerator();
  }

  /** Ends every process: the generator first, so that no job is left without a server; then the nodes, which finish theirs. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.end("load-generator");
    await this.end("server-node");
    await this.end("dispatcher");
  }

  /** Kills every process at once. */
  kill(): void {
    this.stopping = true;
    for (const { process } of this.children) process.kill("SIGKILL");
  }

  private startDispatcher(): Promise<number> {
    const { experiment, settings, port, familyConfidence, warmup, duration, control, record } = this.options;
    const child = this.spawn("dispatcher", "../dispatcher/main.js", [
      ...["--scenario", experiment.scenario.name, "--port", String(port), "--confidence", String(familyConfidence)],
      ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${withoutContent(value)}`]),
      ...(control ? ["--control"] : []),
      ...(warmup === undefined ? [] : ["--warmup", warmup]),
      ...(duration === undefined ? [] : ["--duration", duration]),
      ...(record === undefined ? [] : ["--record", record]),
      ...["--report-every", `${REPORT_SECONDS}s`],
    ]);
    return new Promise((resolve, reject) => {
      child.process.once("message", (message: Announcement) => {
        child.process.on("message", (request: ProcessRequest) => this.obey(request));
        if (message.type === "listening") resolve(message.port);
        else reject(message.exitCode === EXIT.usage ? new UserError(message.message) : new Error(message.message));
      });
      child.process.once("exit", () => reject(new Error(`the dispatcher ended: ${child.lines.join("; ")}`)));
    });
  }

  private startNodes(): void {
    const { system } = this.options.experiment;
    const processes = Math.min(this.options.processes, system.servers);
    for (let i = 0; i < processes; i++) {
      const first = Math.floor((i * system.servers) / processes);
      const count = Math.floor(((i + 1) * system.servers) / processes) - first;
      this.nodes.set(`server-node-${i}`, { first, count });
      this.startNode(`server-node-${i}`);
    }
  }

  private startNode(name: string): void {
    const place = this.nodes.get(name);
    if (place === undefined) return;
    this.spawn(name, "../server-node/main.js", [
      ...["--dispatcher", this.dispatcherUrl.replace("http", "ws"), "--name", name],
      ...nodeFlags(this.options.experiment.system, place.first, place.count),
      ...this.metricsFlags(),
    ]);
  }

  /** Does to the processes what the dispatcher was asked to by its page. */
  private obey(request: ProcessRequest): void {
    if (this.stopping) return;
    if (request.type === "add-node") {
      const name = `server-node-added-${request.server}`;
      this.nodes.set(name, { first: request.server, count: 1 });
      this.startNode(name);
    } else if (request.type === "start-node") this.startNode(request.name);
    else {
      for (const child of this.children) {
        if (child.name !== request.name) continue;
        child.mayEnd = true;
        child.process.kill("SIGKILL");
      }
    }
  }

  private startGenerator(): void {
    this.spawn("load-generator", "../load-generator/main.js", [
      ...["--dispatcher", this.dispatcherUrl.replace("http", "ws")],
      ...generatorFlags(this.options.experiment.system),
      ...this.metricsFlags(),
    ]);
  }

  private metricsFlags(): string[] {
    return this.options.nodeMetrics ? ["--metrics-port", "0"] : [];
  }

  private spawn(name: string, script: string, flags: readonly string[]): Child {
    const common = ["--seed", this.options.seed, "--time-unit", `${this.options.timeUnitSeconds}s`];
    const child: Child = {
      name,
      lines: [],
      mayEnd: false,
      process: fork(fileURLToPath(new URL(script, import.meta.url)), [...flags, ...common], {
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        execArgv: [],
      }),
    };
    child.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      child.lines.push(...text.split("\n").filter((line) => line !== ""));
      child.lines.splice(0, child.lines.length - LINES_KEPT);
    });
    child.process.once("exit", (code, signal) => {
      this.children.delete(child);
      if (this.stopping || child.mayEnd) return;
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const last = child.lines.at(-1);
      this.failure ??= `${name} ended ${how}${last === undefined ? "" : `: ${last}`}`;
    });
    this.children.add(child);
    return child;
  }

  /** Ends the processes whose name starts so, killing those that take too long. */
  private async end(name: string): Promise<void> {
    const ending = [...this.children].filter((child) => child.name.startsWith(name));
    await Promise.all(
      ending.map(({ process }) => {
        const gone = new Promise<void>((resolve) => process.once("exit", () => resolve()));
        process.kill("SIGTERM");
        const timer = setTimeout(() => process.kill("SIGKILL"), GRACE_MILLISECONDS);
        return gone.finally(() => clearTimeout(timer));
      }),
    );
  }
}

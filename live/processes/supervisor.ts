import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Division, Experiment } from "../../experiments/scenario.js";
import type { Simulated } from "../../experiments/simulated-predictions.js";
import { UserError } from "../../model/errors.js";
import { withoutContent } from "../../model/named-files.js";
import type { ProcessRequest } from "../http/control.js";
import { type NodePlace, nodePlaces } from "./node-places.js";
import { type Announcement, EXIT } from "./process.js";
import { generatorFlags, nodeFlags, REPORT_SECONDS } from "./process-flags.js";

export interface LiveSystemOptions {
  readonly experiment: Experiment;
  /** The settings of the scenario's parameters, as `--set` takes them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly timeUnitSeconds: number;
  /** Port of the dispatcher; 0 for any free port. */
  readonly port: number;
  /** Server-node processes over which the servers are spread. */
  readonly processes: number;
  /** Whether each node and the generator serve their own metrics, on free ports. */
  readonly nodeMetrics: boolean;
  readonly familyConfidence: number;
  /** Predictions by simulation for the process that measures; undefined for none. */
  readonly simulated: Simulated | undefined;
  /** Whether the page may control the system. */
  readonly control: boolean;
  /** As `--warmup`, `--duration` and `--at-most` take them; undefined for the defaults. */
  readonly warmup: string | undefined;
  readonly duration: string | undefined;
  readonly atMost: string | undefined;
  readonly within: number;
  /** File for the dispatcher to record events in; undefined for none. */
  readonly record: string | undefined;
  /** File with the processes' token; undefined for the one in the environment, if any. */
  readonly tokenFile: string | undefined;
}

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** The last lines it wrote to standard error. */
  readonly lines: string[];
  /** Whether it was asked to end. */
  mayEnd: boolean;
}

const LINES_KEPT = 20;
/** A line of the stack trace of an internal error. */
const STACK_LINE = /^\s+at /;
/** How long a process may take to end before it is killed. */
const GRACE_MILLISECONDS = 3000;

/** Starts the processes of a live system, watches them, and ends them all. */
export class Supervisor {
  private readonly children = new Set<Child>();
  /** The servers of each node, by its name. */
  private readonly nodes = new Map<string, NodePlace>();
  private stopping = false;
  private dispatcherPort = 0;
  private otherPorts: readonly number[] = [];
  /** Why the system no longer works, once a process has ended unexpectedly. */
  failure: string | undefined;

  constructor(private readonly options: LiveSystemOptions) {}

  get dispatcherUrl(): string {
    return `http://127.0.0.1:${this.dispatcherPort}`;
  }

  /** Starts all processes and returns when the dispatcher listens. Throws UserError if its port is taken. */
  async start(): Promise<void> {
    this.dispatcherPort = await this.startDispatcher(0, this.options.port);
    const others = Array.from({ length: this.division.dispatchers - 1 }, (_, i) => this.startDispatcher(1 + i, 0));
    this.otherPorts = await Promise.all(others);
    this.startNodes();
    this.startGenerator();
  }

  /** Ends every process: the generator first, so that no job is left without a server; then the nodes, which finish their jobs. */
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

  private get division(): Division {
    return this.options.experiment.system.division ?? { dispatchers: 1, views: "told" };
  }

  /** The URLs of all dispatchers, as flags of the other processes. */
  private dispatcherFlags(): string[] {
    const ports = [this.dispatcherPort, ...this.otherPorts];
    return ["--dispatcher", ports.map((port) => `ws://127.0.0.1:${port}`).join(",")];
  }

  /** Starts a dispatcher. Returns its port. @param number from 0; the first measures them all */
  private startDispatcher(number: number, port: number): Promise<number> {
    const { familyConfidence, simulated, within, warmup, duration, atMost, control, record } = this.options;
    const { dispatchers, views } = this.division;
    const child = this.spawn(number === 0 ? "dispatcher" : `dispatcher-${number}`, "../../dispatcher/main.js", [
      ...this.scenarioFlags(),
      ...["--port", String(port), "--confidence", String(familyConfidence)],
      ...["--dispatchers", String(dispatchers), "--number", String(number), "--views", views],
      ...(number === 0 ? [] : ["--first", `ws://127.0.0.1:${this.dispatcherPort}`]),
      ...(control && number === 0 ? ["--control"] : []),
      ...(warmup === undefined ? [] : ["--warmup", warmup]),
      ...(duration === undefined ? [] : ["--duration", duration]),
      ...(atMost === undefined ? [] : ["--at-most", atMost]),
      ...["--within", String(within)],
      ...(record === undefined ? [] : ["--record", number === 0 ? record : `${record}.${number}`]),
      ...(simulated === undefined ? [] : ["--simulated", JSON.stringify(simulated)]),
      ...["--report-every", `${REPORT_SECONDS}s`],
    ]);
    child.process.once("message", () => child.process.on("message", (request: ProcessRequest) => this.obey(request)));
    return portOf(child);
  }

  private scenarioFlags(): string[] {
    const { experiment, settings } = this.options;
    const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${withoutContent(value)}`]);
    return ["--scenario", experiment.scenario.name, ...set];
  }

  private startNodes(): void {
    for (const [i, place] of nodePlaces(this.options.experiment.system, this.options.processes).entries()) {
      const name = `server-node-${i}`;
      this.nodes.set(name, place);
      this.startNode(name);
    }
  }

  private startNode(name: string): void {
    const place = this.nodes.get(name);
    if (place === undefined) return;
    this.spawn(name, "../../server-node/main.js", [
      ...[...this.dispatcherFlags(), "--name", name],
      ...nodeFlags(this.options.experiment.system, place.first, place.count),
      ...this.metricsFlags(),
    ]);
  }

  /** Carries out a request of the dispatcher on the processes. */
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
    this.spawn("load-generator", "../../load-generator/main.js", [
      ...this.dispatcherFlags(),
      ...generatorFlags(this.options.experiment.system),
      ...this.metricsFlags(),
    ]);
  }

  private metricsFlags(): string[] {
    return this.options.nodeMetrics ? ["--metrics-port", "0"] : [];
  }

  private spawn(name: string, script: string, flags: readonly string[]): Child {
    const { seed, timeUnitSeconds, tokenFile } = this.options;
    const program = fileURLToPath(new URL(script, import.meta.url));
    if (!existsSync(program)) throw new UserError(`${program} is missing: build first, with npm run build`);
    const common = [
      ...["--seed", seed, "--time-unit", `${timeUnitSeconds}s`],
      ...(tokenFile === undefined ? [] : ["--token-file", tokenFile]),
    ];
    const child: Child = {
      name,
      lines: [],
      mayEnd: false,
      process: fork(program, [...flags, ...common], {
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
      const last = child.lines.findLast((line) => !STACK_LINE.test(line));
      this.failure ??= `${name} ended ${how}${last === undefined ? "" : `: ${last}`}`;
    });
    this.children.add(child);
    return child;
  }

  /** Ends the processes whose names have this prefix, killing those that take too long. */
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

/** The port that a process announces. Throws the error that it announces instead. */
function portOf(child: Child): Promise<number> {
  return new Promise((resolve, reject) => {
    child.process.once("message", (message: Announcement) => {
      if (message.type === "listening") resolve(message.port);
      else reject(message.exitCode === EXIT.usage ? new UserError(message.message) : new Error(message.message));
    });
    child.process.once("exit", () => reject(new Error(`${child.name} ended: ${child.lines.join("; ")}`)));
  });
}

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "../model/errors.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { ProcessRequest } from "./control.js";
import { type Announcement, EXIT } from "./process.js";
import { generatorFlags, nodeFlags, REPORT_SECONDS } from "./process-flags.js";
import { withoutContent } from "./setting-files.js";
import { dispatchersOfNode } from "./shared-flags.js";

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
  /** More than one: so many dispatchers, each for a share of the task types, besides the one that measures. */
  readonly dispatchers: number;
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
  /** File with the token that the processes are to have; undefined for what the environment says. */
  readonly tokenFile: string | undefined;
}

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** The last lines it wrote to standard error. */
  readonly lines: string[];
  /** It was asked to end. */
  mayEnd: boolean;
}

/** The servers of a node, numbered in a row. */
interface NodePlace {
  readonly first: number;
  readonly count: number;
}

const LINES_KEPT = 20;
/** A line of an internal error that says where it happened, and not what. */
const STACK_LINE = /^\s+at /;
/** How long a process may take to end before it is killed. */
const GRACE_MILLISECONDS = 3000;

/** Starts the processes of a live system, watches them, and ends every one of them. */
export class Supervisor {
  private readonly children = new Set<Child>();
  /** The servers of each node, by its name. */
  private readonly nodes = new Map<string, NodePlace>();
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
    const urls = await this.startLocalDispatchers();
    this.startNodes(urls);
    this.startGenerator(urls);
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
    const { port, familyConfidence, warmup, duration, control, record, dispatchers } = this.options;
    const child = this.spawn("dispatcher", "../dispatcher/main.js", [
      ...this.scenarioFlags(),
      ...["--port", String(port), "--confidence", String(familyConfidence), "--dispatchers", String(dispatchers)],
      ...(control ? ["--control"] : []),
      ...(warmup === undefined ? [] : ["--warmup", warmup]),
      ...(duration === undefined ? [] : ["--duration", duration]),
      ...(record === undefined ? [] : ["--record", record]),
      ...["--report-every", `${REPORT_SECONDS}s`],
    ]);
    child.process.once("message", () => child.process.on("message", (request: ProcessRequest) => this.obey(request)));
    return portOf(child);
  }

  /** The dispatchers besides the one that measures, if there are several. Returns their URLs. */
  private async startLocalDispatchers(): Promise<string[]> {
    const { dispatchers } = this.options;
    if (dispatchers === 1) return [];
    const numbers = Array.from({ length: dispatchers }, (_, number) => number);
    const ports = await Promise.all(numbers.map((number) => this.startLocalDispatcher(number)));
    return ports.map((port) => `ws://127.0.0.1:${port}`);
  }

  private startLocalDispatcher(number: number): Promise<number> {
    const child = this.spawn(`dispatcher-${number}`, "../dispatcher/local-main.js", [
      ...this.scenarioFlags(),
      ...["--coordinator", this.dispatcherUrl.replace("http", "ws"), "--number", String(number), "--port", "0"],
      ...["--dispatchers", String(this.options.dispatchers), "--report-every", `${REPORT_SECONDS}s`],
    ]);
    return portOf(child);
  }

  private scenarioFlags(): string[] {
    const { experiment, settings } = this.options;
    const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${withoutContent(value)}`]);
    return ["--scenario", experiment.scenario.name, ...set];
  }

  /** @param urls of the dispatchers, if there are several */
  private startNodes(urls: readonly string[]): void {
    const { system } = this.options.experiment;
    const processes = Math.min(this.options.processes, system.servers);
    for (let i = 0; i < processes; i++) {
      const first = Math.floor((i * system.servers) / processes);
      const count = Math.floor(((i + 1) * system.servers) / processes) - first;
      const name = `server-node-${i}`;
      this.nodes.set(name, { first, count });
      if (urls.length === 0) this.startNode(name);
      else this.startSharedNode(name, { first, count }, urls);
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

  /** Nodes of servers that several dispatchers share, each connected to those of its neighbourhoods. */
  private startSharedNode(name: string, { first, count }: NodePlace, urls: readonly string[]): void {
    const { experiment, dispatchers } = this.options;
    const neighbours = dispatchersOfNode(experiment, dispatchers, first, count).map((number) => urls[number]);
    this.spawn(name, "../server-node/shared-main.js", [
      ...["--coordinator", this.dispatcherUrl.replace("http", "ws"), "--dispatchers", neighbours.join(",")],
      ...["--name", name, "--servers", String(count), "--first-server", String(first)],
      ...["--report-every", `${REPORT_SECONDS}s`],
      ...this.metricsFlags(),
    ]);
  }

  /** @param urls of the dispatchers, if there are several */
  private startGenerator(urls: readonly string[]): void {
    this.spawn("load-generator", "../load-generator/main.js", [
      ...["--dispatcher", this.dispatcherUrl.replace("http", "ws")],
      ...(urls.length === 0 ? [] : ["--dispatchers", urls.join(",")]),
      ...generatorFlags(this.options.experiment.system),
      ...this.metricsFlags(),
    ]);
  }

  private metricsFlags(): string[] {
    return this.options.nodeMetrics ? ["--metrics-port", "0"] : [];
  }

  private spawn(name: string, script: string, flags: readonly string[]): Child {
    const { seed, timeUnitSeconds, tokenFile } = this.options;
    const common = [
      ...["--seed", seed, "--time-unit", `${timeUnitSeconds}s`],
      ...(tokenFile === undefined ? [] : ["--token-file", tokenFile]),
    ];
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
      const last = child.lines.findLast((line) => !STACK_LINE.test(line));
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

/** The port that a process says it listens on. Throws what it says instead. */
function portOf(child: Child): Promise<number> {
  return new Promise((resolve, reject) => {
    child.process.once("message", (message: Announcement) => {
      if (message.type === "listening") resolve(message.port);
      else reject(message.exitCode === EXIT.usage ? new UserError(message.message) : new Error(message.message));
    });
    child.process.once("exit", () => reject(new Error(`${child.name} ended: ${child.lines.join("; ")}`)));
  });
}

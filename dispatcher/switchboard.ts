import type { Channel } from "../live/channel.js";
import type { ModelClock } from "../live/clock.js";
import type { FromLoadGenerator, FromServerNode, ServerNodeHello } from "../live/messages.js";
import { PeerError } from "../model/errors.js";
import type { Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import type { Run, Schedule } from "../scenarios/run.js";
import { BLOCKED, type Dispatcher } from "./dispatcher.js";
import type { NumberedServer, RunWatch } from "./run-watch.js";

/** A connected server node. */
export interface NodeConnection {
  readonly name: string;
  readonly metricsUrl: string | undefined;
  readonly channel: Channel;
  /** The dispatcher's number of each of the node's servers. */
  readonly servers: readonly number[];
  /** The servers' own numbers. */
  readonly serverNumbers: readonly number[];
  lateness: { deliveries: number; totalSeconds: number; maxSeconds: number };
}

/** A connected load generator. */
export interface GeneratorConnection {
  readonly name: string;
  readonly origin: number;
  readonly channel: Channel;
  schedule: Omit<FromLoadGenerator, "type"> | undefined;
}

interface ServerAddress {
  readonly node: NodeConnection;
  readonly index: number;
}

/**
 * Connects peers and the pure dispatcher: knows which connection a server or a job's origin is behind, turns messages into
 * events and decisions into messages.
 */
export class Switchboard {
  readonly nodes = new Set<NodeConnection>();
  readonly generators = new Map<number, GeneratorConnection>();
  private readonly addresses: (ServerAddress | undefined)[] = [];
  private readonly serverNumbers = new Set<number>();
  private nextOrigin = 0;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly run: Run,
    private readonly clock: ModelClock,
    private readonly watch: RunWatch,
  ) {
    dispatcher.fleet.onThreshold = (serverClass, threshold) => this.passOn(serverClass, threshold);
  }

  get connectedServers(): number {
    return this.serverNumbers.size;
  }

  /** The servers that are here, in the order of their own numbers. */
  servers(): NumberedServer[] {
    return [...this.nodes]
      .flatMap(({ servers, serverNumbers }) => servers.map((server, i) => ({ server, number: serverNumbers[i] })))
      .sort((a, b) => a.number - b.number);
  }

  /** A server node announces its servers. Throws PeerError if they cannot be part of this fleet. */
  nodeJoined(hello: ServerNodeHello, channel: Channel): NodeConnection {
    const expected = this.run.experiment.system.servers;
    if (this.connectedServers + hello.servers.length > expected) {
      throw new PeerError(
        `announces ${hello.servers.length} servers, but the scenario has ${expected} and ${this.connectedServers} are here`,
      );
    }
    const taken = hello.servers.find((server) => this.serverNumbers.has(server.number));
    if (taken !== undefined) throw new PeerError(`announces server ${taken.number}, which is here already`);
    const classes = hello.servers.map(({ class: name }) => this.classNamed(name));
    const node: NodeConnection = {
      name: hello.name,
      metricsUrl: hello.metricsUrl,
      channel,
      servers: hello.servers.map(({ buffer, initialRate, discipline }, index) =>
        this.dispatcher.join(buffer ?? Number.POSITIVE_INFINITY, initialRate, classes[index], discipline === "fifo"),
      ),
      serverNumbers: hello.servers.map((server) => server.number),
      lateness: { deliveries: 0, totalSeconds: 0, maxSeconds: 0 },
    };
    for (const [index, server] of node.servers.entries()) {
      this.addresses[server] = { node, index };
      this.serverNumbers.add(node.serverNumbers[index]);
    }
    this.nodes.add(node);
    channel.send({ type: "welcome" });
    for (const [index, serverClass] of classes.entries()) {
      const threshold = this.dispatcher.fleet.threshold(serverClass);
      if (threshold !== undefined) channel.records().threshold(index, threshold);
    }
    this.startWhenComplete();
    return node;
  }

  nodeLeft(node: NodeConnection, reason: string): void {
    this.nodes.delete(node);
    this.watch.happened("fault", `server node ${node.name} left: ${reason}`);
    for (const [index, server] of node.servers.entries()) {
      this.dispatcher.fleet.leave(server);
      while (this.dispatcher.lose(this.clock.now(), server)) this.tellOrigin("lost");
      this.dispatcher.fleet.release(server);
      this.addresses[server] = undefined;
      this.serverNumbers.delete(node.serverNumbers[index]);
      this.watch.serverLeft(server);
      this.run.serverLeft(server, `server ${node.serverNumbers[index]} of ${node.name}: ${reason}`);
    }
  }

  fromNode(node: NodeConnection, message: FromServerNode): void {
    if (message.type === "lateness") {
      const { deliveries, totalSeconds, maxSeconds } = message;
      node.lateness = { deliveries, totalSeconds, maxSeconds };
      return;
    }
    for (const server of node.servers) this.dispatcher.fleet.leave(server);
    node.channel.send({ type: "drained" });
  }

  completed(node: NodeConnection, index: number, assignment: number, timeAtServer: ModelTime): void {
    this.dispatcher.complete(this.clock.now(), serverOf(node, index), assignment, timeAtServer);
    this.watch.jobCompleted(this.dispatcher.lastSojournTime);
    this.tellOrigin("completed");
  }

  /** A server says where it stands to its threshold. */
  stood(node: NodeConnection, index: number, standing: Standing, threshold: number, accepted: number): void {
    this.dispatcher.reported(serverOf(node, index), standing, threshold, accepted);
  }

  reported(node: NodeConnection, index: number, totals: ServerTotals, rate: Rate): void {
    const server = serverOf(node, index);
    this.run.observeServer(server, totals, rate);
    this.watch.serverReported(server, totals, rate);
  }

  generatorJoined(name: string, channel: Channel): GeneratorConnection {
    const generator: GeneratorConnection = { name, origin: this.nextOrigin++, channel, schedule: undefined };
    this.generators.set(generator.origin, generator);
    channel.send({ type: "welcome" });
    if (this.run.phase !== "waiting") channel.send({ type: "start" });
    else this.startWhenComplete();
    return generator;
  }

  generatorLeft(generator: GeneratorConnection, reason: string): void {
    this.generators.delete(generator.origin);
    this.watch.happened("fault", `load generator ${generator.name} left: ${reason}`);
    this.run.fault(`the load generator ${generator.name} left while measuring (${reason}); start again`);
  }

  submitted(generator: GeneratorConnection, job: number, taskType: number, work: Work): void {
    if (this.run.phase === "waiting") throw new PeerError("sends a job before it was told to start");
    const server = this.dispatcher.submit(this.clock.now(), generator.origin, job, taskType);
    if (server === BLOCKED) {
      generator.channel.records().outcome(job, "blocked");
      return;
    }
    const address = this.addresses[server];
    address?.node.channel.records().assign(address.index, this.dispatcher.assignments(server), work);
  }

  fromGenerator(generator: GeneratorConnection, schedule: FromLoadGenerator): void {
    generator.schedule = schedule;
    this.run.observeSchedule(this.schedule());
  }

  /** What all generators sent since they started. */
  schedule(): Schedule {
    let sent = 0;
    let lagSeconds = 0;
    let heldUp = 0;
    for (const { schedule } of this.generators.values()) {
      sent += schedule?.sent ?? 0;
      lagSeconds += schedule?.lagTotalSeconds ?? 0;
      heldUp += schedule?.heldUp ?? 0;
    }
    return { sent, lag: lagSeconds / this.clock.timeUnitSeconds, heldUp };
  }

  /** Tells the servers of a class their new threshold. */
  private passOn(serverClass: number, threshold: number): void {
    for (const [server, address] of this.addresses.entries()) {
      if (address === undefined || this.dispatcher.fleet.serverClass(server) !== serverClass) continue;
      address.node.channel.records().threshold(address.index, threshold);
    }
  }

  private classNamed(name: string | undefined): number {
    const { classNames } = this.run.experiment.system;
    const index = name === undefined ? 0 : classNames.indexOf(name);
    if (index < 0) throw new PeerError(`announces a server of class ${name}: the classes are ${classNames.join(", ")}`);
    return index;
  }

  /** Time starts when every server of the scenario is here, and someone to send jobs. */
  private startWhenComplete(): void {
    const complete = this.connectedServers === this.run.experiment.system.servers && this.generators.size > 0;
    if (this.run.phase !== "waiting" || !complete) return;
    this.run.start(this.clock.now());
    for (const generator of this.generators.values()) generator.channel.send({ type: "start" });
  }

  private tellOrigin(outcome: "completed" | "lost"): void {
    this.generators.get(this.dispatcher.lastOrigin)?.channel.records().outcome(this.dispatcher.lastJob, outcome);
  }
}

function serverOf(node: NodeConnection, index: number): number {
  const server = node.servers[index];
  if (server === undefined)
    throw new PeerError(`speaks of server ${index} although it announced ${node.servers.length}`);
  return server;
}

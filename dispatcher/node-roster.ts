import type { Channel } from "../live/channel.js";
import type { ServerNodeHello } from "../live/messages.js";
import { PeerError } from "../model/errors.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import type { Run } from "../scenarios/run.js";
import type { Dispatcher } from "./dispatcher.js";
import type { Peer, Reception } from "./reception.js";
import type { NumberedServer, RunWatch } from "./run-watch.js";

/** A server node that is here, or was within the time of a lease. */
export interface NodeConnection extends Peer {
  readonly metricsUrl: string | undefined;
  /** The dispatcher's number of each of the node's servers. */
  readonly servers: readonly number[];
  /** The servers' own numbers. */
  readonly serverNumbers: readonly number[];
  /** Jobs that each server had completed when the session began. */
  readonly completedBefore: readonly number[];
  draining: boolean;
  lateness: { deliveries: number; totalSeconds: number; maxSeconds: number };
}

/** Where a server is. */
export interface ServerAddress {
  readonly node: NodeConnection;
  readonly index: number;
}

export interface NodeRosterOptions {
  readonly dispatcher: Dispatcher;
  readonly run: Run;
  readonly watch: RunWatch;
  readonly reception: Reception;
  now(): ModelTime;
  log(message: string): void;
  /** A server is lost, or its node has nothing more to do with its jobs: they go to others, or are lost with it. */
  moveJobs(server: number): void;
  /** Whether jobs of a lost server go to others: then they stay where they are while there are none. */
  readonly needsOthers: boolean;
}

/** The server nodes of the fleet: who is here, who is away and may come back, and who is lost. */
export class NodeRoster {
  readonly nodes = new Set<NodeConnection>();
  /** Lost nodes whose jobs have not gone to others yet, with the reason. */
  private readonly parted = new Map<NodeConnection, string>();
  private readonly addresses: (ServerAddress | undefined)[] = [];
  /** Servers that refused a job and get no others for now, with the time from which they do again. */
  private readonly benched = new Map<number, ModelTime>();
  /** How often in a row each server failed its jobs, refusing one or going away with them; and all jobs that it refused. */
  private readonly failedInRow: number[] = [];
  private readonly refused: number[] = [];
  /** The same of servers that are gone, by their own numbers, for those that come in their place. */
  private readonly failedBefore = new Map<number, number>();
  /** Servers that may come beyond those of the scenario. */
  private further = 0;

  constructor(private readonly options: NodeRosterOptions) {}

  /** Servers whose node is here. */
  get connectedServers(): number {
    let count = 0;
    for (const { servers, channel } of this.nodes) if (channel !== undefined) count += servers.length;
    return count;
  }

  /** The servers of the fleet, in the order of their own numbers. */
  numberedServers(): NumberedServer[] {
    return [...this.nodes]
      .flatMap(({ servers, serverNumbers }) => servers.map((server, i) => ({ server, number: serverNumbers[i] })))
      .sort((a, b) => a.number - b.number);
  }

  address(server: number): ServerAddress | undefined {
    return this.addresses[server];
  }

  /**
   * A server node says hello. Throws PeerError if its servers cannot be part of this fleet.
   *
   * @returns the node, and whether its session goes on
   */
  joined(hello: ServerNodeHello, channel: Channel): { node: NodeConnection; resumed: boolean } {
    const { reception } = this.options;
    for (const known of [...this.nodes]) {
      if (reception.resumes(known, hello.session)) {
        this.resumed(known, channel, hello.session.received);
        return { node: known, resumed: true };
      }
      const again = known.process === hello.session.process;
      const replaced =
        known.channel === undefined && hello.servers.some(({ number }) => known.serverNumbers.includes(number));
      if (again || replaced) this.part(known, again ? "it has begun a new session" : "it was started anew");
    }
    this.check(hello);
    this.makeWay(hello);
    const node = this.enrolled(hello);
    reception.welcome(node, channel, false, 0);
    return { node, resumed: false };
  }

  /** A connection of a node has ended. What it holds is its own until its lease ends, unless it broke the protocol. */
  left(node: NodeConnection, channel: Channel, reason: string, offence: boolean): void {
    const { dispatcher, run, reception, watch } = this.options;
    if (!reception.left(node, channel)) return;
    watch.happened("fault", `server node ${node.name} left: ${reason}`);
    for (const server of node.servers) dispatcher.leave(server);
    run.fault(`a server left while measuring (${node.name}: ${reason}); start again with a quiet fleet`);
    if (offence || node.servers.every((server) => dispatcher.held(server) === 0)) this.part(node, reason);
    this.settle();
  }

  /** The node takes no new jobs. */
  drain(node: NodeConnection): void {
    node.draining = true;
    for (const server of node.servers) this.options.dispatcher.leave(server);
  }

  /** A server has refused a job: it gets none for a while, for longer each time in a row. */
  refusedJob(server: number): void {
    this.refused[server]++;
    this.bench(server, this.failedInRow[server]++);
  }

  /** A server takes no new jobs until `wake`. */
  rest(server: number): void {
    this.options.dispatcher.leave(server);
    this.benched.set(server, Number.POSITIVE_INFINITY);
  }

  /** A server that rests takes jobs again. */
  wake(server: number): void {
    this.unbench(server);
  }

  /** So many more servers may come than the scenario has. */
  allowFurther(servers: number): void {
    this.further += servers;
  }

  /** A server has completed a job. */
  trust(server: number): void {
    this.failedInRow[server] = 0;
  }

  /** Ends the leases whose time has come. */
  tick(): void {
    const { reception, now } = this.options;
    for (const node of [...this.nodes]) {
      if (reception.isSilent(node)) this.part(node, `no sign of life for ${reception.silence(node).toFixed(3)} s`);
    }
    this.settle();
    for (const [server, until] of this.benched) if (now() >= until) this.unbench(server);
  }

  /** Why what a server reports does not agree with what the dispatcher knows; undefined if it does. */
  imbalance(node: NodeConnection, index: number, totals: Readonly<ServerTotals>): string | undefined {
    const { dispatcher } = this.options;
    const server = node.servers[index];
    const known = dispatcher.assignments(server) - dispatcher.held(server) - this.refused[server];
    const reported = totals.completed - node.completedBefore[index];
    if (reported === known) return undefined;
    return `server ${node.serverNumbers[index]} of ${node.name} completed ${reported} jobs, the dispatcher heard of ${known}`;
  }

  /** On a graph a server's number is the dispatcher's too: jobs of one that had it before cannot wait for others any longer. */
  private makeWay({ servers }: ServerNodeHello): void {
    if (!this.isNumbered) return;
    for (const [node, reason] of [...this.parted]) {
      if (!servers.some(({ number }) => node.serverNumbers.includes(number))) continue;
      this.parted.delete(node);
      this.bury(node, reason);
    }
  }

  private get isNumbered(): boolean {
    return this.options.run.experiment.system.graph !== undefined;
  }

  private enrolled(hello: ServerNodeHello): NodeConnection {
    const { dispatcher, reception } = this.options;
    const node: NodeConnection = {
      ...reception.newPeer(hello.name, hello.session),
      metricsUrl: hello.metricsUrl,
      servers: hello.servers.map(({ buffer, initialRate, class: name, discipline, number }) =>
        dispatcher.join(
          buffer ?? Number.POSITIVE_INFINITY,
          initialRate,
          this.classNamed(name),
          discipline !== "pool",
          this.isNumbered ? number : undefined,
        ),
      ),
      serverNumbers: hello.servers.map((server) => server.number),
      completedBefore: hello.servers.map((server) => server.completed),
      draining: false,
      lateness: { deliveries: 0, totalSeconds: 0, maxSeconds: 0 },
    };
    for (const [index, server] of node.servers.entries()) {
      this.addresses[server] = { node, index };
      this.refused[server] = 0;
      const failed = this.failedBefore.get(node.serverNumbers[index]) ?? 0;
      this.failedInRow[server] = failed;
      // Once may happen to anybody; one that ends of its jobs again and again must not attract more by being idle each time.
      if (failed > 1) this.bench(server, failed - 2);
    }
    this.nodes.add(node);
    return node;
  }

  private resumed(node: NodeConnection, channel: Channel, received: number): void {
    this.options.reception.welcome(node, channel, true, received);
    if (node.draining) return;
    for (const server of node.servers) if (!this.benched.has(server)) this.options.dispatcher.enter(server);
  }

  /** Throws PeerError if these servers cannot be part of the fleet. */
  private check({ servers }: ServerNodeHello): void {
    const { servers: ofScenario, graph } = this.options.run.experiment.system;
    const expected = ofScenario + this.further;
    const here = new Set([...this.nodes].flatMap((node) => node.serverNumbers));
    if (here.size + servers.length > expected) {
      throw new PeerError(
        `announces ${servers.length} servers, but the scenario has ${expected} and ${here.size} are here`,
      );
    }
    for (const { number, class: name, buffer, holds } of servers) {
      if (here.has(number)) throw new PeerError(`announces server ${number}, which is here already`);
      here.add(number);
      if (graph !== undefined && number >= expected)
        throw new PeerError(`announces server ${number}, but the graph has servers 0 to ${expected - 1}`);
      this.classNamed(name);
      if (buffer !== null && holds.length > buffer)
        throw new PeerError(`announces that server ${number} holds ${holds.length} jobs in a buffer of ${buffer}`);
    }
  }

  private classNamed(name: string | undefined): number {
    const { classNames } = this.options.run.experiment.system;
    const index = name === undefined ? 0 : classNames.indexOf(name);
    if (index < 0) throw new PeerError(`announces a server of class ${name}: the classes are ${classNames.join(", ")}`);
    return index;
  }

  /** The node's servers are no longer part of the fleet; their jobs move when it is known who else is gone. */
  private part(node: NodeConnection, reason: string): void {
    this.nodes.delete(node);
    node.channel?.terminate(reason);
    node.channel = undefined;
    node.session.detach();
    const { dispatcher } = this.options;
    for (const [index, server] of node.servers.entries()) {
      dispatcher.leave(server);
      this.benched.delete(server);
      this.remember(node.serverNumbers[index], this.failedInRow[server] + Number(dispatcher.held(server) > 0));
    }
    this.parted.set(node, reason);
  }

  private remember(number: number, failedInRow: number): void {
    this.failedBefore.delete(number);
    if (failedInRow > 0) this.failedBefore.set(number, failedInRow);
    const [oldest] = this.failedBefore.keys();
    if (this.failedBefore.size > MOST_REMEMBERED) this.failedBefore.delete(oldest);
  }

  /** Moves the jobs of all nodes that are lost, as soon as there is somebody to take them. */
  settle(): void {
    const { dispatcher, needsOthers } = this.options;
    if (needsOthers && dispatcher.fleet.members.size === 0) return;
    for (const [node, reason] of this.parted) this.bury(node, reason);
    this.parted.clear();
  }

  private bury(node: NodeConnection, reason: string): void {
    const { dispatcher, run, watch, log } = this.options;
    const { retried, lost } = dispatcher.totals;
    for (const [index, server] of node.servers.entries()) {
      this.options.moveJobs(server);
      dispatcher.release(server);
      this.addresses[server] = undefined;
      watch.serverLeft(server);
      run.serverLeft(server, `server ${node.serverNumbers[index]} of ${node.name}: ${reason}`);
    }
    const moved = dispatcher.totals.retried - retried;
    const gone = dispatcher.totals.lost - lost;
    const what = `server node ${node.name} is gone (${reason}): ${moved} of its jobs went to others, ${gone} are lost`;
    log(what);
    watch.happened("fault", what);
  }

  /** The server gets no job for a lease, twice as long for each doubling. */
  private bench(server: number, doublings: number): void {
    const { dispatcher, reception, now } = this.options;
    dispatcher.leave(server);
    this.benched.set(server, now() + reception.leaseTime * 2 ** Math.min(LONGEST_BENCH, doublings));
  }

  private unbench(server: number): void {
    this.benched.delete(server);
    const node = this.addresses[server]?.node;
    if (node?.channel !== undefined && !node.draining) this.options.dispatcher.enter(server);
  }
}

/** A bench lasts at most two to this power of leases. */
const LONGEST_BENCH = 6;
/** Servers that are gone and remembered for having failed their jobs. */
const MOST_REMEMBERED = 10_000;

import { askedDelay } from "../../experiments/delay-effect.js";
import type { Run } from "../../experiments/run.js";
import type { Channel } from "../../live/wire/channel.js";
import type { ServerNodeHello } from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import { withLastBits } from "../../model/last-bits.js";
import { endsInOrder, jobsAtOnce } from "../../model/server-model.js";
import type { ModelTime } from "../../model/units.js";
import type { Dispatcher } from "../core/dispatcher.js";
import type { NumberedServer, RunWatch } from "../observation/run-watch.js";
import type { Peer, PeerSessions } from "./peer-sessions.js";

/** A server node that is connected, or disconnected for less than a lease. */
export interface NodeConnection extends Peer {
  readonly metricsUrl: string | undefined;
  /** The dispatcher's numbers for the node's servers. */
  readonly servers: readonly number[];
  /** The servers' own numbers. */
  readonly serverNumbers: readonly number[];
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
  readonly sessions: PeerSessions;
  /** The dispatcher's, from 0. */
  readonly number: number;
  now(): ModelTime;
  log(message: string): void;
  /** Whether it is not only this dispatcher that is measured here. */
  readonly measuresAll: boolean;
  /** A node is lost. */
  parted(node: NodeConnection): void;
  /** A server is lost, or its node no longer has its jobs: they are requeued or lost. */
  moveJobs(server: number): void;
  /** Whether jobs of a lost server are requeued: then they stay where they are while there is no other server. */
  readonly needsOthers: boolean;
}

/** The server nodes of the fleet: connected, disconnected but within their lease, and lost. */
export class NodeRoster {
  readonly nodes = new Set<NodeConnection>();
  /** Lost nodes whose jobs have not been moved yet, with the reason. */
  private readonly parted = new Map<NodeConnection, string>();
  private readonly addresses: (ServerAddress | undefined)[] = [];
  /** Servers that get no jobs for now, with the time at which they do again. */
  private readonly benched = new Map<number, ModelTime>();
  /** Consecutive failures of each server, by refusing a job or disappearing with jobs; and all jobs it refused. */
  private readonly failedInRow: number[] = [];
  private readonly refused: number[] = [];
  /** Consecutive failures of lost servers, by their own numbers, for their successors. */
  private readonly failedBefore = new Map<number, number>();
  /** Servers allowed beyond those of the scenario. */
  private further = 0;
  /** Own numbers of the servers that are to accept no jobs. */
  private resting: ReadonlySet<number> = new Set();

  constructor(private readonly options: NodeRosterOptions) {}

  /** Servers whose node is connected. */
  get connectedServers(): number {
    let count = 0;
    for (const { servers, channel } of this.nodes) if (channel !== undefined) count += servers.length;
    return count;
  }

  /** The servers of the fleet, in order of their own numbers. */
  numberedServers(): NumberedServer[] {
    return [...this.nodes]
      .flatMap((node, place) =>
        node.servers.map((server, i) => {
          const isServing = node.channel !== undefined && !node.draining && !this.benched.has(server);
          return { server: this.measuredAs(node, i), number: node.serverNumbers[i], node: place, isServing };
        }),
      )
      .sort((a, b) => a.number - b.number);
  }

  /** The number under which a server is measured: its own where several dispatchers speak of it, else this dispatcher's. */
  measuredAs(node: NodeConnection, index: number): number {
    return (this.options.measuresAll ? node.serverNumbers : node.servers)[index];
  }

  address(server: number): ServerAddress | undefined {
    return this.addresses[server];
  }

  /**
   * Handles a server node's hello. Throws PeerError if its servers cannot be part of this fleet.
   *
   * @returns the node, and whether its session was resumed
   */
  joined(hello: ServerNodeHello, channel: Channel): { node: NodeConnection; resumed: boolean } {
    const { sessions } = this.options;
    for (const known of [...this.nodes]) {
      if (sessions.resumes(known, hello.session)) {
        this.resumed(known, channel, hello.session.received);
        return { node: known, resumed: true };
      }
      const again = known.process === hello.session.process;
      const replaced =
        known.channel === undefined && hello.servers.some(({ number }) => known.serverNumbers.includes(number));
      if (again || replaced) this.part(known, again ? "it has started a new session" : "it was restarted");
    }
    this.check(hello);
    this.makeWay(hello);
    const node = this.enrolled(hello);
    sessions.welcome(node, channel, false, 0);
    return { node, resumed: false };
  }

  /** A connection of a node has ended. It keeps its jobs until its lease ends, unless it broke the protocol. */
  left(node: NodeConnection, channel: Channel, reason: string, offence: boolean): void {
    const { dispatcher, run, sessions, watch } = this.options;
    if (!sessions.left(node, channel)) return;
    watch.happened("fault", `server node ${node.name} left: ${reason}`);
    for (const server of node.servers) dispatcher.leave(server);
    run.fault(`a server left while measuring (${node.name}: ${reason}); start again with a quiet fleet`);
    if (offence || node.servers.every((server) => dispatcher.jobsAt(server) === 0)) this.part(node, reason, offence);
    this.settle();
  }

  /** The node accepts no new jobs. */
  drain(node: NodeConnection): void {
    node.draining = true;
    for (const server of node.servers) this.options.dispatcher.leave(server);
  }

  /** A server has refused a job: it gets none for a while, for longer with each consecutive failure. */
  refusedJob(server: number): void {
    this.refused[server]++;
    this.bench(server, this.failedInRow[server]++);
  }

  /** A server has turned away a job, for which it had no room: that is no failure. */
  turnedAway(server: number): void {
    this.refused[server]++;
  }

  /** The servers with these own numbers accept no new jobs until this is called without them. */
  rest(numbers: ReadonlySet<number>): void {
    const before = this.resting;
    this.resting = numbers;
    for (const { servers, serverNumbers } of this.nodes) {
      for (const [index, number] of serverNumbers.entries()) {
        if (numbers.has(number)) this.keepResting(servers[index]);
        else if (before.has(number)) this.unbench(servers[index]);
      }
    }
  }

  /** Allows so many servers more than the scenario has. */
  allowFurther(servers: number): void {
    this.further = servers;
  }

  /** A server has completed a job: its consecutive failures end. */
  trust(server: number): void {
    this.failedInRow[server] = 0;
  }

  /** Ends expired leases. */
  tick(): void {
    const { sessions, now } = this.options;
    for (const node of [...this.nodes]) {
      if (sessions.isSilent(node)) this.part(node, `no sign of life for ${sessions.silence(node).toFixed(3)} s`);
    }
    this.settle();
    for (const [server, until] of this.benched) if (now() >= until) this.unbench(server);
  }

  /**
   * How a server's report contradicts the dispatcher's counts; undefined if they agree.
   *
   * @param completed the last 32 bits of the number of jobs that it has completed for this dispatcher in this session
   */
  imbalance(node: NodeConnection, index: number, completed: number): string | undefined {
    const { dispatcher } = this.options;
    const server = node.servers[index];
    const known = dispatcher.assignments(server) - dispatcher.jobsAt(server) - this.refused[server];
    const reported = withLastBits(known, completed);
    if (reported === known) return undefined;
    return `server ${node.serverNumbers[index]} of ${node.name} reports ${reported} completed jobs, the dispatcher counts ${known}`;
  }

  /** On a graph, server numbers are also the dispatcher's: jobs of a predecessor with the same number must be moved now. */
  private makeWay({ servers }: ServerNodeHello): void {
    if (!this.isNumbered) return;
    for (const [node, reason] of [...this.parted]) {
      if (!servers.some(({ number }) => node.serverNumbers.includes(number))) continue;
      this.parted.delete(node);
      this.bury(node, reason);
    }
  }

  private get isNumbered(): boolean {
    const { graph, serversByClass } = this.options.run.experiment.system;
    return graph !== undefined || serversByClass !== undefined;
  }

  private enrolled(hello: ServerNodeHello): NodeConnection {
    const { dispatcher, sessions } = this.options;
    const node: NodeConnection = {
      ...sessions.newPeer(hello.name, hello.session),
      metricsUrl: hello.metricsUrl,
      servers: hello.servers.map(({ buffer, initialRate, class: name, discipline, workers, number }) =>
        dispatcher.join({
          buffer: buffer ?? Number.POSITIVE_INFINITY,
          rate: initialRate,
          serverClass: this.classNamed(name),
          inOrder: endsInOrder({ discipline, workers }),
          atOnce: jobsAtOnce({ discipline, workers }),
          number: this.isNumbered ? number : undefined,
          askedDelay: askedDelay(this.options.run.experiment.system, this.options.number, number),
        }),
      ),
      serverNumbers: hello.servers.map((server) => server.number),
      draining: false,
      lateness: { deliveries: 0, totalSeconds: 0, maxSeconds: 0 },
    };
    for (const [index, server] of node.servers.entries()) {
      this.addresses[server] = { node, index };
      this.refused[server] = 0;
      const failed = this.failedBefore.get(node.serverNumbers[index]) ?? 0;
      this.failedInRow[server] = failed;
      // A single failure is forgiven; a server that repeatedly crashes on its jobs must not attract more by being idle each time.
      if (failed > 1) this.bench(server, failed - 2);
      if (this.resting.has(node.serverNumbers[index])) this.keepResting(server);
    }
    this.nodes.add(node);
    return node;
  }

  private resumed(node: NodeConnection, channel: Channel, received: number): void {
    this.options.sessions.welcome(node, channel, true, received);
    if (node.draining) return;
    for (const server of node.servers) if (!this.benched.has(server)) this.options.dispatcher.enter(server);
  }

  /** Throws PeerError if these servers cannot be part of the fleet. */
  private check({ servers }: ServerNodeHello): void {
    const { servers: ofScenario, graph, division } = this.options.run.experiment.system;
    const expected = ofScenario + this.further;
    const here = new Set([...this.nodes].flatMap((node) => node.serverNumbers));
    if (here.size + servers.length > expected) {
      throw new PeerError(
        `announces ${servers.length} servers, but the scenario has ${expected} and ${here.size} are already connected`,
      );
    }
    for (const { number, class: name, buffer, holds } of servers) {
      if (here.has(number)) throw new PeerError(`announces server ${number}, which is already connected`);
      here.add(number);
      if ((graph ?? division) !== undefined && number >= expected)
        throw new PeerError(`announces server ${number}, but the servers are numbered 0 to ${expected - 1}`);
      this.classNamed(name);
      if (buffer !== null && holds.length > buffer)
        throw new PeerError(`announces ${holds.length} jobs at server ${number}, which has a buffer of ${buffer}`);
    }
  }

  private classNamed(name: string | undefined): number {
    const { classNames } = this.options.run.experiment.system;
    const index = name === undefined ? 0 : classNames.indexOf(name);
    if (index < 0) throw new PeerError(`announces a server of class ${name}: the classes are ${classNames.join(", ")}`);
    return index;
  }

  /** The node's servers leave the fleet; their jobs are moved once it is known which other nodes are lost. */
  private part(node: NodeConnection, reason: string, isOffence = false): void {
    this.nodes.delete(node);
    // Its connection was closed: its process has ended, as far as can be known. The others may just be slow, or cut off.
    const hasDied = node.channel === undefined && !isOffence;
    node.channel?.terminate(reason);
    node.channel = undefined;
    node.session.detach();
    const { dispatcher } = this.options;
    for (const [index, server] of node.servers.entries()) {
      dispatcher.leave(server);
      this.benched.delete(server);
      this.remember(node.serverNumbers[index], this.failedInRow[server] + Number(dispatcher.jobsAt(server) > 0));
      if (hasDied) dispatcher.died(server);
    }
    this.parted.set(node, reason);
    this.options.parted(node);
  }

  private remember(number: number, failedInRow: number): void {
    this.failedBefore.delete(number);
    if (failedInRow > 0) this.failedBefore.set(number, failedInRow);
    const [oldest] = this.failedBefore.keys();
    if (this.failedBefore.size > MOST_REMEMBERED) this.failedBefore.delete(oldest);
  }

  /** Moves the jobs of all lost nodes, as soon as a server can accept them. */
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
      watch.serverLeft(this.measuredAs(node, index));
      run.serverLeft(this.measuredAs(node, index), `server ${node.serverNumbers[index]} of ${node.name}: ${reason}`);
    }
    const moved = dispatcher.totals.retried - retried;
    const gone = dispatcher.totals.lost - lost;
    const what = `server node ${node.name} is gone (${reason}): ${moved} of its jobs were requeued, ${gone} were lost`;
    log(what);
    watch.happened("fault", what);
  }

  /** The server gets no jobs for the time of a lease, doubled this many times. */
  private bench(server: number, doublings: number): void {
    const { dispatcher, sessions, now } = this.options;
    dispatcher.leave(server);
    this.benched.set(server, now() + sessions.leaseTime * 2 ** Math.min(LONGEST_BENCH, doublings));
  }

  private keepResting(server: number): void {
    this.options.dispatcher.leave(server);
    this.benched.set(server, Number.POSITIVE_INFINITY);
  }

  private unbench(server: number): void {
    this.benched.delete(server);
    const node = this.addresses[server]?.node;
    if (node?.channel !== undefined && !node.draining) this.options.dispatcher.enter(server);
  }
}

/** Most doublings of a bench. */
const LONGEST_BENCH = 6;
/** Most lost servers whose failures are remembered. */
const MOST_REMEMBERED = 10_000;

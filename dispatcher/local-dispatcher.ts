import { Gate } from "../live/access.js";
import type { Channel } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import type { Connect } from "../live/dial.js";
import { type Listening, serveSockets } from "../live/endpoints.js";
import { attendJson, JsonLink, type JsonPeer } from "../live/json-link.js";
import { readMessage } from "../live/messages.js";
import {
  type FromSharedDispatcher,
  fromSharedGenerator,
  machineMilliseconds,
  type NodeToDispatcher,
  nodeToDispatcher,
  SHARED_PROTOCOL_VERSION,
  type SharedHello,
  type ToSharedGenerator,
  type ToSharedNode,
  toSharedNode,
} from "../live/shared-messages.js";
import { acceptWebSockets } from "../live/web-socket.js";
import { PeerError } from "../model/errors.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { dispatchersOfServers, ownerOf } from "../model/graphs/shares.js";
import { randomStream } from "../model/random.js";
import { TimeHistogram } from "../model/statistics/time-histogram.js";
import type { SystemModel } from "../scenarios/scenario.js";
import { BackPressure } from "./back-pressure.js";
import { BLOCKED, Dispatcher } from "./dispatcher.js";
import { SharedView } from "./shared-view.js";

export interface LocalDispatcherOptions {
  readonly system: SystemModel & { readonly graph: CompatibilityGraph };
  readonly seed: string;
  /** Which of so many it is. */
  readonly number: number;
  readonly dispatchers: number;
  readonly coordinatorUrl: string;
  readonly port: number;
  readonly host: string;
  /** That processes must have to connect, and that the coordinator wants; undefined for none. */
  readonly token: string | undefined;
  readonly tls: Listening["tls"];
  readonly connect: Connect;
  readonly clock: Clock;
  readonly reportSeconds: number;
  /** Somebody without whom the run cannot go on has left. */
  lost(why: string): void;
  log(message: string): void;
}

/** One of several dispatchers in wall-clock time: it routes the jobs of its task types, and knows of their servers what these tell. */
export class LocalDispatcher {
  private readonly view: SharedView;
  private readonly coordinator: JsonLink<ToSharedNode>;
  private readonly stops: (() => void)[] = [];
  /** The servers of its neighbourhoods, and the connection to each that is here. */
  private readonly neighbours: ReadonlySet<number>;
  private readonly channels = new Map<number, Channel>();
  private generator: Channel | undefined;
  private readonly backPressure: BackPressure;
  /** Of jobs completed since the last report. */
  private readonly sojournTimes = new TimeHistogram();
  private ending = false;

  constructor(private readonly options: LocalDispatcherOptions) {
    const { system, seed, number, dispatchers, clock, connect, log } = options;
    this.view = new SharedView(new Dispatcher(system.policy, randomStream(seed, `policy/${number}`)));
    const owners = dispatchersOfServers(system.graph, dispatchers);
    this.neighbours = new Set([...owners.keys()].filter((server) => owners[server].includes(number)));
    this.coordinator = new JsonLink({
      ...{ url: options.coordinatorUrl, clock, connect, log, schema: toSharedNode },
      hello: { type: "hello", protocol: SHARED_PROTOCOL_VERSION, role: "dispatcher", number },
      received: () => this.tellReady(),
      lost: (reason) => this.end(`the coordinator is gone: ${reason}`),
    });
    this.backPressure = new BackPressure(
      clock,
      () => [...new Set(this.channels.values())].map((channel) => ({ channel })),
      () => [{ channel: this.generator }],
      (holds) => log(holds ? "server nodes do not keep up: the load generator is held back" : "and is read again"),
    );
    this.stops.push(clock.every(options.reportSeconds, () => this.report()));
  }

  /** Starts to listen. Returns the port. Throws UserError if it is taken, or others can reach the address without a token. */
  async listen(): Promise<number> {
    const { clock, log } = this.options;
    const gate = new Gate(this.options.host, this.options.token, () => performance.now() / 1000);
    const { server, port } = await serveSockets(this.options.port, this.options);
    const reception = {
      clock,
      accept: (hello: SharedHello, channel: Channel) => this.accept(hello, channel),
      offended: (reason: string) => log(`a peer that broke the protocol was shut out: ${reason}`),
    };
    this.stops.push(acceptWebSockets(server, gate, (transport) => attendJson(transport, reception)));
    return port;
  }

  stop(): void {
    for (const stop of this.stops) stop();
    this.coordinator.stop();
  }

  private accept(hello: SharedHello, channel: Channel): JsonPeer {
    if (hello.role === "server-node") return this.nodeJoined(hello.name, hello.servers, channel);
    if (hello.role === "load-generator") return this.generatorJoined(channel);
    throw new PeerError("is a dispatcher, and so is this");
  }

  private nodeJoined(name: string, servers: readonly number[], channel: Channel): JsonPeer {
    const mine = servers.filter((server) => this.neighbours.has(server));
    const taken = mine.find((server) => this.channels.has(server));
    if (taken !== undefined) throw new PeerError(`announces server ${taken}, which is here already`);
    for (const server of mine) {
      this.view.join(server);
      this.channels.set(server, channel);
    }
    channel.send({ type: "welcome", servers: mine } satisfies ToSharedNode);
    this.tellReady();
    return {
      receive: (text) => this.fromNode(channel, readMessage(nodeToDispatcher, text)),
      closed: (reason) => this.end(`server node ${name} is gone: ${reason}`),
    };
  }

  private fromNode(channel: Channel, message: NodeToDispatcher): void {
    const { clock } = this.options;
    const { server } = message;
    if (this.ending) return;
    if (this.channels.get(server) !== channel) throw new PeerError(`speaks of server ${server}, which is not its own`);
    if (message.type === "queue") {
      const age = (machineMilliseconds() - message.sentAtMilliseconds) / 1000 / clock.timeUnitSeconds;
      this.view.told(clock.now(), server, message.queueLength, message.accepted, Math.max(0, age));
      return;
    }
    const { dispatcher } = this.view;
    dispatcher.complete(clock.now(), server, message.assignment, message.timeAtServer);
    this.sojournTimes.add(dispatcher.lastSojournTime);
    this.tellGenerator({ type: "outcome", job: dispatcher.lastJob.job, outcome: "completed" });
  }

  private generatorJoined(channel: Channel): JsonPeer {
    if (this.generator !== undefined) throw new PeerError("is a second load generator: there may be one only");
    this.generator = channel;
    channel.send({ type: "start" } satisfies ToSharedGenerator);
    return {
      receive: (text) => {
        const message = readMessage(fromSharedGenerator, text);
        this.backPressure.received(text.length);
        if (message.type !== "submit") throw new PeerError("tells a dispatcher its schedule");
        this.submitted(message.job, message.taskType, message.work);
      },
      closed: (reason) => this.end(`the load generator is gone: ${reason}`),
    };
  }

  private submitted(job: number, taskType: number, work: number): void {
    const { system, number, dispatchers, clock } = this.options;
    if (taskType >= system.graph.taskTypes || ownerOf(taskType, system.graph.taskTypes, dispatchers) !== number)
      throw new PeerError(`sends a job of type ${taskType}, which is not of this dispatcher`);
    const server = this.ending ? this.block() : this.view.submit(clock.now(), 0, job, taskType, work);
    if (server === BLOCKED) {
      this.tellGenerator({ type: "outcome", job, outcome: "blocked" });
      return;
    }
    const assignment = this.view.dispatcher.assignments(server);
    this.channels.get(server)?.send({ type: "assign", server, assignment, work } satisfies ToSharedNode);
  }

  /** There are no servers any more. */
  private block(): typeof BLOCKED {
    this.view.dispatcher.block();
    return BLOCKED;
  }

  private tellGenerator(message: ToSharedGenerator): void {
    this.generator?.send(message);
  }

  private tellReady(): void {
    if (this.channels.size === this.neighbours.size) this.tellCoordinator({ type: "ready" });
  }

  private report(): void {
    const { dispatcher, totals: view, information } = this.view;
    const { totals, inFlight } = dispatcher;
    const sojournTimes = this.sojournTimes.bins();
    this.sojournTimes.clear();
    const { heldTime: heldBackTime } = this.backPressure;
    this.tellCoordinator({ type: "report", totals, inFlight, view, information, sojournTimes, heldBackTime });
  }

  /** The run cannot go on: whatever was under way is lost, and all who can still hear it are told. */
  private end(why: string): void {
    if (this.ending) return;
    this.ending = true;
    const { dispatcher } = this.view;
    for (const server of this.channels.keys()) {
      while (dispatcher.held(server) > 0) {
        dispatcher.lose(this.options.clock.now(), server);
        this.tellGenerator({ type: "outcome", job: dispatcher.lastJob.job, outcome: "lost" });
      }
    }
    this.report();
    this.options.lost(why);
  }

  private tellCoordinator(message: FromSharedDispatcher): void {
    this.coordinator.send(message);
  }
}

import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { Channel } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import { HOST } from "../live/endpoints.js";
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
import { WebSocketTransport } from "../live/web-socket.js";
import { PeerError } from "../model/errors.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { dispatchersOfServers, ownerOf } from "../model/graphs/shares.js";
import { randomStream } from "../model/random.js";
import type { SystemModel } from "../scenarios/scenario.js";
import { BLOCKED, Dispatcher } from "./dispatcher.js";
import { SharedView } from "./shared-view.js";

export interface LocalDispatcherOptions {
  readonly system: SystemModel & { readonly graph: CompatibilityGraph };
  readonly seed: string;
  /** Which of so many it is. */
  readonly number: number;
  readonly dispatchers: number;
  readonly coordinatorUrl: string;
  readonly clock: Clock;
  readonly reportSeconds: number;
  log(message: string): void;
}

/** One of several dispatchers in wall-clock time: it routes the jobs of its task types, and knows of their servers what these tell. */
export class LocalDispatcher {
  private readonly view: SharedView;
  private readonly sockets = new WebSocketServer({ host: HOST, port: 0, perMessageDeflate: false });
  private readonly coordinator: JsonLink<ToSharedNode>;
  private readonly stopReports: () => void;
  /** The servers of its neighbourhoods, and the connection to each that is here. */
  private readonly neighbours: ReadonlySet<number>;
  private readonly channels = new Map<number, Channel>();
  private generator: Channel | undefined;

  constructor(private readonly options: LocalDispatcherOptions) {
    const { system, seed, number, dispatchers, clock, log } = options;
    this.view = new SharedView(new Dispatcher(system.policy, randomStream(seed, `policy/${number}`)));
    const owners = dispatchersOfServers(system.graph, dispatchers);
    this.neighbours = new Set([...owners.keys()].filter((server) => owners[server].includes(number)));
    this.sockets.on("connection", (socket) =>
      attendJson(new WebSocketTransport(socket), (hello, channel) => this.accept(hello, channel)),
    );
    this.coordinator = new JsonLink({
      ...{ url: options.coordinatorUrl, clock, log, schema: toSharedNode },
      hello: { type: "hello", protocol: SHARED_PROTOCOL_VERSION, role: "dispatcher", number },
      received: () => this.tellReady(),
      closed: (reason) => log(`the coordinator is gone: ${reason}`),
    });
    this.stopReports = clock.every(options.reportSeconds, () => this.report());
  }

  /** The port it listens on. */
  listening(): Promise<number> {
    const port = (): number => (this.sockets.address() as AddressInfo).port;
    if (this.sockets.address() !== null) return Promise.resolve(port());
    return new Promise((resolve) => this.sockets.once("listening", () => resolve(port())));
  }

  stop(): void {
    this.stopReports();
    this.coordinator.stop();
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  private accept(hello: SharedHello, channel: Channel): JsonPeer {
    if (hello.role === "server-node") return this.nodeJoined(hello.servers, channel);
    if (hello.role === "load-generator") return this.generatorJoined(channel);
    throw new PeerError("is a dispatcher, and so is this");
  }

  private nodeJoined(servers: readonly number[], channel: Channel): JsonPeer {
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
      receive: (text) => this.fromNode(readMessage(nodeToDispatcher, text)),
      closed: () => {
        for (const server of mine) {
          this.view.dispatcher.fleet.leave(server);
          this.channels.delete(server);
        }
      },
    };
  }

  private fromNode(message: NodeToDispatcher): void {
    const { clock } = this.options;
    const { server } = message;
    if (!this.channels.has(server)) throw new PeerError(`speaks of server ${server}, which is no neighbour`);
    if (message.type === "queue") {
      const age = (machineMilliseconds() - message.sentAtMilliseconds) / 1000 / clock.timeUnitSeconds;
      this.view.told(clock.now(), server, message.queueLength, message.accepted, Math.max(0, age));
      return;
    }
    const { dispatcher } = this.view;
    dispatcher.complete(clock.now(), server, message.assignment, message.timeAtServer);
    this.tellGenerator({ type: "outcome", job: dispatcher.lastJob.job, outcome: "completed" });
  }

  private generatorJoined(channel: Channel): JsonPeer {
    this.generator = channel;
    channel.send({ type: "start" } satisfies ToSharedGenerator);
    return {
      receive: (text) => {
        const message = readMessage(fromSharedGenerator, text);
        if (message.type !== "submit") throw new PeerError("tells a dispatcher its schedule");
        this.submitted(message.job, message.taskType, message.work);
      },
      closed: () => {
        this.generator = undefined;
      },
    };
  }

  private submitted(job: number, taskType: number, work: number): void {
    const { system, number, dispatchers, clock } = this.options;
    if (taskType >= system.graph.taskTypes || ownerOf(taskType, system.graph.taskTypes, dispatchers) !== number)
      throw new PeerError(`sends a job of type ${taskType}, which is not of this dispatcher`);
    const server = this.view.submit(clock.now(), 0, job, taskType, work);
    if (server === BLOCKED) {
      this.tellGenerator({ type: "outcome", job, outcome: "blocked" });
      return;
    }
    const assignment = this.view.dispatcher.assignments(server);
    this.channels.get(server)?.send({ type: "assign", server, assignment, work } satisfies ToSharedNode);
  }

  private tellGenerator(message: ToSharedGenerator): void {
    this.generator?.send(message);
  }

  private tellReady(): void {
    if (this.channels.size === this.neighbours.size) this.tellCoordinator({ type: "ready" });
  }

  private report(): void {
    const { dispatcher, totals: view } = this.view;
    this.tellCoordinator({ type: "report", totals: dispatcher.totals, view, information: dispatcher.information });
  }

  private tellCoordinator(message: FromSharedDispatcher): void {
    this.coordinator.send(message);
  }
}

import type { Server as HttpServer } from "node:http";
import { WebSocketServer } from "ws";
import type { Channel } from "../live/channel.js";
import { ModelClock } from "../live/clock.js";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { serveEndpoints } from "../live/endpoints.js";
import { attendJson, type JsonPeer } from "../live/json-link.js";
import { readMessage } from "../live/messages.js";
import {
  fromSharedDispatcher,
  fromSharedGenerator,
  type NodeToCoordinator,
  nodeToCoordinator,
  type SharedHello,
  type ToSharedGenerator,
  type ToSharedNode,
} from "../live/shared-messages.js";
import { VERSION } from "../live/version.js";
import { WebSocketTransport } from "../live/web-socket.js";
import { PeerError } from "../model/errors.js";
import { Run, type Schedule } from "../scenarios/run.js";
import { EPOCH_TIME } from "../scenarios/scenario.js";
import type { DispatcherProcessOptions } from "./dispatcher-process.js";
import { describeRun, type RunProcess } from "./dispatcher-process.js";
import { ObservedFleet } from "./observed-fleet.js";
import { PageFeed } from "./page-feed.js";
import { RunWatch } from "./run-watch.js";

export interface CoordinatorOptions extends DispatcherProcessOptions {
  readonly dispatchers: number;
}

/** Wall-clock time between two updates of the page. */
const PAGE_SECONDS = 0.25;
/** Any delay will do: what is worked out for one serves all. */
const EXPECTED_MESSAGE_DELAY = 0.05;

/**
 * Measures a system of several dispatchers, and sends no jobs itself: servers tell it their queues, dispatchers what they did,
 * the load generator how it keeps its schedule. Whoever leaves while it measures makes the run void.
 */
export class Coordinator implements RunProcess {
  private readonly clock: ModelClock;
  private readonly run: Run;
  private readonly fleet: ObservedFleet;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly stops: (() => void)[] = [];
  private http: HttpServer | undefined;
  private readonly readyDispatchers = new Set<number>();
  private readonly nodes = new Map<string, { readonly servers: number; lateness: NodeLateness }>();
  private readonly servers = new Set<number>();
  private generator: Channel | undefined;
  private schedule: Schedule = { sent: 0, lag: 0, heldUp: 0 };

  constructor(private readonly options: CoordinatorOptions) {
    const { experiment, timeUnitSeconds, reportSeconds } = options;
    this.clock = new ModelClock(timeUnitSeconds);
    const epochTime = Math.max(EPOCH_TIME, reportSeconds / timeUnitSeconds);
    this.run = new Run(experiment, { ...options, epochTime });
    experiment.predict({ messageDelay: EXPECTED_MESSAGE_DELAY, heldUpFraction: 0 });
    this.fleet = new ObservedFleet(experiment.system.servers);
    this.watch = new RunWatch(() => this.run.elapsed(this.clock.now()));
    this.feed = new PageFeed({
      ...{ run: describeRun(experiment), experiment, watch: this.watch, fleet: this.fleet },
      state: () => this.state(),
      now: () => this.clock.now(),
      servers: () => [...this.servers].sort((a, b) => a - b).map((server) => ({ server, number: server })),
    });
    const tickSeconds = Math.max(0.01, this.clock.seconds(epochTime) / 5);
    this.stops.push(this.clock.every(tickSeconds, () => this.run.tick(this.clock.now(), this.fleet)));
  }

  async listen(): Promise<number> {
    const { dispatcherMetrics } = await import("./metrics.js");
    const metrics = dispatcherMetrics({
      fleet: this.fleet,
      classNames: this.options.experiment.system.classNames,
      events: this.watch.events,
      state: () => this.state(),
      now: () => this.clock.now(),
    });
    const { server, port } = await serveEndpoints(this.options.port, {
      metrics: () => metrics.render(),
      ready: () => this.run.phase !== "waiting",
      state: () => this.state(),
      events: (listener) => this.feed.subscribe(listener),
    });
    this.http = server;
    server.on("upgrade", (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (webSocket) =>
        attendJson(new WebSocketTransport(webSocket), (hello, channel) => this.accept(hello, channel)),
      );
    });
    this.stops.push(this.clock.every(PAGE_SECONDS, () => this.feed.tick()));
    return port;
  }

  stop(): void {
    for (const stop of this.stops) stop();
    for (const socket of this.sockets.clients) socket.terminate();
    this.http?.close();
    this.http?.closeAllConnections();
  }

  private accept(hello: SharedHello, channel: Channel): JsonPeer {
    switch (hello.role) {
      case "dispatcher":
        return this.dispatcherJoined(hello.number, channel);
      case "server-node":
        return this.nodeJoined(hello.name, hello.servers, channel);
      case "load-generator":
        return this.generatorJoined(channel);
    }
  }

  private dispatcherJoined(number: number, channel: Channel): JsonPeer {
    if (number >= this.options.dispatchers)
      throw new PeerError(`is dispatcher ${number} of ${this.options.dispatchers}`);
    channel.send({ type: "welcome", servers: [] } satisfies ToSharedNode);
    return {
      receive: (text) => {
        const message = readMessage(fromSharedDispatcher, text);
        if (message.type === "report") {
          this.fleet.reported(number, message);
          return;
        }
        this.readyDispatchers.add(number);
        this.startWhenComplete();
      },
      closed: (reason) => this.left(`dispatcher ${number}`, reason, () => this.readyDispatchers.delete(number)),
    };
  }

  private nodeJoined(name: string, servers: readonly number[], channel: Channel): JsonPeer {
    const expected = this.options.experiment.system.servers;
    const wrong = servers.find((server) => server >= expected || this.servers.has(server));
    if (wrong !== undefined)
      throw new PeerError(`announces server ${wrong}, which is here already or not of the scenario`);
    for (const server of servers) this.servers.add(server);
    const node = { servers: servers.length, lateness: { deliveries: 0, totalSeconds: 0, maxSeconds: 0 } };
    this.nodes.set(name, node);
    channel.send({ type: "welcome", servers: [...servers] } satisfies ToSharedNode);
    this.startWhenComplete();
    return {
      receive: (text) => this.fromNode(node, readMessage(nodeToCoordinator, text)),
      closed: (reason) =>
        this.left(`server node ${name}`, reason, () => {
          this.nodes.delete(name);
          for (const server of servers) this.servers.delete(server);
        }),
    };
  }

  private fromNode(node: { lateness: NodeLateness }, message: NodeToCoordinator): void {
    if (message.type === "lateness") {
      node.lateness = message;
      return;
    }
    const { server } = message;
    if (!this.servers.has(server)) throw new PeerError(`speaks of server ${server}, which it did not announce`);
    if (message.type === "queue") {
      this.fleet.observe(this.clock.now(), server, message.queueLength);
      return;
    }
    this.run.observeServer(server, message.totals, 1);
    this.watch.serverReported(server, message.totals, 1);
  }

  private generatorJoined(channel: Channel): JsonPeer {
    this.generator = channel;
    this.startWhenComplete();
    return {
      receive: (text) => {
        const message = readMessage(fromSharedGenerator, text);
        if (message.type !== "schedule") throw new PeerError("sends a job to the coordinator");
        const { sent, lagTotalSeconds, heldUp } = message;
        this.schedule = { sent, lag: lagTotalSeconds / this.clock.timeUnitSeconds, heldUp };
        this.run.observeSchedule(this.schedule);
      },
      closed: (reason) =>
        this.left("the load generator", reason, () => {
          this.generator = undefined;
        }),
    };
  }

  private left(who: string, reason: string, forget: () => void): void {
    forget();
    this.watch.happened("fault", `${who} left: ${reason}`);
    this.run.fault(`${who} left while measuring (${reason}); start again`);
  }

  private startWhenComplete(): void {
    const { dispatchers, experiment } = this.options;
    const isComplete = this.readyDispatchers.size === dispatchers && this.servers.size === experiment.system.servers;
    if (this.run.phase !== "waiting" || !isComplete || this.generator === undefined) return;
    this.run.start(this.clock.now());
    this.generator.send({ type: "start" } satisfies ToSharedGenerator);
  }

  private state(): DispatcherState {
    const { experiment, seed, timeUnitSeconds, familyConfidence, warmUpTime, measuringTime, dispatchers } =
      this.options;
    const { totals, view } = this.fleet;
    const lateness = [...this.nodes.values()].map((node) => node.lateness);
    const deliveries = lateness.reduce((sum, one) => sum + one.deliveries, 0);
    const totalSeconds = lateness.reduce((sum, one) => sum + one.totalSeconds, 0);
    return {
      version: VERSION,
      scenario: experiment.scenario.name,
      parameters: experiment.parameters,
      seed,
      policy: "jsq-d",
      information: { ...this.fleet.information, learned: null },
      timeUnitSeconds,
      phase: this.run.phase,
      elapsedTime: this.run.elapsed(this.clock.now()),
      warmUpTime,
      measuringTime: Number.isFinite(measuringTime) ? measuringTime : null,
      servers: { expected: experiment.system.servers, connected: this.servers.size },
      totals: { ...totals, inFlight: totals.offered - totals.blocked - totals.completed - totals.lost },
      offences: 0,
      rates: this.run.currentRates() ?? null,
      targetRate: null,
      ...this.run.conditions(),
      scheduleLag: this.run.meanScheduleLag,
      schedule: this.schedule,
      sojournTimeAtGenerator: null,
      lateness: {
        deliveries,
        totalSeconds,
        meanSeconds: deliveries === 0 ? 0 : totalSeconds / deliveries,
        maxSeconds: lateness.reduce((most, one) => Math.max(most, one.maxSeconds), 0),
      },
      nodes: [...this.nodes].map(([name, { servers }]) => ({ name, servers, metricsUrl: null })),
      whyVoid: this.run.whyVoid() ?? null,
      familyConfidence,
      quantities: this.run.evidence(),
      views: {
        dispatchers,
        meanAge: view.told === 0 ? null : view.age / view.told,
        meanError: view.compared === 0 ? null : view.error / view.compared,
        wrongFraction: view.compared === 0 ? null : view.wrong / view.compared,
      },
    };
  }
}

interface NodeLateness {
  readonly deliveries: number;
  readonly totalSeconds: number;
  readonly maxSeconds: number;
}

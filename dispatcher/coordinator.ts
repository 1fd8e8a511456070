import { Gate } from "../live/access.js";
import type { Channel } from "../live/channel.js";
import { ModelClock } from "../live/clock.js";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { type Endpoints, serveEndpoints } from "../live/endpoints.js";
import { attendJson, type JsonPeer } from "../live/json-link.js";
import { type Lateness, latenessOf } from "../live/lateness.js";
import { readMessage } from "../live/messages.js";
import {
  type FromSharedDispatcher,
  fromSharedDispatcher,
  fromSharedGenerator,
  type NodeToCoordinator,
  nodeToCoordinator,
  type SharedHello,
  type SharedNodeHello,
  type ToSharedGenerator,
  type ToSharedNode,
} from "../live/shared-messages.js";
import { VERSION } from "../live/version.js";
import { acceptWebSockets } from "../live/web-socket.js";
import { PeerError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import { viewQuality } from "../model/view-quality.js";
import { Run, type Schedule } from "../scenarios/run.js";
import { EPOCH_TIME } from "../scenarios/scenario.js";
import { CurrentEvidence } from "./current-evidence.js";
import type { DispatcherProcessOptions } from "./dispatcher-process.js";
import { ObservedFleet } from "./observed-fleet.js";
import { PageFeed } from "./page-feed.js";
import { describeRun } from "./run-description.js";
import { RunWatch } from "./run-watch.js";

type Report = Extract<FromSharedDispatcher, { type: "report" }>;

/** Of what one dispatcher does, a coordinator does the measuring only. */
type Unused = "onLoss" | "heartbeatSeconds" | "mostInFlight" | "control" | "record";

export interface CoordinatorOptions extends Omit<DispatcherProcessOptions, Unused> {
  readonly dispatchers: number;
}

interface PresentNode {
  readonly servers: ReadonlySet<number>;
  readonly metricsUrl: string | undefined;
  lateness: Readonly<Lateness>;
}

/** Wall-clock time between two updates of the page. */
const PAGE_SECONDS = 0.25;
/** Any delay will do: what is worked out for one serves all. */
const EXPECTED_MESSAGE_DELAY = 0.05;

/**
 * Measures a system of several dispatchers, and sends no jobs itself: servers tell it their queues, dispatchers what they did,
 * the load generator how it keeps its schedule. Whoever leaves once the run has started makes it void.
 */
export class Coordinator {
  private readonly clock: ModelClock;
  private readonly gate: Gate;
  private readonly run: Run;
  private readonly evidence: CurrentEvidence;
  private readonly fleet: ObservedFleet;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  private readonly stops: (() => void)[] = [];
  /** The dispatchers that are here, and whether all servers of their neighbourhoods are. */
  private readonly dispatchers = new Map<number, { isReady: boolean }>();
  private readonly heldBackTimes = new Map<number, ModelTime>();
  private readonly nodes = new Map<string, PresentNode>();
  private readonly servers = new Set<number>();
  private generator: Channel | undefined;
  private schedule: Schedule & { readonly sojourns: number; readonly completed: number } = {
    ...{ sent: 0, lag: 0, heldUp: 0, sojourns: 0, completed: 0 },
  };
  private offences = 0;

  constructor(private readonly options: CoordinatorOptions) {
    const { experiment, timeUnitSeconds, reportSeconds } = options;
    this.gate = new Gate(options.host, options.token, () => performance.now() / 1000);
    this.clock = new ModelClock(timeUnitSeconds);
    const epochTime = Math.max(EPOCH_TIME, reportSeconds / timeUnitSeconds);
    this.run = new Run(experiment, { ...options, epochTime });
    this.evidence = new CurrentEvidence(this.run);
    experiment.predict({ messageDelay: EXPECTED_MESSAGE_DELAY, heldUpFraction: 0 });
    this.fleet = new ObservedFleet(experiment.system.servers);
    this.watch = new RunWatch(() => this.run.elapsed(this.clock.now()));
    this.feed = new PageFeed({
      run: { ...describeRun(experiment), controls: null },
      ...{ experiment, watch: this.watch, fleet: this.fleet },
      state: () => this.state(),
      now: () => this.clock.now(),
      servers: () => [...this.servers].sort((a, b) => a - b).map((server) => ({ server, number: server })),
    });
    const tickSeconds = Math.max(0.01, this.clock.seconds(epochTime) / 5);
    this.stops.push(this.clock.every(tickSeconds, () => this.run.tick(this.clock.now(), this.fleet)));
  }

  /** Starts to listen. Returns the port. Throws UserError if it is taken. */
  async listen(): Promise<number> {
    const { dispatcherMetrics } = await import("./metrics.js");
    const metrics = dispatcherMetrics({
      fleet: this.fleet,
      classNames: this.options.experiment.system.classNames,
      events: this.watch.events,
      state: () => this.state(),
      now: () => this.clock.now(),
    });
    const endpoints: Endpoints = {
      metrics: () => metrics.render(),
      ready: () => this.run.phase !== "waiting",
      state: () => this.state(),
      events: (listener) => this.feed.subscribe(listener),
      control: null,
    };
    const { server, port } = await serveEndpoints(this.options.port, endpoints, { ...this.options, gate: this.gate });
    const reception = {
      clock: this.clock,
      accept: (hello: SharedHello, channel: Channel) => this.accept(hello, channel),
      offended: (reason: string) => {
        this.offences++;
        this.options.log(`a peer that broke the protocol was shut out: ${reason}`);
      },
    };
    this.stops.push(acceptWebSockets(server, this.gate, (transport) => attendJson(transport, reception)));
    this.stops.push(this.clock.every(PAGE_SECONDS, () => this.feed.tick()));
    return port;
  }

  /** Closes every connection and stops listening. */
  stop(): void {
    for (const stop of this.stops) stop();
  }

  private accept(hello: SharedHello, channel: Channel): JsonPeer {
    switch (hello.role) {
      case "dispatcher":
        return this.dispatcherJoined(hello.number, channel);
      case "server-node":
        return this.nodeJoined(hello, channel);
      case "load-generator":
        return this.generatorJoined(channel);
    }
  }

  private dispatcherJoined(number: number, channel: Channel): JsonPeer {
    if (number >= this.options.dispatchers)
      throw new PeerError(`is dispatcher ${number} of ${this.options.dispatchers}, counted from 0`);
    if (this.dispatchers.has(number)) throw new PeerError(`is dispatcher ${number}, which is here already`);
    const dispatcher = { isReady: false };
    this.dispatchers.set(number, dispatcher);
    channel.send({ type: "welcome", servers: [] } satisfies ToSharedNode);
    return {
      receive: (text) => {
        const message = readMessage(fromSharedDispatcher, text);
        if (message.type === "report") {
          this.reported(number, message);
          return;
        }
        dispatcher.isReady = true;
        this.startWhenComplete();
      },
      closed: (reason) =>
        this.left(`dispatcher ${number}`, reason, () => {
          this.dispatchers.delete(number);
          this.fleet.lost(number);
        }),
    };
  }

  /** What a dispatcher says of itself is of one moment: its books must balance. */
  private reported(number: number, { sojournTimes, heldBackTime, ...report }: Report): void {
    this.fleet.reported(number, report);
    this.watch.jobsCompleted(sojournTimes);
    if (heldBackTime > 0) this.heldBack(number, heldBackTime);
    const { offered, blocked, completed, lost } = report.totals;
    if (offered === blocked + completed + lost + report.inFlight) return;
    this.run.voidBecause(
      `the books of dispatcher ${number} do not balance: of ${offered} jobs ${completed} completed, ${blocked} were blocked, ` +
        `${lost} lost and ${report.inFlight} are in flight`,
    );
  }

  private heldBack(number: number, time: ModelTime): void {
    this.heldBackTimes.set(number, time);
    this.run.voidBecause(
      `dispatcher ${number} did not read the load generator for a time, because server nodes did not read as fast as jobs came; ` +
        "lower the arrival rate",
    );
  }

  private nodeJoined({ name, servers, metricsUrl }: SharedNodeHello, channel: Channel): JsonPeer {
    const expected = this.options.experiment.system.servers;
    const wrong = servers.find((server) => server >= expected || this.servers.has(server));
    if (wrong !== undefined)
      throw new PeerError(`announces server ${wrong}, which is here already or not of the scenario`);
    if (this.nodes.has(name)) throw new PeerError(`has the name ${name}, which another node has`);
    for (const server of servers) this.servers.add(server);
    const lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
    const node: PresentNode = { servers: new Set(servers), metricsUrl, lateness };
    this.nodes.set(name, node);
    channel.send({ type: "welcome", servers } satisfies ToSharedNode);
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

  private fromNode(node: PresentNode, message: NodeToCoordinator): void {
    if (message.type === "lateness") {
      node.lateness = message;
      return;
    }
    const { server } = message;
    if (!node.servers.has(server)) throw new PeerError(`speaks of server ${server}, which it did not announce`);
    if (message.type === "queue") {
      this.fleet.observe(this.clock.now(), server, message.queueLength);
      return;
    }
    this.run.observeServer(server, message.totals, 1);
    this.watch.serverReported(server, message.totals, 1);
  }

  private generatorJoined(channel: Channel): JsonPeer {
    if (this.generator !== undefined) throw new PeerError("is a second load generator: there may be one only");
    this.generator = channel;
    this.startWhenComplete();
    return {
      receive: (text) => {
        const message = readMessage(fromSharedGenerator, text);
        if (message.type !== "schedule") throw new PeerError("sends a job to the coordinator");
        const { sent, lagTotalSeconds, heldUp, completed, sojournTotalSeconds } = message;
        const { timeUnitSeconds } = this.clock;
        const sojourns = sojournTotalSeconds / timeUnitSeconds;
        this.schedule = { sent, lag: lagTotalSeconds / timeUnitSeconds, heldUp, sojourns, completed };
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
    this.options.log(`${who} has left: ${reason}`);
    if (this.run.phase === "waiting" || this.run.phase === "finished") return;
    this.watch.happened("fault", `${who} left: ${reason}`);
    this.run.voidBecause(`${who} left (${reason}), and with several dispatchers nobody takes its place; start again`);
  }

  private startWhenComplete(): void {
    const { dispatchers, experiment } = this.options;
    const ready = [...this.dispatchers.values()].filter(({ isReady }) => isReady);
    const isComplete = ready.length === dispatchers && this.servers.size === experiment.system.servers;
    if (this.run.phase !== "waiting" || !isComplete || this.generator === undefined) return;
    this.run.start(this.clock.now());
    this.generator.send({ type: "start" } satisfies ToSharedGenerator);
  }

  private state(): DispatcherState {
    const { experiment, seed, timeUnitSeconds, familyConfidence, warmUpTime, measuringTime } = this.options;
    const { totals, inFlight, view, information } = this.fleet;
    const { sent, lag, heldUp, sojourns, completed } = this.schedule;
    return {
      version: VERSION,
      scenario: experiment.scenario.name,
      parameters: experiment.parameters,
      seed,
      policy: "jsq-d",
      information: { ...information, learned: null },
      timeUnitSeconds,
      phase: this.run.phase,
      heldBackTime: Math.max(0, ...this.heldBackTimes.values()),
      elapsedTime: this.run.elapsed(this.clock.now()),
      warmUpTime,
      measuringTime: Number.isFinite(measuringTime) ? measuringTime : null,
      servers: { expected: experiment.system.servers, connected: this.servers.size },
      totals: { ...totals, inFlight },
      offences: this.offences + this.gate.refused,
      rates: this.run.currentRates() ?? null,
      targetRate: experiment.targetRate ?? null,
      ...this.run.conditions(),
      scheduleLag: this.run.meanScheduleLag,
      schedule: { sent, lag, heldUp },
      sojournTimeAtGenerator: completed === 0 ? null : sojourns / completed,
      lateness: latenessOf(this.nodes.values()),
      nodes: [...this.nodes].map(([name, { servers, metricsUrl }]) => ({
        name,
        servers: servers.size,
        metricsUrl: metricsUrl ?? null,
      })),
      whyVoid: this.run.whyVoid() ?? null,
      familyConfidence,
      quantities: this.evidence.quantities,
      views: viewQuality(this.options.dispatchers, view),
    };
  }
}

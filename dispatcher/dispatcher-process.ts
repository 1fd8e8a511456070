import { randomUUID } from "node:crypto";
import type { Server as HttpServer } from "node:http";
import { WebSocketServer } from "ws";
import { ModelClock } from "../live/clock.js";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { serveEndpoints } from "../live/endpoints.js";
import type { RunDescription } from "../live/page-feed.js";
import { VERSION } from "../live/version.js";
import { WebSocketTransport } from "../live/web-socket.js";
import { randomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import { Run } from "../scenarios/run.js";
import { EPOCH_TIME, type Experiment } from "../scenarios/scenario.js";
import { Dispatcher } from "./dispatcher.js";
import { PageFeed } from "./page-feed.js";
import { attend } from "./peers.js";
import { RunWatch } from "./run-watch.js";
import { type OnLoss, Switchboard } from "./switchboard.js";

export interface DispatcherProcessOptions {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly port: number;
  readonly timeUnitSeconds: number;
  readonly warmUpTime: ModelTime;
  /** Infinity to measure until stopped. */
  readonly measuringTime: ModelTime;
  readonly familyConfidence: number;
  /** Wall-clock time between two reports of a server node. */
  readonly reportSeconds: number;
  readonly onLoss: OnLoss;
  /** Wall-clock time between two beats; a process that misses three is lost. */
  readonly heartbeatSeconds: number;
  readonly mostInFlight: number;
  log(message: string): void;
}

/** A process that measures a run and tells of it on one port. */
export interface RunProcess {
  /** Starts to listen. Returns the port. Throws UserError if it is taken. */
  listen(): Promise<number>;
  /** Closes every connection and stops listening. */
  stop(): void;
}

/** Frames larger than this are refused unread. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;
/** A process that misses so many beats is taken for lost. */
const BEATS_PER_LEASE = 3;
/** The switchboard looks after its leases and books at least so often. */
const LONGEST_TICK_MILLISECONDS = 200;
/** Weighing the evidence takes milliseconds; within this time it is not done twice. */
const EVIDENCE_MILLISECONDS = 1000;
/** Wall-clock time between two updates of the page. */
const PAGE_MILLISECONDS = 250;

/** Any delay will do: what is worked out for one serves all. */
const EXPECTED_MESSAGE_DELAY: ModelTime = 0.05;

/** The dispatcher in wall-clock time: one port for server nodes, load generators, metrics and state. */
export class DispatcherProcess implements RunProcess {
  private readonly clock: ModelClock;
  private readonly dispatcher: Dispatcher;
  private readonly run: Run;
  private readonly switchboard: Switchboard;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
  });
  private readonly timers: NodeJS.Timeout[] = [];
  private http: HttpServer | undefined;
  private evidence:
    | { readonly at: number; readonly epochs: number; readonly quantities: QuantityEvidence[] }
    | undefined;

  constructor(private readonly options: DispatcherProcessOptions) {
    const { experiment, seed } = options;
    this.clock = new ModelClock(options.timeUnitSeconds);
    this.dispatcher = new Dispatcher(experiment.system.policy, randomStream(seed, "policy"));
    const epochTime = Math.max(EPOCH_TIME, options.reportSeconds / options.timeUnitSeconds);
    this.run = new Run(experiment, { ...options, epochTime });
    // Some predictions take seconds to work out: that is done before there are jobs that would be held up by it.
    experiment.predict({ messageDelay: EXPECTED_MESSAGE_DELAY, heldUpFraction: 0 });
    this.watch = new RunWatch(() => this.run.elapsed(this.clock.now()));
    this.switchboard = new Switchboard({
      ...options,
      dispatcher: this.dispatcher,
      run: this.run,
      clock: this.clock,
      watch: this.watch,
      identity: randomUUID(),
      leaseSeconds: BEATS_PER_LEASE * options.heartbeatSeconds,
    });
    this.feed = new PageFeed({
      run: describeRun(experiment),
      experiment,
      watch: this.watch,
      fleet: this.dispatcher,
      state: () => this.state(),
      now: () => this.clock.now(),
      servers: () => this.switchboard.roster.numberedServers(),
    });
    const tickMilliseconds = Math.max(10, (1000 * this.clock.seconds(epochTime)) / 5);
    this.timers.push(setInterval(() => this.run.tick(this.clock.now(), this.dispatcher), tickMilliseconds));
  }

  async listen(): Promise<number> {
    const { dispatcherMetrics } = await import("./metrics.js");
    const metrics = dispatcherMetrics({
      fleet: this.dispatcher,
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
        attend(new WebSocketTransport(webSocket), this.switchboard, this.clock, this.options.log),
      );
    });
    const tickMilliseconds = Math.min(LONGEST_TICK_MILLISECONDS, 250 * this.options.heartbeatSeconds);
    this.timers.push(setInterval(() => this.switchboard.tick(), tickMilliseconds));
    this.timers.push(setInterval(() => this.feed.tick(), PAGE_MILLISECONDS));
    return port;
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.sockets.clients) socket.terminate();
    this.http?.close();
    this.http?.closeAllConnections();
  }

  state(): DispatcherState {
    const { experiment, seed, timeUnitSeconds, familyConfidence } = this.options;
    const { warmUpTime, measuringTime } = this.options;
    return {
      version: VERSION,
      scenario: experiment.scenario.name,
      parameters: experiment.parameters,
      seed,
      policy: this.dispatcher.policyName,
      information: this.information(),
      timeUnitSeconds,
      phase: this.run.phase,
      elapsedTime: this.run.elapsed(this.clock.now()),
      warmUpTime,
      measuringTime: Number.isFinite(measuringTime) ? measuringTime : null,
      servers: { expected: experiment.system.servers, connected: this.switchboard.roster.connectedServers },
      totals: { ...this.dispatcher.totals, inFlight: this.dispatcher.inFlight },
      offences: this.switchboard.offences,
      rates: this.run.currentRates() ?? null,
      targetRate: experiment.targetRate ?? null,
      ...this.run.conditions(),
      scheduleLag: this.run.meanScheduleLag,
      schedule: this.switchboard.generators.schedule(),
      sojournTimeAtGenerator: this.sojournTimeAtGenerator(),
      lateness: this.lateness(),
      nodes: [...this.switchboard.roster.nodes].map(({ name, servers, metricsUrl }) => ({
        name,
        servers: servers.length,
        metricsUrl: metricsUrl ?? null,
      })),
      whyVoid: this.run.whyVoid() ?? null,
      familyConfidence,
      quantities: this.quantities(),
    };
  }

  /** The evidence, weighed anew when it is out of date and always at the end. */
  private quantities(): QuantityEvidence[] {
    const now = performance.now();
    const upToDate =
      this.evidence !== undefined &&
      (this.evidence.epochs === this.run.epochs || now < this.evidence.at + EVIDENCE_MILLISECONDS) &&
      this.run.phase !== "finished";
    if (!upToDate || this.evidence === undefined) {
      this.evidence = { at: now, epochs: this.run.epochs, quantities: this.run.evidence() };
    }
    return this.evidence.quantities;
  }

  private information(): DispatcherState["information"] {
    const { messages, bitsPerServer } = this.dispatcher.information;
    return { messages, bitsPerServer, learned: this.dispatcher.learned ?? null };
  }

  private sojournTimeAtGenerator(): ModelTime | null {
    let completed = 0;
    let seconds = 0;
    for (const { schedule } of this.switchboard.generators.all) {
      completed += schedule?.completed ?? 0;
      seconds += schedule?.sojournTotalSeconds ?? 0;
    }
    return completed === 0 ? null : seconds / completed / this.clock.timeUnitSeconds;
  }

  private lateness(): DispatcherState["lateness"] {
    let deliveries = 0;
    let totalSeconds = 0;
    let maxSeconds = 0;
    for (const { lateness } of this.switchboard.roster.nodes) {
      deliveries += lateness.deliveries;
      totalSeconds += lateness.totalSeconds;
      maxSeconds = Math.max(maxSeconds, lateness.maxSeconds);
    }
    return { deliveries, totalSeconds, meanSeconds: deliveries === 0 ? 0 : totalSeconds / deliveries, maxSeconds };
  }
}

/** What the page is told once of what runs. */
export function describeRun({ scenario, parameters }: Experiment): RunDescription {
  return {
    id: randomUUID(),
    version: VERSION,
    scenario: scenario.name,
    title: scenario.title,
    source: scenario.source,
    summary: scenario.summary,
    parameters: Object.entries(scenario.parameters).map(([name, { unit, description }]) => ({
      name,
      value: parameters[name] ?? "",
      unit,
      description,
    })),
    claims: scenario.claims,
  };
}

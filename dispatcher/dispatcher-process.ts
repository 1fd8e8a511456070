import { randomUUID } from "node:crypto";
import { Gate } from "../live/access.js";
import { ModelClock } from "../live/clock.js";
import { readControlAction } from "../live/control.js";
import type { DispatcherState } from "../live/dispatcher-state.js";
import { type Endpoints, type Listening, serveEndpoints } from "../live/endpoints.js";
import { latenessOf } from "../live/lateness.js";
import { VERSION } from "../live/version.js";
import { acceptWebSockets } from "../live/web-socket.js";
import { randomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import { Run } from "../scenarios/run.js";
import { EPOCH_TIME, type Experiment } from "../scenarios/scenario.js";
import { Controls, type ControlsOptions } from "./controls.js";
import { CurrentEvidence } from "./current-evidence.js";
import { Dispatcher } from "./dispatcher.js";
import { EventLogFile } from "./event-log-file.js";
import { PageFeed } from "./page-feed.js";
import { attend } from "./peers.js";
import { Places } from "./places.js";
import { policyFor } from "./policies/once-per-slot.js";
import { RecordingDispatcher } from "./recording-dispatcher.js";
import { describeRun } from "./run-description.js";
import { RunWatch } from "./run-watch.js";
import { type OnLoss, Switchboard } from "./switchboard.js";

export interface DispatcherProcessOptions {
  readonly experiment: Experiment;
  readonly seed: string;
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** That processes must have to connect; undefined for none. */
  readonly token: string | undefined;
  readonly tls: Listening["tls"];
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
  /** Lets those who reach it control the system. */
  readonly control: Pick<ControlsOptions, "request"> | undefined;
  /** File to record events in; undefined for none. */
  readonly record: string | undefined;
  log(message: string): void;
}

/** A process that misses so many beats is taken for lost. */
const BEATS_PER_LEASE = 3;
/** The switchboard looks after its leases and books at least so often. */
const LONGEST_TICK_MILLISECONDS = 200;
/** Wall-clock time between two updates of the page. */
const PAGE_MILLISECONDS = 250;

/** Any delay will do: what is worked out for one serves all. */
const EXPECTED_MESSAGE_DELAY: ModelTime = 0.05;

/** The dispatcher in wall-clock time: one port for server nodes, load generators, metrics and state. */
export class DispatcherProcess {
  private readonly clock: ModelClock;
  private readonly dispatcher: Dispatcher;
  private readonly log: EventLogFile | undefined;
  private readonly run: Run;
  private readonly switchboard: Switchboard;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  /** Undefined where nobody may control the system. */
  private readonly controls: Controls | undefined;
  private readonly gate: Gate;
  private readonly timers: NodeJS.Timeout[] = [];
  private stopSockets = (): void => undefined;
  private readonly evidence: CurrentEvidence;

  constructor(private readonly options: DispatcherProcessOptions) {
    const { experiment, seed } = options;
    this.gate = new Gate(options.host, options.token, () => performance.now() / 1000);
    this.clock = new ModelClock(options.timeUnitSeconds);
    const policy = policyFor(experiment.system);
    const random = randomStream(seed, "policy");
    this.log =
      options.record === undefined
        ? undefined
        : new EventLogFile(options.record, experiment, seed, (why) => this.recordingFailed(why));
    this.dispatcher =
      this.log === undefined ? new Dispatcher(policy, random) : new RecordingDispatcher(policy, random, this.log.add);
    const epochTime = Math.max(EPOCH_TIME, options.reportSeconds / options.timeUnitSeconds);
    this.run = new Run(experiment, { ...options, epochTime });
    this.evidence = new CurrentEvidence(this.run);
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
    const { run, watch, dispatcher, switchboard } = this;
    if (options.control !== undefined) {
      const needsToken = options.token !== undefined;
      const { request } = options.control;
      this.controls = new Controls({ run, watch, dispatcher, switchboard, seed, needsToken, request });
    }
    this.feed = new PageFeed({
      run: { ...describeRun(experiment), controls: this.controls?.offer ?? null },
      experiment,
      watch: this.watch,
      fleet: this.dispatcher,
      state: () => this.state(),
      now: () => this.clock.now(),
      servers: () => this.switchboard.roster.numberedServers(),
    });
    const tickMilliseconds = Math.max(10, (1000 * this.clock.seconds(epochTime)) / 5);
    this.timers.push(setInterval(() => this.tickRun(), tickMilliseconds));
  }

  /** Starts to listen. Returns the port. Throws UserError if it is taken. */
  async listen(): Promise<number> {
    const { dispatcherMetrics } = await import("./metrics.js");
    const metrics = dispatcherMetrics({
      fleet: this.dispatcher,
      classNames: this.options.experiment.system.classNames,
      events: this.watch.events,
      state: () => this.state(),
      now: () => this.clock.now(),
    });
    const places = this.places();
    const endpoints: Endpoints = {
      metrics: () => metrics.render(),
      ready: () => this.run.phase !== "waiting",
      state: () => this.state(),
      events: (listener) => this.feed.subscribe(listener),
      control: this.controls === undefined ? null : (body) => this.act(body),
      join: (role, servers) => places.forRole(role, servers, performance.now() / 1000),
    };
    const { server, port } = await serveEndpoints(this.options.port, endpoints, { ...this.options, gate: this.gate });
    this.stopSockets = acceptWebSockets(server, this.gate, (transport) =>
      attend(transport, this.switchboard, this.clock, this.options.log),
    );
    const tickMilliseconds = Math.min(LONGEST_TICK_MILLISECONDS, 250 * this.options.heartbeatSeconds);
    this.timers.push(setInterval(() => this.switchboard.tick(), tickMilliseconds));
    this.timers.push(setInterval(() => this.feed.tick(), PAGE_MILLISECONDS));
    return port;
  }

  /** The run cannot be repeated as its user wanted, and so it is void; jobs go on. */
  private recordingFailed(why: string): void {
    this.run.voidBecause(why);
    this.watch.happened("fault", why);
    this.options.log(why);
  }

  private act(body: unknown): string {
    const done = this.controls?.act(readControlAction(body)) ?? "";
    this.options.log(`control: ${done}`);
    return done;
  }

  private places(): Places {
    const { experiment, seed, timeUnitSeconds } = this.options;
    const present = () => new Set(this.switchboard.roster.numberedServers().map(({ number }) => number));
    return new Places(experiment.system, ["--seed", seed, "--time-unit", `${timeUnitSeconds}s`], present);
  }

  /** A slot that is going on is not looked at: the next tick will do. */
  private tickRun(): void {
    if (this.switchboard.isBetweenSlots) this.run.tick(this.clock.now(), this.dispatcher);
  }

  /** Closes every connection and stops listening. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.stopSockets();
    this.log?.close();
  }

  state(): DispatcherState {
    // Whether the run is void must be known before it is told.
    this.log?.flush();
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
      offences: this.switchboard.offences + this.gate.refused,
      rates: this.run.currentRates() ?? null,
      targetRate: experiment.targetRate ?? null,
      ...this.run.conditions(),
      scheduleLag: this.run.meanScheduleLag,
      schedule: this.switchboard.generators.schedule(),
      heldBackTime: this.switchboard.backPressure.heldTime,
      sojournTimeAtGenerator: this.sojournTimeAtGenerator(),
      lateness: latenessOf(this.switchboard.roster.nodes),
      nodes: [...this.switchboard.roster.nodes].map(({ name, servers, metricsUrl }) => ({
        name,
        servers: servers.length,
        metricsUrl: metricsUrl ?? null,
      })),
      whyVoid: this.run.whyVoid() ?? null,
      familyConfidence,
      quantities: this.evidence.quantities,
    };
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
}

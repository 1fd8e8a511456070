import { randomUUID } from "node:crypto";
import { claimsOf } from "../experiments/evidence.js";
import { Run, type RunOptions } from "../experiments/run.js";
import { EPOCH_TIME, type Experiment, type FleetView } from "../experiments/scenario.js";
import { ShareMeasurement } from "../experiments/share-measurement.js";
import { LONGEST_MILLISECONDS } from "../live/due-timer.js";
import { Gate } from "../live/http/access.js";
import { readControlAction } from "../live/http/control.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { type Endpoints, type Listening, serveEndpoints } from "../live/http/endpoints.js";
import { latenessOf } from "../live/lateness.js";
import { ModelClock } from "../live/model-clock.js";
import type { ShareReport } from "../live/wire/messages.js";
import { acceptWebSockets, connectWebSocket } from "../live/wire/web-socket.js";
import { dispatchersOfServers } from "../model/graphs/shares.js";
import { randomStream } from "../model/random.js";
import { FleetTimes, jobsTimed } from "../model/statistics/job-times.js";
import type { ModelTime } from "../model/units.js";
import { viewQuality } from "../model/view-quality.js";
import { policyFor } from "../policies/once-per-slot.js";
import { Admissions } from "./connections/admissions.js";
import { Controls, type ControlsOptions } from "./connections/controls.js";
import { ObserverLink } from "./connections/observer-link.js";
import { attend } from "./connections/peers.js";
import { type OnLoss, Switchboard } from "./connections/switchboard.js";
import { Dispatcher, policyStream } from "./core/dispatcher.js";
import { RecordingDispatcher } from "./core/recording-dispatcher.js";
import { type SharedFleet, sharedFleetOf } from "./core/shared-fleet.js";
import { CurrentEvidence } from "./observation/current-evidence.js";
import { EventLogFile } from "./observation/event-log-file.js";
import { PageFeed } from "./observation/page-feed.js";
import { describeRun } from "./observation/run-description.js";
import { runState } from "./observation/run-state.js";
import { RunWatch } from "./observation/run-watch.js";

export interface DispatcherProcessOptions
  extends Required<Pick<RunOptions, "warmUpTime" | "measuringTime" | "familyConfidence" | "looks" | "within">> {
  readonly experiment: Experiment;
  /** Those of its parameters that were set, with the contents of files. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Names by which others reach it. */
  readonly publicHost: readonly string[];
  /** Token required to connect; undefined for none. */
  readonly token: string | undefined;
  readonly tls: Listening["tls"];
  readonly timeUnitSeconds: number;
  /** Wall-clock time between reports of a server node. */
  readonly reportSeconds: number;
  readonly onLoss: OnLoss;
  /** Wall-clock time between heartbeats; a process that misses three is considered lost. */
  readonly heartbeatSeconds: number;
  readonly mostInFlight: number;
  /** Set if clients may control the system. */
  readonly control: Pick<ControlsOptions, "request"> | undefined;
  /** File for the event log; undefined for none. */
  readonly record: string | undefined;
  /** Its number among several dispatchers, of which the first, 0, measures them all. */
  readonly number: number;
  /** URL of the first dispatcher. */
  readonly firstUrl: string;
  log(message: string): void;
}

/** A process that misses this many heartbeats is considered lost. */
const BEATS_PER_LEASE = 3;
/** Longest time between checks of the leases and the job balance. */
const LONGEST_TICK_MILLISECONDS = 200;
/** Wall-clock time between updates of the page. */
const PAGE_MILLISECONDS = 250;

/** Any positive delay: the predictions for it are cached and used for all. */
const EXPECTED_MESSAGE_DELAY: ModelTime = 0.05;

/** The dispatcher in wall-clock time: one port for server nodes, load generators, metrics and state. */
export class DispatcherProcess {
  private readonly clock: ModelClock;
  private readonly dispatcher: Dispatcher;
  /** What is measured: this dispatcher, or all of several. */
  private readonly fleet: FleetView & { readonly inFlight: number };
  private readonly measured: SharedFleet | undefined;
  /** The connection to the first dispatcher, of the others. */
  private readonly first: ObserverLink | undefined;
  private readonly log: EventLogFile | undefined;
  private readonly run: Run;
  private readonly switchboard: Switchboard;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  /** Undefined if the system cannot be controlled. */
  private readonly controls: Controls | undefined;
  private readonly gate: Gate;
  private readonly timers: NodeJS.Timeout[] = [];
  private stopSockets = (): void => undefined;
  private readonly evidence: CurrentEvidence;

  constructor(private readonly options: DispatcherProcessOptions) {
    const { seed, number } = options;
    const { division, timeout, timesApart } = options.experiment.system;
    const times = new FleetTimes(timesApart);
    const experiment = number === 0 ? options.experiment : shareOf(options.experiment);
    this.gate = new Gate(options.host, options.token, () => performance.now() / 1000, options.publicHost);
    this.clock = new ModelClock(options.timeUnitSeconds);
    const policy = policyFor(experiment.system);
    const random = randomStream(seed, policyStream(division === undefined ? undefined : number));
    this.log =
      options.record === undefined
        ? undefined
        : new EventLogFile(options.record, { ...options, experiment }, (why) => this.recordingFailed(why));
    this.dispatcher =
      this.log === undefined
        ? new Dispatcher(policy, random, division?.views, timeout, times, number)
        : new RecordingDispatcher(policy, random, this.log.add, division?.views, timeout, times, number);
    if (division !== undefined && number === 0) this.measured = sharedFleetOf(experiment.system, seed, this.dispatcher);
    this.fleet = this.measured ?? this.dispatcher;
    const epochTime = Math.max(EPOCH_TIME, options.reportSeconds / options.timeUnitSeconds);
    this.run = new Run(experiment, { ...options, epochTime, delaysAreGiven: number > 0 });
    this.evidence = new CurrentEvidence(this.run);
    // Some predictions take seconds to compute: do so before there are jobs to delay.
    claimsOf(experiment, { messageDelay: EXPECTED_MESSAGE_DELAY, heldUpFraction: 0 });
    this.watch = new RunWatch(() => this.run.elapsed(this.clock.now()));
    this.switchboard = new Switchboard({
      ...options,
      dispatcher: this.dispatcher,
      run: this.run,
      clock: this.clock,
      watch: this.watch,
      measured: this.measured,
      neighbours: neighboursOf(experiment, number),
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
      fleet: this.fleet,
      state: () => this.state(),
      now: () => this.clock.now(),
      servers: () => this.switchboard.roster.numberedServers(),
      workload: () => this.controls?.workload ?? null,
    });
    const tickMilliseconds = Math.min(LONGEST_MILLISECONDS, Math.max(10, (1000 * this.clock.seconds(epochTime)) / 5));
    this.timers.push(setInterval(() => this.tickRun(), tickMilliseconds));
    if (number > 0) this.first = this.linkToFirst();
  }

  /** Whether the fleet was complete and the run has started. */
  get isReady(): boolean {
    return this.run.phase !== "waiting";
  }

  /** Starts listening. Returns the port. Throws UserError if it is taken. */
  async listen(): Promise<number> {
    const { dispatcherMetrics } = await import("./observation/metrics.js");
    const metrics = dispatcherMetrics({
      fleet: this.fleet,
      classes: describeRun(this.options.experiment).system.classes,
      jobs: jobsTimed(this.options.experiment.system.timesApart),
      events: this.watch.events,
      state: () => this.state(),
      now: () => this.clock.now(),
    });
    const admissions = this.admissions();
    const endpoints: Endpoints = {
      metrics: () => metrics.render(),
      ready: () => this.isReady,
      state: () => this.state(),
      events: (listener) => this.feed.subscribe(listener),
      control: this.controls === undefined ? null : (body) => this.act(body),
      join: (role, servers) => admissions.forRole(role, servers, performance.now() / 1000),
    };
    const listening = { ...this.options, gate: this.gate };
    const { server, port, strangers } = await serveEndpoints(this.options.port, endpoints, listening);
    this.stopSockets = acceptWebSockets(
      server,
      this.gate,
      (transport) => attend(transport, this.switchboard, this.clock, this.options.log),
      (socket) => strangers.recognise(socket),
    );
    const tickMilliseconds = Math.min(LONGEST_TICK_MILLISECONDS, 250 * this.options.heartbeatSeconds);
    this.timers.push(setInterval(() => this.switchboard.tick(), tickMilliseconds));
    this.timers.push(setInterval(() => this.feed.tick(), PAGE_MILLISECONDS));
    return port;
  }

  /** The run can no longer be replayed, and so is void; it goes on. */
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

  private admissions(): Admissions {
    const { experiment, seed, timeUnitSeconds } = this.options;
    const present = () => new Set(this.switchboard.roster.numberedServers().map(({ number }) => number));
    return new Admissions(experiment.system, ["--seed", seed, "--time-unit", `${timeUnitSeconds}s`], present);
  }

  /** Ticks between slots only; during a slot, the next tick will do. */
  private tickRun(): void {
    if (this.switchboard.isBetweenSlots) this.run.tick(this.clock.now(), this.fleet);
  }

  /** Closes every connection and stops listening. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.stopSockets();
    this.first?.stop();
    this.log?.close();
  }

  state(): DispatcherState {
    // A failed write makes the run void, which the state must show.
    this.log?.flush();
    return {
      ...runState(this.options, this.run, this.evidence, this.clock.now()),
      policy: this.dispatcher.policyName,
      information: this.information(),
      servers: {
        expected: this.options.experiment.system.servers,
        connected: this.switchboard.roster.connectedServers,
      },
      totals: { ...this.fleet.totals, inFlight: this.fleet.inFlight },
      poisonousJobs: this.switchboard.poisonousJobs,
      offences: this.switchboard.offences + this.gate.refused,
      schedule: this.switchboard.generators.schedule(),
      heldBackTime: Math.max(this.switchboard.backPressure.pausedTime, this.switchboard.others?.heldBackTime ?? 0),
      sojournTimeAtGenerator: this.sojournTimeAtGenerator(),
      lateness: latenessOf(this.switchboard.roster.nodes),
      nodes: [...this.switchboard.roster.nodes].map(({ name, servers, metricsUrl }) => ({
        name,
        servers: servers.length,
        metricsUrl: metricsUrl ?? null,
      })),
      ...this.amongSeveral(),
      ...this.thresholds(),
    };
  }

  /** What is only said of several dispatchers: which one this is, and how well they know the queues, if servers tell them. */
  private amongSeveral(): Pick<DispatcherState, "division" | "views"> {
    const { experiment, number } = this.options;
    const { division } = experiment.system;
    if (division === undefined) return {};
    const totals = (this.measured ?? this.dispatcher).viewTotals;
    const views = totals === undefined ? {} : { views: viewQuality(division.dispatchers, totals) };
    return { division: { ...division, number }, ...views };
  }

  private thresholds(): Pick<DispatcherState, "thresholds"> {
    const { thresholds } = this.fleet;
    return thresholds === undefined ? {} : { thresholds };
  }

  /** Connects to the first dispatcher, and reports to it as often as server nodes do. */
  private linkToFirst(): ObserverLink {
    const { firstUrl: url, token, number, log, reportSeconds } = this.options;
    const { clock } = this;
    const link = new ObserverLink(
      { ...{ url, clock, log }, connect: connectWebSocket(token), process: randomUUID() },
      number,
      (changes) => this.switchboard.manualChanges.make(changes),
    );
    this.timers.push(setInterval(() => link.report(this.share()), 1000 * reportSeconds));
    return link;
  }

  /** What the first dispatcher must know of this one. */
  private share(): ShareReport {
    const { totals, inFlight, information, viewTotals } = this.dispatcher;
    return {
      isReady: this.isReady,
      ...{ totals, inFlight, information: { ...information } },
      views: viewTotals ?? null,
      sojournTimes: this.watch.takeSojournTimes(),
      times: this.dispatcher.times.news(),
      heldBackTime: this.switchboard.backPressure.pausedTime,
      whyVoid: this.run.whyVoid() ?? null,
    };
  }

  private information(): DispatcherState["information"] {
    const { messages, bitsPerServer } = this.fleet.information;
    return { messages, bitsPerServer, learned: this.fleet.learned ?? null };
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

/** The experiment of a dispatcher that another one measures. */
function shareOf(experiment: Experiment): Experiment {
  return { ...experiment, quantities: [], measure: () => new ShareMeasurement(), predict: () => new Map() };
}

/** The servers that one of several dispatchers may send jobs to, on a graph; undefined for all. */
function neighboursOf({ system: { graph, division } }: Experiment, number: number): ReadonlySet<number> | undefined {
  if (graph === undefined || division === undefined) return undefined;
  const dispatchers = dispatchersOfServers(graph, division.dispatchers);
  return new Set([...dispatchers.keys()].filter((server) => dispatchers[server].includes(number)));
}

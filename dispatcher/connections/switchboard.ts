import type { Run } from "../../experiments/run.js";
import type { Division } from "../../experiments/scenario.js";
import type { Clock } from "../../live/clock.js";
import type { Channel } from "../../live/wire/channel.js";
import type {
  FromLoadGenerator,
  FromServerNode,
  LoadGeneratorHello,
  ServerNodeHello,
} from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import { keyOf } from "../../model/job-label.js";
import type { ModelTime, Work } from "../../model/units.js";
import { BLOCKED, type Dispatcher } from "../core/dispatcher.js";
import type { RunWatch } from "../observation/run-watch.js";
import { BackPressure } from "./back-pressure.js";
import { DispatcherRoster } from "./dispatcher-roster.js";
import { EndToEndAcknowledgements } from "./end-to-end-acknowledgements.js";
import { type GeneratorConnection, GeneratorRoster } from "./generator-roster.js";
import { JobOrigins, tell } from "./job-origins.js";
import { ManualChanges } from "./manual-changes.js";
import { endGreediest } from "./memory-limit.js";
import { type NodeConnection, NodeRoster } from "./node-roster.js";
import { PeerSessions, type PeerSessionsOptions } from "./peer-sessions.js";
import { ServerRecords } from "./server-records.js";
import { SlotBarrier } from "./slot-barrier.js";
import { giveThresholds, passOnThreshold } from "./thresholds.js";
import { ToldNews, type ToldNewsOptions } from "./told-news.js";

/** What happens to the jobs of a lost server: they are sent to other servers, or are lost with it. */
export const ON_LOSS = ["requeue", "lose"] as const;
export type OnLoss = (typeof ON_LOSS)[number];

export interface SwitchboardOptions extends PeerSessionsOptions, ToldNewsOptions {
  readonly dispatcher: Dispatcher;
  readonly run: Run;
  readonly clock: Clock;
  readonly watch: RunWatch;
  readonly onLoss: OnLoss;
  /** The dispatcher's, from 0. */
  readonly number: number;
  /** Most jobs in flight; further ones are blocked, so that memory is bounded at any offered load. */
  readonly mostInFlight: number;
  log(message: string): void;
}

interface SubmittedJob {
  readonly generator: GeneratorConnection;
  readonly job: number;
  readonly work: Work;
}

/**
 * Connects peers with the pure dispatcher: turns messages into events and decisions into messages, and ensures that every job
 * ends exactly once, whichever processes leave and come back.
 */
export class Switchboard {
  readonly roster: NodeRoster;
  readonly generators: GeneratorRoster;
  /** The other dispatchers, if this one measures several. */
  readonly others: DispatcherRoster | undefined;
  /** Connections closed because the peer broke the protocol. */
  offences = 0;
  /** Jobs that were lost because servers died on them, one after the other. */
  poisonousJobs = 0;
  readonly backPressure: BackPressure;
  readonly manualChanges: ManualChanges;
  private readonly sessions: PeerSessions;
  private readonly news: ToldNews;
  /** Set if other dispatchers share the servers. */
  private readonly division: Division | undefined;
  private readonly origins: JobOrigins;
  private readonly acknowledgements = new EndToEndAcknowledgements();
  /** Set in slotted time. */
  private readonly slots: SlotBarrier<SubmittedJob, NodeConnection> | undefined;
  /** What servers tell. */
  readonly serverRecords: ServerRecords;
  /** Arrival time of the frame being read. */
  private now: ModelTime = 0;

  constructor(private readonly options: SwitchboardOptions) {
    const { run, clock, watch, dispatcher } = options;
    dispatcher.onSend = (server, origin, job, work) => this.assign(server, origin, job, work);
    dispatcher.onProbe = (server) => this.probe(server);
    dispatcher.fleet.onThreshold = (serverClass, threshold) =>
      passOnThreshold(this.roster.nodes, dispatcher, serverClass, threshold);
    if (run.experiment.system.slots !== undefined) {
      this.slots = new SlotBarrier({
        jobs: () => dispatcher.inFlight,
        route: ({ generator, job, work }, taskType) => this.route(generator, job, work, taskType),
        nodes: () => this.roster.nodes,
        endSlot: ({ session }, slot) => session.records().slot(slot),
      });
      dispatcher.slots = this.slots.totals;
    }
    this.sessions = new PeerSessions(options);
    this.news = new ToldNews(dispatcher, options);
    this.generators = new GeneratorRoster(run, watch, this.sessions, clock.timeUnitSeconds);
    this.origins = new JobOrigins(dispatcher, this.generators);
    this.division = run.experiment.system.division;
    if (this.division !== undefined && options.measured !== undefined)
      this.others = new DispatcherRoster(this.division.dispatchers, options.measured, run, watch, this.sessions, () =>
        this.startWhenComplete(),
      );
    this.roster = new NodeRoster({
      ...options,
      sessions: this.sessions,
      now: () => clock.now(),
      parted: (node) => this.news.lost(clock.now(), node),
      moveJobs: (server) => this.moveJobs(server),
      needsOthers: options.onLoss === "requeue",
      measuresAll: options.measured !== undefined,
    });
    const { roster, news, others, origins } = this;
    const checkBalance = (imbalance: string | undefined): void => this.checkBalance(imbalance);
    this.serverRecords = new ServerRecords({ ...options, roster, origins, news, checkBalance }, () => this.now);
    const { measured } = options;
    const { system } = run.experiment;
    this.manualChanges = new ManualChanges({ system, dispatcher, clock, roster, news, measured, others });
    this.backPressure = new BackPressure(
      clock,
      () => this.roster.nodes,
      () => this.generators.present,
      (paused) => this.generatorsPaused(paused),
    );
  }

  /** Whether the queue lengths are those between two slots; always true if time is not slotted. */
  get isBetweenSlots(): boolean {
    return this.slots?.isBetweenSlots ?? true;
  }

  /** Handles a server node's hello. Throws PeerError if its servers cannot be part of this fleet. */
  nodeJoined(hello: ServerNodeHello, channel: Channel): NodeConnection {
    const { node, resumed } = this.roster.joined(hello, channel);
    // Its jobs from this dispatcher were moved when its lease ended; those from another dispatcher are still its own.
    if (!resumed && !this.sessions.isThis(hello.session.dispatcher)) {
      for (const [index, { holds }] of hello.servers.entries())
        for (const [originId, job] of holds) this.adopt(node.servers[index], originId, job);
      for (const [originId, job, time] of hello.finished) this.origins.endedBefore(originId, job, time);
    }
    if (!resumed) {
      giveThresholds(node, this.options.dispatcher);
      if (this.division !== undefined) this.news.ask(node);
    }
    this.roster.settle();
    this.startWhenComplete();
    return node;
  }

  nodeLeft(node: NodeConnection, channel: Channel, reason: string, offence: boolean): void {
    this.roster.left(node, channel, reason, offence);
  }

  fromNode(node: NodeConnection, message: FromServerNode): void {
    switch (message.type) {
      case "beat":
        this.sessions.beat(node, message.received, this.acknowledgements.settled(node.session));
        break;
      case "received":
        node.session.acknowledge(message.frames);
        break;
      case "lateness": {
        const { deliveries, totalSeconds, maxSeconds } = message;
        node.lateness = { deliveries, totalSeconds, maxSeconds };
        break;
      }
      case "draining":
        this.roster.drain(node);
        node.session.flush();
        node.channel?.send({ type: "drained" });
    }
  }

  /** A frame has arrived: its records are events of this moment. */
  frameArrived(): void {
    this.now = this.options.clock.now();
  }

  generatorJoined(hello: LoadGeneratorHello, channel: Channel): GeneratorConnection {
    const generator = this.generators.joined(hello, channel);
    if (this.options.run.phase !== "waiting") channel.send({ type: "start" });
    else this.startWhenComplete();
    if (this.backPressure.paused) channel.pause();
    return generator;
  }

  generatorLeft(generator: GeneratorConnection, channel: Channel, reason: string, offence: boolean): void {
    this.generators.left(generator, channel, reason, offence);
  }

  submitted(generator: GeneratorConnection, job: number, taskType: number, work: Work): void {
    const { dispatcher, run, mostInFlight } = this.options;
    if (run.phase === "waiting") throw new PeerError("sends a job before it was told to start");
    const { graph } = run.experiment.system;
    if (graph !== undefined && keyOf(taskType) >= graph.taskTypes)
      throw new PeerError(`sends a job of type ${keyOf(taskType)}: the types are 0 to ${graph.taskTypes - 1}`);
    generator.submitted++;
    if (dispatcher.inFlight + (this.slots?.waitingJobs ?? 0) >= mostInFlight) {
      dispatcher.block(work);
      run.fault(`${mostInFlight} jobs were in flight, and new ones were blocked; lower the arrival rate`);
      tell(generator, job, "blocked");
      return;
    }
    if (this.slots === undefined) this.route(generator, job, work, taskType);
    else this.slots.submitted({ generator, job, work }, taskType);
  }

  /** A node has served a slot. */
  served(node: NodeConnection, slot: number, unused: number): void {
    if (this.slots === undefined) throw new PeerError("reports service in a slot, but time is not slotted");
    this.slots.served(node, slot, unused);
  }

  private route(generator: GeneratorConnection, job: number, work: Work, taskType: number): void {
    const server = this.options.dispatcher.submit(this.now, generator.origin, job, taskType, work);
    if (server === BLOCKED) tell(generator, job, "blocked");
  }

  /** A job that was sent to an earlier dispatcher. It is or was at a server; otherwise it is treated as new. */
  resubmitted(generator: GeneratorConnection, job: number, taskType: number, work: Work): void {
    if (!this.origins.claimed(generator, job, taskType, work)) this.submitted(generator, job, taskType, work);
  }

  fromGenerator(generator: GeneratorConnection, message: FromLoadGenerator): void {
    switch (message.type) {
      case "beat":
        this.sessions.beat(generator, message.received, 0);
        break;
      case "received":
        generator.session.acknowledge(message.frames);
        break;
      case "schedule":
        generator.schedule = message;
        this.checkBalance(this.generators.imbalance(generator, message));
        // Of several dispatchers the first judges how the generator keeps its schedule, which all are told.
        if (this.division === undefined || this.options.measured !== undefined)
          this.options.run.observeSchedule(this.generators.schedule());
    }
  }

  /** To be called several times per lease: ends expired leases, and checks the job balance. */
  tick(): void {
    this.roster.tick();
    if (!this.backPressure.paused) this.generators.tick();
    this.others?.tick();
    const sessions = (peers: Iterable<{ session: NodeConnection["session"] }>) => [...peers].map((p) => p.session);
    this.acknowledgements.update(sessions(this.roster.nodes), sessions(this.generators.all));
    this.checkBalance(this.options.dispatcher.imbalance());
    endGreediest([...this.roster.nodes, ...this.generators.all]);
  }

  /** Generators are paused or resumed: on resumption, their heartbeats sent in the meantime are yet to be read. */
  private generatorsPaused(paused: boolean): void {
    const { run, clock } = this.options;
    if (paused) run.fault("server nodes did not read as fast as jobs arrived; lower the arrival rate");
    else for (const generator of this.generators.present) generator.lastBeat = clock.now();
  }

  private checkBalance(imbalance: string | undefined): void {
    if (imbalance !== undefined) this.options.run.voidBecause(`the job balance is violated: ${imbalance}`);
  }

  private moveJobs(server: number): void {
    const { dispatcher, clock, onLoss } = this.options;
    const node = this.roster.address(server)?.node;
    if (node !== undefined) this.slots?.lost(node);
    while (dispatcher.jobsAt(server) > 0) {
      if (onLoss === "lose") dispatcher.lose(clock.now(), server);
      else if (dispatcher.isPoisonous(server)) this.losePoisonous(server);
      else if (dispatcher.requeue(clock.now(), server) !== BLOCKED) continue;
      this.origins.lost();
    }
  }

  private losePoisonous(server: number): void {
    const { dispatcher, clock, run, watch, log } = this.options;
    dispatcher.lose(clock.now(), server);
    this.poisonousJobs++;
    const { origin, job } = dispatcher.lastJob;
    const sender = this.generators.at(origin)?.name ?? "a load generator that is gone";
    const what = `two servers in a row died while they served job ${job} of ${sender}: it is lost`;
    log(what);
    watch.happened("fault", what);
    run.voidBecause(what);
  }

  private adopt(server: number, originId: number, job: number): void {
    const { dispatcher, clock } = this.options;
    dispatcher.adopt(clock.now(), server, this.generators.numberOf(originId), job);
    this.origins.held(server, originId, job);
  }

  /** Starts the run when every server of the scenario and a load generator are connected. */
  private startWhenComplete(): void {
    const { run, clock } = this.options;
    const { present } = this.generators;
    const hasAll = this.roster.connectedServers === run.experiment.system.servers && present.length > 0;
    const complete = hasAll && (this.others?.isComplete ?? true);
    if (run.phase !== "waiting" || !complete) return;
    run.start(clock.now());
    for (const generator of present) generator.channel?.send({ type: "start" });
  }

  private assign(server: number, origin: number, job: number, work: Work): void {
    const address = this.roster.address(server);
    if (address === undefined) return;
    const assignment = this.options.dispatcher.assignments(server);
    address.node.session.records().assign(address.index, assignment, this.generators.originId(origin), job, work);
  }

  private probe(server: number): void {
    const address = this.roster.address(server);
    address?.node.session.records().probe(address.index);
  }
}

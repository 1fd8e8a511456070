import type { Channel } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import type { FromLoadGenerator, FromServerNode, LoadGeneratorHello, ServerNodeHello } from "../live/messages.js";
import type { Outcome } from "../live/record-kinds.js";
import { PeerError } from "../model/errors.js";
import type { Standing } from "../model/standing.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import type { Run } from "../scenarios/run.js";
import { BackPressure } from "./back-pressure.js";
import { BLOCKED, type Dispatcher } from "./dispatcher.js";
import { type GeneratorConnection, GeneratorRoster } from "./generator-roster.js";
import { type NodeConnection, NodeRoster } from "./node-roster.js";
import { Reception, type ReceptionOptions } from "./reception.js";
import type { RunWatch } from "./run-watch.js";
import { Settlement } from "./settlement.js";
import { SlotBarrier } from "./slot-barrier.js";
import { SERVED_BEFORE, SERVED_HERE, UnclaimedJobs } from "./unclaimed-jobs.js";

/** What happens to the jobs of a server that is lost: they go to other servers, or are lost with it. */
export const ON_LOSS = ["requeue", "lose"] as const;
export type OnLoss = (typeof ON_LOSS)[number];

export interface SwitchboardOptions extends ReceptionOptions {
  readonly dispatcher: Dispatcher;
  readonly run: Run;
  readonly clock: Clock;
  readonly watch: RunWatch;
  readonly onLoss: OnLoss;
  /** Jobs in flight from which on new ones are blocked, so that memory is bounded whatever is offered. */
  readonly mostInFlight: number;
  log(message: string): void;
}

interface SubmittedJob {
  readonly generator: GeneratorConnection;
  readonly job: number;
  readonly work: Work;
}

/**
 * Connects peers and the pure dispatcher: turns messages into events and decisions into messages, and sees to it that
 * every job ends once, whoever goes away and comes back.
 */
export class Switchboard {
  readonly roster: NodeRoster;
  readonly generators: GeneratorRoster;
  /** Connections that were ended because the peer broke the protocol. */
  offences = 0;
  readonly backPressure: BackPressure;
  private readonly reception: Reception;
  private readonly unclaimed = new UnclaimedJobs();
  private readonly settlement = new Settlement();
  /** In slotted time. */
  private readonly slots: SlotBarrier<SubmittedJob, NodeConnection> | undefined;
  /** When the frame that is being read arrived. */
  private now: ModelTime = 0;

  constructor(private readonly options: SwitchboardOptions) {
    const { run, clock, watch, dispatcher } = options;
    dispatcher.fleet.onThreshold = (serverClass, threshold) => this.passOn(serverClass, threshold);
    if (run.experiment.system.slots !== undefined) {
      this.slots = new SlotBarrier({
        jobs: () => dispatcher.inFlight,
        route: ({ generator, job, work }, taskType) => this.route(generator, job, work, taskType),
        nodes: () => this.roster.nodes,
        endSlot: ({ session }, slot) => session.records().slot(slot),
      });
      dispatcher.slots = this.slots.totals;
    }
    this.reception = new Reception(options);
    this.generators = new GeneratorRoster(run, watch, this.reception, clock.timeUnitSeconds);
    this.roster = new NodeRoster({
      ...options,
      reception: this.reception,
      now: () => clock.now(),
      moveJobs: (server) => this.moveJobs(server),
      needsOthers: options.onLoss === "requeue",
    });
    this.backPressure = new BackPressure(
      clock,
      () => this.roster.nodes,
      () => this.generators.present,
      (holds) => this.heldBack(holds),
    );
  }

  /** Whether the queues are as they are between two slots; always, where time is not slotted. */
  get isBetweenSlots(): boolean {
    return this.slots?.isBetweenSlots ?? true;
  }

  /** A server node says hello. Throws PeerError if its servers cannot be part of this fleet. */
  nodeJoined(hello: ServerNodeHello, channel: Channel): NodeConnection {
    const { node, resumed } = this.roster.joined(hello, channel);
    // What it holds for this dispatcher was given to others when its lease ended; for another one, it is still its own.
    if (!resumed && !this.reception.isThis(hello.session.dispatcher)) {
      for (const [index, { holds }] of hello.servers.entries())
        for (const [originId, job] of holds) this.adopt(node.servers[index], originId, job);
      for (const [originId, job] of hello.finished) this.unclaimed.put(originId, job, SERVED_BEFORE);
    }
    if (!resumed) this.giveThresholds(node);
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
        this.reception.beat(node, message.received, this.settlement.settled(node.session));
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

  completed(node: NodeConnection, index: number, assignment: number, timeAtServer: ModelTime): void {
    const { dispatcher, watch } = this.options;
    const server = serverOf(node, index);
    dispatcher.complete(this.now, server, assignment, timeAtServer);
    watch.jobCompleted(dispatcher.lastSojournTime);
    this.roster.trust(server);
    const { origin, job, work } = dispatcher.lastJob;
    if (Number.isNaN(work)) this.unclaimed.put(this.generators.originId(origin), job, SERVED_HERE);
    else this.tellOrigin("completed");
  }

  /** A server refuses a job: it goes to another. A server that fails its jobs fast must not attract more of them. */
  refused(node: NodeConnection, index: number, assignment: number): void {
    const { dispatcher, clock, run, watch } = this.options;
    const server = serverOf(node, index);
    if (!dispatcher.holds(server, assignment)) throw new PeerError(`refuses job ${assignment}, which it does not hold`);
    this.roster.refusedJob(server);
    const what = `server ${node.serverNumbers[index]} of ${node.name} refused a job`;
    watch.happened("fault", what);
    run.fault(`${what} while measuring`);
    this.sentElsewhere(dispatcher.refuse(clock.now(), server, assignment));
  }

  /** A server says where it stands to its threshold. */
  stood(node: NodeConnection, index: number, standing: Standing, threshold: number, accepted: number): void {
    this.options.dispatcher.reported(serverOf(node, index), standing, threshold, accepted);
  }

  reported(node: NodeConnection, index: number, totals: ServerTotals, rate: Rate): void {
    const { run, watch } = this.options;
    const server = serverOf(node, index);
    run.observeServer(server, totals, rate);
    watch.serverReported(server, totals, rate);
    this.checkBooks(this.roster.imbalance(node, index, totals));
  }

  generatorJoined(hello: LoadGeneratorHello, channel: Channel): GeneratorConnection {
    const generator = this.generators.joined(hello, channel);
    if (this.options.run.phase !== "waiting") channel.send({ type: "start" });
    else this.startWhenComplete();
    if (this.backPressure.holds) channel.pause();
    return generator;
  }

  generatorLeft(generator: GeneratorConnection, channel: Channel, reason: string, offence: boolean): void {
    this.generators.left(generator, channel, reason, offence);
  }

  submitted(generator: GeneratorConnection, job: number, taskType: number, work: Work): void {
    const { dispatcher, run, mostInFlight } = this.options;
    if (run.phase === "waiting") throw new PeerError("sends a job before it was told to start");
    generator.submitted++;
    if (dispatcher.inFlight + (this.slots?.waitingJobs ?? 0) >= mostInFlight) {
      dispatcher.block();
      run.fault(`${mostInFlight} jobs were in flight, and new ones were blocked; lower the arrival rate`);
      tell(generator, job, "blocked");
      return;
    }
    if (this.slots === undefined) this.route(generator, job, work, taskType);
    else this.slots.submitted({ generator, job, work }, taskType);
  }

  /** A node has served a slot. */
  served(node: NodeConnection, slot: number, unused: number): void {
    if (this.slots === undefined) throw new PeerError("speaks of a slot where time is not slotted");
    this.slots.served(node, slot, unused);
  }

  private route(generator: GeneratorConnection, job: number, work: Work, taskType: number): void {
    const server = this.options.dispatcher.submit(this.now, generator.origin, job, taskType, work);
    if (server === BLOCKED) tell(generator, job, "blocked");
    else this.assign(server, generator.origin, job, work);
  }

  /** A job that an earlier dispatcher was sent. It is with a server, or was; if not, it is a new one here. */
  resubmitted(generator: GeneratorConnection, job: number, taskType: number, work: Work): void {
    const { dispatcher } = this.options;
    const place = this.unclaimed.take(this.generators.originId(generator.origin), job);
    if (place === undefined) {
      this.submitted(generator, job, taskType, work);
      return;
    }
    generator.submitted++;
    dispatcher.totals.duplicates++;
    if (place >= 0) {
      dispatcher.claim(place, generator.origin, job, taskType, work);
      return;
    }
    if (place === SERVED_BEFORE) dispatcher.countCompleted();
    tell(generator, job, "completed");
  }

  fromGenerator(generator: GeneratorConnection, message: FromLoadGenerator): void {
    switch (message.type) {
      case "beat":
        this.reception.beat(generator, message.received, 0);
        break;
      case "received":
        generator.session.acknowledge(message.frames);
        break;
      case "schedule":
        generator.schedule = message;
        this.checkBooks(this.generators.imbalance(generator, message));
        this.options.run.observeSchedule(this.generators.schedule());
    }
  }

  /** To be called a few times in every lease: ends those whose time has come, and checks the books. */
  tick(): void {
    this.roster.tick();
    if (!this.backPressure.holds) this.generators.tick();
    const sessions = (peers: Iterable<{ session: NodeConnection["session"] }>) => [...peers].map((p) => p.session);
    this.settlement.look(sessions(this.roster.nodes), sessions(this.generators.all));
    this.checkBooks(this.options.dispatcher.imbalance());
  }

  /** Generators are held back, or read again: what they said in the meantime, that they live for one, is yet to be read. */
  private heldBack(holds: boolean): void {
    const { run, clock } = this.options;
    if (holds) run.fault("server nodes did not read as fast as jobs came for them; lower the arrival rate");
    else for (const generator of this.generators.present) generator.lastBeat = clock.now();
  }

  /** Tells the servers of a class their new threshold. */
  private passOn(serverClass: number, threshold: number): void {
    const { dispatcher } = this.options;
    for (const { servers, session } of this.roster.nodes) {
      for (const [index, server] of servers.entries())
        if (dispatcher.fleet.serverClass(server) === serverClass)
          session.records().threshold(index, threshold, dispatcher.heard(server));
    }
  }

  private giveThresholds({ servers, session }: NodeConnection): void {
    const { fleet } = this.options.dispatcher;
    for (const [index, server] of servers.entries()) {
      const threshold = fleet.threshold(fleet.serverClass(server));
      if (threshold !== undefined) session.records().threshold(index, threshold, 0);
    }
  }

  private checkBooks(imbalance: string | undefined): void {
    if (imbalance !== undefined) this.options.run.voidBecause(`the books do not balance: ${imbalance}`);
  }

  private moveJobs(server: number): void {
    const { dispatcher, clock, onLoss } = this.options;
    const node = this.roster.address(server)?.node;
    if (node !== undefined) this.slots?.lost(node);
    while (dispatcher.held(server) > 0) {
      if (onLoss === "requeue") this.sentElsewhere(dispatcher.requeue(clock.now(), server));
      else {
        dispatcher.lose(clock.now(), server);
        this.tellLost();
      }
    }
  }

  /** The dispatcher has found another server for a job, or none. */
  private sentElsewhere(server: number): void {
    const { origin, job, work } = this.options.dispatcher.lastJob;
    if (server === BLOCKED) this.tellLost();
    else this.assign(server, origin, job, work);
  }

  private tellLost(): void {
    const { origin, job, work } = this.options.dispatcher.lastJob;
    // A job that nobody has asked for yet is a new one when somebody does.
    if (Number.isNaN(work)) this.unclaimed.take(this.generators.originId(origin), job);
    else this.tellOrigin("lost");
  }

  private adopt(server: number, originId: number, job: number): void {
    const { dispatcher, clock } = this.options;
    dispatcher.adopt(clock.now(), server, this.generators.numberOf(originId), job);
    this.unclaimed.put(originId, job, server);
  }

  /** Time starts when every server of the scenario is here, and someone to send jobs. */
  private startWhenComplete(): void {
    const { run, clock } = this.options;
    const { present } = this.generators;
    const complete = this.roster.connectedServers === run.experiment.system.servers && present.length > 0;
    if (run.phase !== "waiting" || !complete) return;
    run.start(clock.now());
    for (const generator of present) generator.channel?.send({ type: "start" });
  }

  private assign(server: number, origin: number, job: number, work: Work): void {
    const address = this.roster.address(server);
    if (address === undefined) return;
    const assignment = this.options.dispatcher.assignments(server);
    address.node.session.records().assign(address.index, assignment, this.generators.originId(origin), job, work);
    this.options.dispatcher.dispatched();
  }

  private tellOrigin(outcome: Outcome): void {
    const { origin, job } = this.options.dispatcher.lastJob;
    const generator = this.generators.at(origin);
    if (generator !== undefined) tell(generator, job, outcome);
  }
}

function tell(generator: GeneratorConnection, job: number, outcome: Outcome): void {
  generator.ended++;
  generator.session.records().outcome(job, outcome);
}

function serverOf(node: NodeConnection, index: number): number {
  const server = node.servers[index];
  if (server === undefined)
    throw new PeerError(`speaks of server ${index} although it announced ${node.servers.length}`);
  return server;
}

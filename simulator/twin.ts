import { Dispatcher, policyStream } from "../dispatcher/core/dispatcher.js";
import { askedDelay } from "../experiments/delay-effect.js";
import type { Run } from "../experiments/run.js";
import { EPOCH_TIME, type FleetView, type SystemModel } from "../experiments/scenario.js";
import type { Generator } from "../load-generator/generator.js";
import { assert } from "../model/errors.js";
import { dispatchersOfServers, ownerOf } from "../model/graphs/shares.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { keyOf } from "../model/job-label.js";
import { type MessageDelay, NO_DELAY } from "../model/message-delay.js";
import { randomStream, uniformIndex } from "../model/random.js";
import { endsInOrder, serverModelOf } from "../model/server-model.js";
import type { Standing } from "../model/standing.js";
import { FleetTimes } from "../model/statistics/job-times.js";
import { noServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { ViewTotals } from "../model/view-quality.js";
import type { EmulatedServer } from "../server-node/emulated-server.js";
import { ProbedServers } from "../server-node/probed-servers.js";
import { rateControlFor } from "../server-node/rate-control/index.js";
import type { RateControl } from "../server-node/rate-control/rate-control.js";
import { serverFor } from "../server-node/server-for.js";
import { ThresholdWatch } from "../server-node/threshold-watch.js";
import { jobsOf } from "./jobs-of.js";
import { Links, lengthened } from "./links.js";
import { runSeed } from "./run-seed.js";
import { SharedServers } from "./shared-servers.js";
import type { Message } from "./transit.js";

/** Who observes the system and says when it has finished. */
export type Observer = Pick<Run, "phase" | "start" | "observeServer" | "tick">;

export interface TwinOptions {
  readonly system: SystemModel;
  readonly run: Observer;
  readonly seed: string;
  /** Replication number, 1 by default: others have the same servers and independent randomness. */
  readonly replication?: number;
  /** Delay of messages to servers. */
  readonly messageDelay?: MessageDelay | undefined;
  /** How much longer than the system says messages take, both ways; no longer if left out. */
  readonly moreDelay?: ModelTime | undefined;
  /** Delay of messages from servers; as `messageDelay` if left out. */
  readonly noticeDelay?: MessageDelay | undefined;
  /** A rate control to use instead of the model's. */
  readonly rateControl?: RateControl;
}

/** Kinds of messages, with what their numbers are. */
/** To a server: a job, as assignment and work. */
const ASSIGN = 0;
/** From a server: it has completed an assignment after a time there. */
const COMPLETE = 1;
/** From a server that other dispatchers have filled: it has no room for an assignment. */
const TURNED_AWAY = 2;
/** From a server: its queue length, and the last assignment that it has received, after the dispatcher of that. */
const NEWS = 3;
/** To a server: the threshold of its class, and the number of its reports received. */
const THRESHOLD = 4;
/** From a server: its standing to a threshold, and the jobs it has accepted. */
const STANDING = 5;
/** To a server: a probe. */
const PROBE = 6;
/** From a server: its jobs, and the latency of those that lately found so many. */
const ANSWER = 7;
/** From a server: it has abandoned an assignment after a time there. */
const ABANDONED = 8;

/**
 * The live system in virtual time: its dispatchers, servers, generator and measurement, driven by an event list instead of
 * sockets and clocks.
 */
export class Twin {
  readonly dispatchers: readonly Dispatcher[];
  readonly servers: EmulatedServer[];
  /** What is measured. */
  readonly view: FleetView;
  /** By server, for policies that set thresholds. */
  private readonly watches: ThresholdWatch[];
  private readonly probed = new ProbedServers();
  private readonly generator: Generator;
  private readonly run: Observer;
  private readonly dueTimes: IndexedHeap;
  private readonly links: Links;
  private readonly hasDelays: boolean;
  /** Set if several dispatchers share the servers. */
  private readonly shared: SharedServers | undefined;
  /** The dispatcher for a job of this type. */
  private readonly dispatcherFor: (taskType: number) => number;
  private now: ModelTime = 0;
  private nextObservation: ModelTime = EPOCH_TIME;
  private readonly totals = noServerTotals();

  constructor(options: TwinOptions) {
    const { system, run, seed, replication = 1 } = options;
    const asked = lengthened(system.delayBetween ?? system.delay ?? NO_DELAY, options.moreDelay ?? 0);
    const { messageDelay = asked, noticeDelay = messageDelay } = options;
    const ownSeed = runSeed(seed, replication);
    const count = system.division?.dispatchers ?? 1;
    this.run = run;
    this.hasDelays = [messageDelay, noticeDelay].some((delay) => typeof delay === "function" || delay.law !== "none");
    const delays = randomStream(ownSeed, "message-delays");
    this.links = new Links(system.servers, count, messageDelay, noticeDelay, delays, this.receive);
    const times = new FleetTimes(system.timesApart);
    this.dispatchers = Array.from({ length: count }, (_, number) => {
      const stream = policyStream(count === 1 ? undefined : number);
      const random = randomStream(ownSeed, stream);
      const { policy, division, timeout } = system;
      const dispatcher = new Dispatcher(policy, random, division?.views, timeout, times, number);
      dispatcher.onSend = (server, _origin, _job, work) =>
        this.links.toServers.send(this.now, ASSIGN, number, server, dispatcher.assignments(server), work);
      dispatcher.onProbe = (server) => this.links.toServers.send(this.now, PROBE, number, server, 0, 0);
      return dispatcher;
    });
    const dispatchersOf = this.dispatchersOf(system);
    const control = options.rateControl ?? rateControlFor(system.server.rateControl);
    const rates = Array.from({ length: system.servers }, (_, i) => initialRate(system.server.initialRates, seed, i));
    this.servers = rates.map((rate, index) => {
      for (const number of dispatchersOf?.[index] ?? [0]) this.join(number, index, rate, system);
      return serverFor(serverModelOf(system, index), control, rate, 0, randomStream(ownSeed, `services/${index}`));
    });
    this.generator = jobsOf(system, ownSeed);
    this.dispatcherFor = divider(system, ownSeed);
    this.watches = this.servers.map(() => new ThresholdWatch());
    this.dueTimes = new IndexedHeap(system.servers);
    if (dispatchersOf !== undefined) this.shared = this.share(system, rates, dispatchersOf, ownSeed);
    this.view = this.shared?.fleet ?? this.dispatchers[0];
    this.giveThresholds();
    this.shared?.start();
    run.start(0);
  }

  /** The dispatcher, if it is the only one. */
  get dispatcher(): Dispatcher {
    assert(this.shared === undefined, "there is one dispatcher");
    return this.dispatchers[0];
  }

  get policyName(): string {
    return this.dispatchers[0].policyName;
  }

  /** Jobs sent that have not ended. */
  get inFlight(): number {
    return this.shared?.fleet.inFlight ?? this.dispatchers[0].inFlight;
  }

  /** How well several dispatchers know the queues, if servers tell them. */
  get viewTotals(): ViewTotals | undefined {
    return this.shared?.fleet.viewTotals;
  }

  /** Runs until the run is finished. */
  finish(): void {
    while (this.run.phase !== "finished") this.next();
  }

  /** Handles the next event. */
  next(): void {
    const arrival = this.generator.nextArrivalTime;
    const due = this.dueTimes.firstKey;
    const message = this.links.nextTime;
    const earliest = Math.min(arrival, due, message, this.nextObservation);
    this.now = earliest;
    if (earliest === due) this.complete();
    else if (earliest === message) this.links.deliver();
    else if (earliest === arrival) this.arrive(arrival);
    else this.observe();
  }

  /** A server fails: it accepts no more jobs, and its jobs are requeued. There must be no message delays. */
  kill(server: number): void {
    const { dispatcher, now } = this;
    assert(!this.hasDelays, "no message is in transit");
    dispatcher.fleet.leave(server);
    this.servers[server].dropAll(now);
    this.probed.dropped(server);
    this.dueTimes.set(server, Number.POSITIVE_INFINITY);
    while (dispatcher.jobsAt(server) > 0) dispatcher.requeue(now, server);
  }

  private arrive(now: ModelTime): void {
    const job = this.generator.count;
    const work = this.generator.take();
    const { taskType } = this.generator;
    this.dispatchers[this.dispatcherFor(taskType)].submit(now, 0, job, taskType, work);
  }

  private join(dispatcher: number, server: number, rate: Rate, system: SystemModel): void {
    const model = serverModelOf(system, server);
    const serverClass = system.classOf(server);
    const number = system.division === undefined ? undefined : server;
    this.dispatchers[dispatcher].join({
      ...{ buffer: model.buffer, rate, serverClass, inOrder: endsInOrder(model), number },
      askedDelay: askedDelay(system, dispatcher, server),
    });
  }

  /** The dispatchers of each server, if there are several. */
  private dispatchersOf({ division, graph, servers }: SystemModel): (readonly number[])[] | undefined {
    if (division === undefined) return undefined;
    if (graph !== undefined) return dispatchersOfServers(graph, division.dispatchers);
    const all = [...this.dispatchers.keys()];
    return Array.from({ length: servers }, () => all);
  }

  private share(
    { classOf }: SystemModel,
    rates: readonly Rate[],
    dispatchersOf: readonly (readonly number[])[],
    seed: string,
  ): SharedServers {
    const { links } = this;
    return new SharedServers({
      servers: rates.map((rate, server) => ({ rate, serverClass: classOf(server) })),
      dispatchers: this.dispatchers,
      dispatchersOf,
      random: randomStream(seed, "tokens"),
      send: {
        toOne: (server, to, queueLength, from, assignment) =>
          links.fromServers.send(this.now, NEWS, to, server, queueLength, from, assignment),
        toAll: (server, queueLength, from, assignment) =>
          links.fromServers.sendToAll(this.now, NEWS, dispatchersOf[server], server, queueLength, from, assignment),
      },
    });
  }

  /** Passes on the thresholds that the policy has set, and those it sets from now on. */
  private giveThresholds(): void {
    const [dispatcher] = this.dispatchers;
    const { fleet } = dispatcher;
    for (const server of this.servers.keys()) {
      const threshold = fleet.threshold(fleet.serverClass(server));
      if (threshold !== undefined) this.moved(0, server, threshold, 0);
    }
    fleet.onThreshold = (serverClass, threshold) => {
      for (const server of this.servers.keys()) {
        if (fleet.serverClass(server) !== serverClass) continue;
        this.links.toServers.send(this.now, THRESHOLD, 0, server, threshold, dispatcher.heard(server));
      }
    };
  }

  private complete(): void {
    const server = this.dueTimes.first;
    const now = this.dueTimes.firstKey;
    const emulated = this.servers[server];
    const timeAtServer = emulated.completeNext();
    this.dueTimes.set(server, emulated.dueTime);
    const kind = emulated.lastWasAbandoned ? ABANDONED : COMPLETE;
    this.probed.completed(server, emulated.lastCompleted, timeAtServer);
    if (this.shared !== undefined) {
      const { origin, job } = this.shared.take(server, emulated.lastCompleted);
      this.links.fromServers.send(now, kind, origin, server, job, timeAtServer);
      this.shared.left(now, server, emulated.queueLength);
      return;
    }
    this.links.fromServers.send(now, kind, 0, server, emulated.lastCompleted, timeAtServer);
    if (this.watches[server].completed()) this.reportStanding(now, server);
  }

  /** A server hears of the threshold of its class, and how many of its reports were heard. */
  private moved(now: ModelTime, server: number, threshold: number, heard: number): void {
    if (this.watches[server].moved(threshold, heard)) this.reportStanding(now, server);
  }

  private reportStanding(now: ModelTime, server: number): void {
    const { standing, threshold } = this.watches[server];
    this.links.fromServers.send(now, STANDING, 0, server, standing, threshold, this.servers[server].accepted);
  }

  private readonly receive = (message: Readonly<Message>): void => {
    const { now } = this;
    const { kind, dispatcher, server, sentAt, first, second, third } = message;
    switch (kind) {
      case ASSIGN:
        this.accept(now, dispatcher, server, first, second);
        break;
      case COMPLETE:
        this.dispatchers[dispatcher].complete(now, server, first, second);
        break;
      case ABANDONED:
        this.dispatchers[dispatcher].abandoned(now, server, first, second);
        break;
      case TURNED_AWAY:
        this.dispatchers[dispatcher].turnedAway(now, server, first);
        this.shared?.knows(dispatcher, server, first);
        break;
      case NEWS:
        this.shared?.hear(dispatcher, server, first, second, third, now - sentAt);
        break;
      case THRESHOLD:
        this.moved(now, server, first, second);
        break;
      case STANDING:
        this.dispatchers[dispatcher].reported(server, first as Standing, second, third);
        break;
      case PROBE:
        this.answer(now, dispatcher, server);
        break;
      case ANSWER:
        this.dispatchers[dispatcher].answered(now, server, first, second);
    }
  };

  private accept(now: ModelTime, dispatcher: number, server: number, assignment: number, work: number): void {
    const emulated = this.servers[server];
    const isAccepted = emulated.accept(now, work);
    if (!isAccepted) {
      this.shared?.turnedAway(server, dispatcher, assignment);
      this.links.fromServers.send(now, TURNED_AWAY, dispatcher, server, assignment, 0);
      return;
    }
    this.dueTimes.set(server, emulated.dueTime);
    this.probed.accepted(server, emulated.accepted, emulated.queueLength - 1);
    if (this.shared !== undefined) this.shared.accepted(now, server, emulated.queueLength, dispatcher, assignment);
    else if (this.watches[server].accepted()) this.reportStanding(now, server);
  }

  private answer(now: ModelTime, dispatcher: number, server: number): void {
    const jobs = this.servers[server].queueLength;
    this.links.fromServers.send(now, ANSWER, dispatcher, server, jobs, this.probed.probed(server, jobs));
  }

  private observe(): void {
    const now = this.nextObservation;
    for (const [index, server] of this.servers.entries()) {
      server.observe(now, this.totals);
      this.run.observeServer(index, this.totals, server.rateAt(now));
    }
    this.run.tick(now, this.view);
    this.nextObservation = now + EPOCH_TIME;
  }
}

/** Divides jobs among dispatchers: by their types on a graph, else at random. */
function divider({ division, graph }: SystemModel, seed: string): (taskType: number) => number {
  if (division === undefined) return () => 0;
  const { dispatchers } = division;
  if (graph !== undefined) return (label) => ownerOf(keyOf(label), graph.taskTypes, dispatchers);
  const random = randomStream(seed, "dispatchers");
  return () => uniformIndex(random, dispatchers);
}

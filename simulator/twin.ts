import { BLOCKED, Dispatcher } from "../dispatcher/dispatcher.js";
import type { ArrivalProcess } from "../load-generator/arrivals/arrival-process.js";
import { poissonArrivals } from "../load-generator/arrivals/poisson.js";
import { scheduledArrivals } from "../load-generator/arrivals/scheduled.js";
import { Generator, randomTypes } from "../load-generator/generator.js";
import { rateScheduleNamed } from "../load-generator/workload.js";
import { assert } from "../model/errors.js";
import { EventQueue } from "../model/event-queue.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { type RandomStream, randomStream } from "../model/random.js";
import type { Standing } from "../model/standing.js";
import { noServerTotals } from "../model/totals.js";
import type { ModelTime, Work } from "../model/units.js";
import type { Run } from "../scenarios/run.js";
import { EPOCH_TIME, type SystemModel } from "../scenarios/scenario.js";
import type { EmulatedServer } from "../server-node/emulated-server.js";
import { rateControlFor } from "../server-node/rate-control/index.js";
import type { RateControl } from "../server-node/rate-control/rate-control.js";
import { serverFor } from "../server-node/server-for.js";
import { ThresholdWatch } from "../server-node/threshold-watch.js";
import { drawDelay, type MessageDelay } from "./message-delay.js";

export interface TwinOptions {
  readonly system: SystemModel;
  readonly run: Run;
  readonly seed: string;
  /** 1 unless this is another run of the very same servers, with chance of its own. */
  readonly replication?: number;
  /** Of a job on its way to its server. */
  readonly messageDelay?: MessageDelay;
  /** Of the news that it is complete; as `messageDelay` if left out. */
  readonly noticeDelay?: MessageDelay | undefined;
  /** A rate control to put in the place of the model's. */
  readonly rateControl?: RateControl;
}

type Message =
  | { readonly kind: "assign"; readonly server: number; readonly work: Work }
  | {
      readonly kind: "complete";
      readonly server: number;
      readonly assignment: number;
      readonly timeAtServer: ModelTime;
    }
  | { readonly kind: "threshold"; readonly server: number; readonly threshold: number; readonly heard: number }
  | {
      readonly kind: "standing";
      readonly server: number;
      readonly standing: Standing;
      readonly threshold: number;
      readonly accepted: number;
    };

/**
 * The live system in virtual time: the very dispatcher, servers, generator and measurement, driven by an event list
 * instead of sockets and clocks.
 */
export class Twin {
  readonly dispatcher: Dispatcher;
  readonly servers: EmulatedServer[];
  /** Of each server, for policies that give thresholds. */
  private readonly watches: ThresholdWatch[];
  private readonly generator: Generator;
  private readonly run: Run;
  private readonly dueTimes: IndexedHeap;
  private readonly messages = new EventQueue<Message>();
  private readonly delays: RandomStream;
  private readonly messageDelay: MessageDelay;
  private readonly noticeDelay: MessageDelay;
  /** When the last message to and from each server arrives: one connection keeps their order. */
  private readonly lastToServer: Float64Array;
  private readonly lastFromServer: Float64Array;
  private now: ModelTime = 0;
  private nextLook: ModelTime = EPOCH_TIME;
  private readonly totals = noServerTotals();

  constructor(options: TwinOptions) {
    const { system, run, seed, replication = 1, messageDelay = { law: "none" }, rateControl } = options;
    const { server } = system;
    const chance = replication === 1 ? seed : `${seed}/replication-${replication}`;
    const control = rateControl ?? rateControlFor(server.rateControl);
    this.run = run;
    this.messageDelay = messageDelay;
    this.noticeDelay = options.noticeDelay ?? messageDelay;
    this.dispatcher = new Dispatcher(system.policy, randomStream(chance, "policy"));
    this.servers = Array.from({ length: system.servers }, (_, index) => {
      const rate = initialRate(server.initialRates, seed, index);
      this.dispatcher.join(server.buffer, rate, system.classOf(index), server.discipline === "fifo");
      return serverFor(server, control, rate, 0, randomStream(chance, `services/${index}`));
    });
    const arrivals = arrivalsOf(system, randomStream(chance, "arrivals"));
    const works = exponentialJobSizes.sequence(randomStream(chance, "works"));
    const types = randomTypes(system.graph?.taskTypes ?? 1, chance);
    this.generator = new Generator(arrivals, works, 0, system.backlog, types);
    this.watches = this.servers.map(() => new ThresholdWatch());
    this.dueTimes = new IndexedHeap(system.servers);
    this.delays = randomStream(chance, "message-delays");
    this.lastToServer = new Float64Array(system.servers);
    this.lastFromServer = new Float64Array(system.servers);
    this.giveThresholds();
    run.start(0);
  }

  /** Runs until the run is finished. */
  finish(): void {
    while (this.run.phase !== "finished") this.next();
  }

  /** Handles the next event. */
  next(): void {
    const arrival = this.generator.nextArrivalTime;
    const due = this.dueTimes.firstKey;
    const message = this.messages.nextTime;
    const earliest = Math.min(arrival, due, message, this.nextLook);
    this.now = earliest;
    if (earliest === due) this.complete();
    else if (earliest === message) this.deliver(message);
    else if (earliest === arrival) this.arrive(arrival);
    else this.look();
  }

  /** A server dies at this moment: it takes no jobs any more, and those it holds go to others. Messages must take no time. */
  kill(server: number): void {
    const { dispatcher, now } = this;
    assert(this.messageDelay.law === "none" && this.noticeDelay.law === "none", "no message is on its way to the dead");
    dispatcher.fleet.leave(server);
    this.servers[server].abandon(now);
    this.dueTimes.set(server, Number.POSITIVE_INFINITY);
    while (dispatcher.held(server) > 0) {
      const other = dispatcher.requeue(now, server);
      if (other !== BLOCKED) this.sendTo(now, { kind: "assign", server: other, work: dispatcher.lastJob.work });
    }
  }

  private arrive(now: ModelTime): void {
    const job = this.generator.count;
    const work = this.generator.take();
    const server = this.dispatcher.submit(now, 0, job, this.generator.taskType, work);
    if (server === BLOCKED) return;
    this.sendTo(now, { kind: "assign", server, work });
    this.dispatcher.dispatched();
  }

  /** Passes on the thresholds that the policy has given, and gives from now on. */
  private giveThresholds(): void {
    const { fleet } = this.dispatcher;
    for (const server of this.servers.keys()) {
      const threshold = fleet.threshold(fleet.serverClass(server));
      if (threshold !== undefined) this.receive(0, { kind: "threshold", server, threshold, heard: 0 });
    }
    fleet.onThreshold = (serverClass, threshold) => {
      for (const server of this.servers.keys()) {
        if (fleet.serverClass(server) !== serverClass) continue;
        this.sendTo(this.now, { kind: "threshold", server, threshold, heard: this.dispatcher.heard(server) });
      }
    };
  }

  private complete(): void {
    const server = this.dueTimes.first;
    const now = this.dueTimes.firstKey;
    const timeAtServer = this.servers[server].completeNext();
    this.dueTimes.set(server, this.servers[server].dueTime);
    const assignment = this.servers[server].lastCompleted;
    this.sendFrom(now, { kind: "complete", server, assignment, timeAtServer });
    if (this.watches[server].completed()) this.reportStanding(now, server);
  }

  private reportStanding(now: ModelTime, server: number): void {
    const { standing, threshold } = this.watches[server];
    const { accepted } = this.servers[server];
    this.sendFrom(now, { kind: "standing", server, standing, threshold, accepted });
  }

  private sendTo(now: ModelTime, message: Message): void {
    this.send(now, this.messageDelay, this.lastToServer, message);
  }

  private sendFrom(now: ModelTime, message: Message): void {
    this.send(now, this.noticeDelay, this.lastFromServer, message);
  }

  /** Sends a message to or from its server, behind those sent before. */
  private send(now: ModelTime, delay: MessageDelay, lastArrivals: Float64Array, message: Message): void {
    if (delay.law === "none") {
      this.receive(now, message);
      return;
    }
    const time = Math.max(lastArrivals[message.server], now + drawDelay(delay, this.delays));
    lastArrivals[message.server] = time;
    this.messages.push(time, message);
  }

  private deliver(now: ModelTime): void {
    const message = this.messages.pop();
    if (message !== undefined) this.receive(now, message);
  }

  private receive(now: ModelTime, message: Message): void {
    const { server } = message;
    switch (message.kind) {
      case "assign":
        this.servers[server].accept(now, message.work);
        this.dueTimes.set(server, this.servers[server].dueTime);
        if (this.watches[server].accepted()) this.reportStanding(now, server);
        break;
      case "complete":
        this.dispatcher.complete(now, server, message.assignment, message.timeAtServer);
        break;
      case "threshold":
        if (this.watches[server].moved(message.threshold, message.heard)) this.reportStanding(now, server);
        break;
      case "standing":
        this.dispatcher.reported(server, message.standing, message.threshold, message.accepted);
        break;
    }
  }

  private look(): void {
    const now = this.nextLook;
    for (const [index, server] of this.servers.entries()) {
      server.observe(now, this.totals);
      this.run.observeServer(index, this.totals, server.rateAt(now));
    }
    this.run.tick(now, this.dispatcher);
    this.nextLook = now + EPOCH_TIME;
  }
}

/** What the live load generator would send. */
function arrivalsOf({ totalArrivalRate, arrivalSchedule }: SystemModel, random: RandomStream): ArrivalProcess {
  if (arrivalSchedule === undefined) return poissonArrivals(totalArrivalRate, random);
  return scheduledArrivals(poissonArrivals(1, random), rateScheduleNamed(arrivalSchedule));
}

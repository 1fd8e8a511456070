import type { Alarm, Clock } from "../live/clock.js";
import type { Connect } from "../live/dial.js";
import { type RecordHandlers, readFrame } from "../live/frame-reader.js";
import type { Lateness } from "../live/lateness.js";
import { Link, type LinkOwner } from "../live/link.js";
import {
  type JobKey,
  PROTOCOL_VERSION,
  readMessage,
  type ServerNodeHello,
  type ToServerNode,
  toServerNode,
} from "../live/messages.js";
import { assert, PeerError } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import { randomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { SlottedServer } from "./disciplines/slotted.js";
import type { EmulatedServer } from "./emulated-server.js";
import { rateControlFor } from "./rate-control/index.js";
import { serverFor } from "./server-for.js";
import { ThresholdWatch } from "./threshold-watch.js";

export interface ServerNodeOptions {
  readonly dispatcherUrl: string;
  readonly name: string;
  readonly seed: string;
  readonly firstServer: number;
  readonly servers: number;
  readonly model: ServerModel;
  /** The class of each server; absent where there is one only. */
  readonly classes?: readonly string[];
  readonly clock: Clock;
  readonly connect: Connect;
  /** An identity that no other process has. */
  readonly process: string;
  /** Model time between two reports of every server. */
  readonly reportInterval: ModelTime;
  readonly metricsUrl?: string;
  log(message: string): void;
}

/** A job that a server holds, by the dispatcher's count of those it sent it, and by its origin's. */
interface HeldJob {
  readonly assignment: number;
  readonly key: JobKey;
}

/** A job that was served, until those who sent it know; and the frame by which the dispatcher hears of it. */
interface FinishedJob {
  readonly key: JobKey;
  readonly frame: number;
}

/** Finished jobs remembered: what is settled long ago need not be. */
const MOST_FINISHED = 100_000;

/** Drives any number of servers in wall-clock time: jobs come in from the dispatcher, completions and reports go out. */
export class ServerNode implements LinkOwner<ToServerNode> {
  readonly lateness: Lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
  private readonly servers: EmulatedServer[];
  private readonly initialRates: Rate[];
  /** Of each server, for policies that give thresholds. */
  private readonly watches: ThresholdWatch[];
  /** By the server's own count of jobs. */
  private readonly held: Map<number, HeldJob>[];
  /** Jobs that the dispatcher has sent to each server in this session. */
  private readonly assigned: number[];
  private finished: FinishedJob[] = [];
  private readonly dueTimes: IndexedHeap;
  private readonly alarm: Alarm;
  private readonly link: Link<ToServerNode>;
  private readonly stopReporting: () => void;
  private readonly totals = noServerTotals();
  private whenDrained: (() => void) | undefined;
  private allSent = false;

  private readonly handlers: RecordHandlers = {
    assign: (server, assignment, origin, job, work) => this.assign(server, assignment, [origin, job], work),
    threshold: (server, threshold, heard) => this.threshold(server, threshold, heard),
    slot: (slot) => this.endSlot(slot),
  };

  constructor(private readonly options: ServerNodeOptions) {
    const { model, seed, firstServer, clock } = options;
    const rateControl = rateControlFor(model.rateControl);
    const now = clock.now();
    this.initialRates = Array.from({ length: options.servers }, (_, i) =>
      initialRate(model.initialRates, seed, firstServer + i, i),
    );
    this.servers = this.initialRates.map((rate, i) =>
      serverFor(model, rateControl, rate, now, randomStream(seed, `services/${firstServer + i}`)),
    );
    this.watches = this.servers.map(() => new ThresholdWatch());
    this.held = this.servers.map(() => new Map());
    this.assigned = this.servers.map(() => 0);
    this.dueTimes = new IndexedHeap(options.servers);
    this.alarm = clock.alarm(() => this.completeDue());
    this.stopReporting = clock.every(clock.seconds(options.reportInterval), () => this.report());
    this.link = new Link({ ...options, url: options.dispatcherUrl, onSilence: "drop" }, this);
  }

  /** Whether the dispatcher knows this node. */
  get connected(): boolean {
    return this.link.connected;
  }

  /** Jobs that its servers hold, all of them. */
  heldJobs(): JobKey[] {
    return this.held.flatMap((jobs) => [...jobs.values()].map(({ key }) => key));
  }

  /** Whether the dispatcher may by now have given to others what its servers hold; it is dropped at the next event. */
  get leaseIsOver(): boolean {
    return this.link.leaseIsOver;
  }

  /** The rates of its servers at this moment, or when the last job was due. */
  rates(): Rate[] {
    const now = this.options.clock.now();
    return this.servers.map((server) => server.rateAt(Math.min(now, server.dueTime)));
  }

  /** Takes no new jobs, finishes those it holds, tells the dispatcher of them, and then calls `done`. */
  drain(done: () => void): void {
    this.whenDrained = done;
    if (this.connected) this.link.send({ type: "draining" });
    else this.allSent = true;
    this.leaveIfDrained();
  }

  /** Calls back with every server's number, totals and rate at this moment. */
  look(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    this.completeDue();
    const now = this.options.clock.now();
    for (const [index, server] of this.servers.entries()) {
      // A job may have come due since; then the look is as of that moment.
      const moment = Math.min(now, server.dueTime);
      server.observe(moment, this.totals);
      each(this.options.firstServer + index, this.totals, server.rateAt(moment));
    }
  }

  receiveFrame(frame: Buffer): void {
    readFrame(frame, this.handlers);
  }

  readMessage(text: string): ToServerNode {
    return readMessage(toServerNode, text);
  }

  receiveMessage(): void {
    this.allSent = true;
    this.leaveIfDrained();
  }

  hello(): Omit<ServerNodeHello, "session"> {
    const { name, firstServer, model, classes, metricsUrl } = this.options;
    return {
      type: "hello",
      role: "server-node",
      protocol: PROTOCOL_VERSION,
      name,
      servers: this.initialRates.map((rate, index) => ({
        number: firstServer + index,
        buffer: Number.isFinite(model.buffer) ? model.buffer : null,
        discipline: model.discipline,
        ...(classes === undefined ? {} : { class: classes[index] }),
        initialRate: rate,
        completed: this.completed(index),
        holds: [...this.held[index].values()].map(({ key }) => key),
      })),
      finished: this.finished.map(({ key }) => key),
      ...(metricsUrl === undefined ? {} : { metricsUrl }),
    };
  }

  private completed(index: number): number {
    const server = this.servers[index];
    server.observe(Math.min(this.options.clock.now(), server.dueTime), this.totals);
    return this.totals.completed;
  }

  joined(resumed: boolean): void {
    if (!resumed) this.renumber();
    if (this.whenDrained !== undefined) this.options.clock.soon(() => this.link.send({ type: "draining" }));
    this.options.clock.soon(() => this.completeDue());
  }

  settled(frame: number): void {
    const left = this.finished.findIndex((job) => job.frame > frame);
    this.finished = left < 0 ? [] : this.finished.slice(left);
  }

  away(): void {
    if (this.whenDrained !== undefined) this.allSent = true;
    this.leaveIfDrained();
  }

  expired(): void {
    const now = this.options.clock.now();
    for (const [index, server] of this.servers.entries()) {
      server.abandon(now);
      this.dueTimes.set(index, server.dueTime);
      this.held[index].clear();
    }
    // What the dispatcher has not heard of has not happened.
    const heard = this.link.session.acknowledged;
    this.finished = this.finished.filter(({ frame }) => frame <= heard);
    this.alarm.set(Number.POSITIVE_INFINITY);
  }

  /** A session has begun in which the dispatcher counts anew what the servers hold, as the hello has told it. */
  private renumber(): void {
    for (const [index, jobs] of this.held.entries()) {
      let assignment = 0;
      for (const [accepted, { key }] of jobs) jobs.set(accepted, { assignment: ++assignment, key });
      this.assigned[index] = assignment;
      this.watches[index] = new ThresholdWatch(assignment);
    }
    this.finished = this.finished.map(({ key }) => ({ key, frame: 1 }));
  }

  private assign(index: number, assignment: number, key: JobKey, work: Work): void {
    const server = this.servers[index];
    if (server === undefined) throw new PeerError(`sent a job to server ${index} of ${this.servers.length}`);
    this.completeDue();
    const expected = this.assigned[index] + 1;
    if (assignment !== expected) throw new PeerError(`sent job ${assignment} where job ${expected} is next`);
    this.assigned[index] = assignment;
    // A job may come due between two looks at the clock.
    if (!server.accept(Math.min(this.options.clock.now(), server.dueTime), work)) {
      throw new PeerError(`sent a job to server ${index}, whose buffer of ${server.buffer} is full`);
    }
    this.held[index].set(server.accepted, { assignment, key });
    if (this.watches[index].accepted()) this.reportStanding(index);
    this.dueTimes.set(index, server.dueTime);
    this.alarm.set(this.dueTimes.firstKey);
  }

  private threshold(index: number, threshold: number, heard: number): void {
    if (this.servers[index] === undefined)
      throw new PeerError(`gave a threshold to server ${index} of ${this.servers.length}`);
    this.completeDue();
    if (this.watches[index].moved(threshold, heard)) this.reportStanding(index);
  }

  /** A slot ends: every server serves what it can, and the dispatcher is told of all of it before it is told that that is all. */
  private endSlot(slot: number): void {
    this.completeDue();
    const now = this.options.clock.now();
    let unused = 0;
    for (const [index, server] of this.servers.entries()) {
      if (!(server instanceof SlottedServer)) throw new PeerError("ends a slot of a server that knows none");
      unused += server.endSlot(now);
      this.dueTimes.set(index, server.dueTime);
    }
    this.completeDue();
    this.link.session.records().served(slot, unused);
  }

  private reportStanding(index: number): void {
    const { standing, threshold } = this.watches[index];
    this.link.session.records().standing(index, standing, threshold, this.assigned[index]);
  }

  /** Delivers every completion whose due time has passed. */
  private completeDue(): void {
    this.link.checkLease();
    // What the hello has told must not change before it is answered; the servers' time does not depend on it.
    if (this.link.joining) return;
    const now = this.options.clock.now();
    while (this.dueTimes.firstKey <= now) this.complete(this.dueTimes.first, now);
    this.alarm.set(this.dueTimes.firstKey);
    this.leaveIfDrained();
  }

  private complete(index: number, now: ModelTime): void {
    const server = this.servers[index];
    const late = this.options.clock.seconds(now - server.dueTime);
    const timeAtServer = server.completeNext();
    this.dueTimes.set(index, server.dueTime);
    this.lateness.deliveries++;
    this.lateness.totalSeconds += late;
    this.lateness.maxSeconds = Math.max(this.lateness.maxSeconds, late);
    const job = this.held[index].get(server.lastCompleted);
    assert(job !== undefined, "a job that is done was held");
    this.held[index].delete(server.lastCompleted);
    this.finished.push({ key: job.key, frame: this.link.session.nextNumber });
    if (this.finished.length > MOST_FINISHED) this.finished = this.finished.slice(MOST_FINISHED / 2);
    this.link.session.records().complete(index, job.assignment, timeAtServer);
    if (this.watches[index].completed()) this.reportStanding(index);
  }

  private report(): void {
    if (!this.connected) return;
    this.look((serverNumber, totals, rate) => {
      this.link.session.records().report(serverNumber - this.options.firstServer, totals, rate);
    });
    this.link.send({ type: "lateness", ...this.lateness });
  }

  private leaveIfDrained(): void {
    if (this.whenDrained === undefined || !this.allSent || this.dueTimes.firstKey < Number.POSITIVE_INFINITY) return;
    this.stopReporting();
    this.alarm.clear();
    this.link.stop();
    const done = this.whenDrained;
    this.whenDrained = undefined;
    done();
  }
}

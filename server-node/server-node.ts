import type { Channel, ChannelOwner } from "../live/channel.js";
import type { ModelClock } from "../live/clock.js";
import { Dialer } from "../live/dial.js";
import { DueTimer } from "../live/due-timer.js";
import {
  type FromServerNode,
  PROTOCOL_VERSION,
  readMessage,
  type ServerNodeHello,
  toServerNode,
} from "../live/messages.js";
import { type RecordHandlers, readFrame } from "../live/wire.js";
import { PeerError } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { initialRate } from "../model/initial-rates.js";
import type { ServerModel } from "../model/server-model.js";
import { noServerTotals, type ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
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
  readonly clock: ModelClock;
  /** Model time between two reports of every server. */
  readonly reportInterval: ModelTime;
  readonly metricsUrl?: string;
  log(message: string): void;
}

/** How late completions were delivered, since the node started. The next job never starts later for it. */
export interface Lateness {
  deliveries: number;
  totalSeconds: number;
  maxSeconds: number;
}

/** Drives any number of servers in wall-clock time: jobs come in from the dispatcher, completions and reports go out. */
export class ServerNode implements ChannelOwner {
  readonly lateness: Lateness = { deliveries: 0, totalSeconds: 0, maxSeconds: 0 };
  private readonly servers: EmulatedServer[];
  private readonly initialRates: Rate[];
  /** Jobs that each server had accepted before it was last announced: the dispatcher counts from there. */
  private readonly acceptedBefore: number[];
  /** Of each server, for policies that give thresholds. */
  private readonly watches: ThresholdWatch[];
  private readonly dueTimes: IndexedHeap;
  private readonly timer: DueTimer;
  private readonly dialer: Dialer;
  private readonly reporting: NodeJS.Timeout;
  private readonly totals = noServerTotals();
  private channel: Channel | undefined;
  private announced = false;
  private whenDrained: (() => void) | undefined;
  private allSent = false;

  private readonly handlers: RecordHandlers = {
    assign: (server, assignment, work) => this.assign(server, assignment, work),
    threshold: (server, threshold) => this.threshold(server, threshold),
  };

  constructor(private readonly options: ServerNodeOptions) {
    const { model, seed, firstServer, clock } = options;
    const rateControl = rateControlFor(model.rateControl);
    const now = clock.now();
    this.initialRates = Array.from({ length: options.servers }, (_, i) =>
      initialRate(model.initialRates, seed, firstServer + i, i),
    );
    this.servers = this.initialRates.map((rate) => serverFor(model, rateControl, rate, now));
    this.acceptedBefore = this.servers.map(() => 0);
    this.watches = this.servers.map(() => new ThresholdWatch());
    this.dueTimes = new IndexedHeap(options.servers);
    this.timer = new DueTimer(clock, () => this.completeDue());
    this.reporting = setInterval(() => this.report(), 1000 * clock.seconds(options.reportInterval));
    this.dialer = new Dialer({
      url: options.dispatcherUrl,
      opened: (channel) => this.opened(channel),
      failed: (reason, retry) =>
        options.log(`no dispatcher at ${options.dispatcherUrl} (${reason}); next try in ${retry} ms`),
    });
  }

  /** Whether the dispatcher knows this node. */
  get connected(): boolean {
    return this.announced;
  }

  /** Takes no new jobs, finishes those it holds, tells the dispatcher of them, and then calls `done`. */
  drain(done: () => void): void {
    this.whenDrained = done;
    if (this.announced) this.send({ type: "draining" });
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

  receiveText(text: string): void {
    if (readMessage(toServerNode, text).type !== "drained") return;
    this.allSent = true;
    this.leaveIfDrained();
  }

  closed(): void {
    this.channel = undefined;
    this.announced = false;
    if (this.whenDrained !== undefined) this.allSent = true;
    this.leaveIfDrained();
  }

  private opened(channel: Channel): ChannelOwner {
    this.channel = channel;
    this.announceIfEmpty();
    return this;
  }

  /** Jobs from before a lost connection are finished first: a dispatcher is only ever told of empty servers. */
  private announceIfEmpty(): void {
    if (this.channel === undefined || this.announced || this.dueTimes.firstKey < Number.POSITIVE_INFINITY) return;
    const { name, firstServer, model, classes, metricsUrl } = this.options;
    const hello: ServerNodeHello = {
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
      })),
      ...(metricsUrl === undefined ? {} : { metricsUrl }),
    };
    for (const [index, server] of this.servers.entries()) {
      this.acceptedBefore[index] = server.accepted;
      this.watches[index] = new ThresholdWatch();
    }
    this.announced = true;
    this.channel.send(hello);
  }

  private assign(index: number, assignment: number, work: Work): void {
    const server = this.servers[index];
    if (server === undefined) throw new PeerError(`sent a job to server ${index} of ${this.servers.length}`);
    this.completeDue();
    const expected = server.accepted - this.acceptedBefore[index] + 1;
    if (assignment !== expected) throw new PeerError(`sent job ${assignment} where job ${expected} is next`);
    // A job may come due between two looks at the clock.
    if (!server.accept(Math.min(this.options.clock.now(), server.dueTime), work)) {
      throw new PeerError(`sent a job to server ${index}, whose buffer of ${server.buffer} is full`);
    }
    if (this.watches[index].accepted()) this.reportStanding(index);
    this.dueTimes.set(index, server.dueTime);
    this.timer.set(this.dueTimes.firstKey);
  }

  private threshold(index: number, threshold: number): void {
    if (this.servers[index] === undefined)
      throw new PeerError(`gave a threshold to server ${index} of ${this.servers.length}`);
    this.completeDue();
    if (this.watches[index].moved(threshold)) this.reportStanding(index);
  }

  private reportStanding(index: number): void {
    const { standing, threshold } = this.watches[index];
    const accepted = this.servers[index].accepted - this.acceptedBefore[index];
    if (this.announced) this.channel?.records().standing(index, standing, threshold, accepted);
  }

  /** Delivers every completion whose due time has passed. */
  private completeDue(): void {
    const { clock } = this.options;
    const now = clock.now();
    while (this.dueTimes.firstKey <= now) {
      const index = this.dueTimes.first;
      const server = this.servers[index];
      const late = clock.seconds(now - server.dueTime);
      const timeAtServer = server.completeNext();
      this.dueTimes.set(index, server.dueTime);
      this.lateness.deliveries++;
      this.lateness.totalSeconds += late;
      this.lateness.maxSeconds = Math.max(this.lateness.maxSeconds, late);
      const assignment = server.lastCompleted - this.acceptedBefore[index];
      if (this.announced) this.channel?.records().complete(index, assignment, timeAtServer);
      if (this.watches[index].completed()) this.reportStanding(index);
    }
    this.timer.set(this.dueTimes.firstKey);
    this.announceIfEmpty();
    this.leaveIfDrained();
  }

  private report(): void {
    if (!this.announced) return;
    this.look((serverNumber, totals, rate) => {
      this.channel?.records().report(serverNumber - this.options.firstServer, totals, rate);
    });
    this.send({ type: "lateness", ...this.lateness });
  }

  private send(message: FromServerNode): void {
    this.channel?.send(message);
  }

  private leaveIfDrained(): void {
    if (this.whenDrained === undefined || !this.allSent || this.dueTimes.firstKey < Number.POSITIVE_INFINITY) return;
    clearInterval(this.reporting);
    this.timer.clear();
    this.dialer.stop();
    const done = this.whenDrained;
    this.whenDrained = undefined;
    done();
  }
}

import type { Lateness } from "../live/lateness.js";
import type { RecordHandlers } from "../live/wire/frame-reader.js";
import type { AnnouncedServer, JobKey } from "../live/wire/messages.js";
import { assert, PeerError } from "../model/errors.js";
import { withLastBits } from "../model/last-bits.js";
import { randomStream } from "../model/random.js";
import type { ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { SlottedServer } from "./disciplines/slotted.js";
import { DispatcherLink, type DispatcherLinkOptions, type LinkedNode } from "./dispatcher-link.js";
import { DueServers, type DueServersOptions } from "./due-servers.js";
import type { EmulatedServer } from "./emulated-server.js";
import { NodeNews, type Subscription } from "./node-news.js";
import { ProbedServers } from "./probed-servers.js";
import { ThresholdWatch } from "./threshold-watch.js";

export interface ServerNodeOptions extends DueServersOptions, Omit<DispatcherLinkOptions, "url"> {
  readonly dispatcherUrls: readonly string[];
  /** The class of each server; absent if there is only one class. */
  readonly classes?: readonly string[];
  /** Model time between two reports of every server. */
  readonly reportInterval: ModelTime;
}

/** A job that a server holds: who sent it, its number among those that this dispatcher has sent the server, its key and work. */
interface HeldJob {
  readonly dispatcher: number;
  assignment: number;
  readonly key: JobKey;
  readonly work: Work;
}

/** One of the dispatchers that share the servers of a node. */
interface OneOfThem {
  readonly connection: DispatcherLink;
  /** By server, in this session: jobs that it has sent, and those of them that were completed or abandoned. */
  readonly assigned: number[];
  readonly completed: number[];
  /** Whether it will send no more jobs. */
  allSent: boolean;
}

/** Drives any number of servers in wall-clock time: receives jobs from dispatchers, sends completions, reports and news. */
export class ServerNode {
  private readonly due: DueServers;
  private readonly servers: readonly EmulatedServer[];
  /** One per server, for policies that set thresholds. */
  private readonly watches: ThresholdWatch[];
  private readonly probed = new ProbedServers();
  /** The jobs each server holds, by the server's own numbers. */
  private readonly held: Map<number, HeldJob>[];
  private readonly dispatchers: readonly OneOfThem[];
  private readonly news: NodeNews;
  private readonly stopReporting: () => void;
  private whenDrained: (() => void) | undefined;

  constructor(private readonly options: ServerNodeOptions) {
    const { clock, seed, firstServer } = options;
    this.due = new DueServers(options, () => this.completeDue());
    this.servers = this.due.servers;
    this.watches = this.servers.map(() => new ThresholdWatch());
    this.held = this.servers.map(() => new Map());
    this.news = new NodeNews(
      this.servers.length,
      firstServer,
      randomStream(seed, `tokens/${firstServer}`),
      (dispatcher, server, queueLength, isToken) => this.tell(dispatcher, server, queueLength, isToken),
    );
    this.stopReporting = clock.every(clock.seconds(options.reportInterval), () => this.report());
    this.dispatchers = options.dispatcherUrls.map((url, dispatcher) => ({
      connection: new DispatcherLink({ ...options, url }, this.nodeOf(dispatcher)),
      assigned: this.servers.map(() => 0),
      completed: this.servers.map(() => 0),
      allSent: false,
    }));
  }

  /** How late completions were delivered. */
  get lateness(): Readonly<Lateness> {
    return this.due.lateness;
  }

  /** Whether the node is connected to all dispatchers. */
  get connected(): boolean {
    return this.dispatchers.every(({ connection }) => connection.link.connected);
  }

  /** The jobs that its servers hold, but for those that their dispatcher may have given to others: they are dropped at the next event. */
  heldJobs(): JobKey[] {
    const isLeased = this.dispatchers.map(({ connection }) => !connection.link.leaseIsOver);
    return this.held.flatMap((jobs) =>
      [...jobs.values()].filter(({ dispatcher }) => isLeased[dispatcher]).map(({ key }) => key),
    );
  }

  /** The servers' current rates, or those at their due times if these have passed. */
  rates(): Rate[] {
    return this.servers.map((server) => server.rateAt(this.due.momentOf(server)));
  }

  /** Takes no new jobs, finishes those held, reports them to their dispatchers, and then calls `done`. */
  drain(done: () => void): void {
    this.whenDrained = done;
    for (const { connection } of this.dispatchers) connection.drain();
    this.leaveIfDrained();
  }

  /** Calls back with every server's number and its current totals and rate. */
  observe(each: (serverNumber: number, totals: Readonly<ServerTotals>, rate: Rate) => void): void {
    this.completeDue();
    this.due.observe(each);
  }

  private nodeOf(dispatcher: number): LinkedNode {
    const handlers: RecordHandlers = {
      assign: (server, lastBits, origin, job, work) =>
        this.assign(server, lastBits, { dispatcher, assignment: 0, key: [origin, job], work }),
      threshold: (server, threshold, heard) => this.threshold(server, threshold, heard),
      probe: (server) => this.answer(dispatcher, server),
      slot: (slot) => this.endSlot(slot),
    };
    return {
      handlers,
      announce: () => this.announce(dispatcher),
      joined: (resumed) => this.joined(dispatcher, resumed),
      subscribed: (subscription) => this.subscribed(dispatcher, subscription),
      allSent: () => {
        this.dispatchers[dispatcher].allSent = true;
        this.leaveIfDrained();
      },
      expired: () => this.drop(dispatcher),
    };
  }

  private announce(dispatcher: number): AnnouncedServer[] {
    const { firstServer, models, classes } = this.options;
    return this.due.initialRates.map((rate, index) => ({
      number: firstServer + index,
      buffer: Number.isFinite(models[index].buffer) ? models[index].buffer : null,
      discipline: models[index].discipline,
      workers: models[index].workers ?? 1,
      ...(classes === undefined ? {} : { class: classes[index] }),
      initialRate: rate,
      holds: this.jobsOf(dispatcher, index).map(({ key }) => key),
    }));
  }

  private jobsOf(dispatcher: number, index: number): HeldJob[] {
    return [...this.held[index].values()].filter((job) => job.dispatcher === dispatcher);
  }

  private joined(dispatcher: number, resumed: boolean): void {
    if (!resumed) {
      this.news.gone(dispatcher, this.queueLengths());
      this.renumber(dispatcher);
    }
    this.options.clock.soon(() => this.completeDue());
  }

  /** Renumbers the jobs held of a dispatcher, at the start of a session, as it does from the hello. */
  private renumber(dispatcher: number): void {
    const { assigned, completed } = this.dispatchers[dispatcher];
    for (const index of this.servers.keys()) {
      const jobs = this.jobsOf(dispatcher, index);
      for (const [place, job] of jobs.entries()) job.assignment = place + 1;
      assigned[index] = jobs.length;
      completed[index] = 0;
      this.watches[index] = new ThresholdWatch(jobs.length);
    }
  }

  private subscribed(dispatcher: number, subscription: Subscription): void {
    this.completeDue();
    this.news.subscribe(dispatcher, subscription, this.queueLengths());
  }

  private queueLengths(): number[] {
    return this.held.map((jobs) => jobs.size);
  }

  /** Drops the jobs of a dispatcher, which may have given them to others. Those of other dispatchers are served anew. */
  private drop(dispatcher: number): void {
    this.news.gone(dispatcher, this.queueLengths());
    const now = this.options.clock.now();
    for (const [index, server] of this.servers.entries()) {
      const jobs = [...this.held[index].values()];
      const others = jobs.filter((job) => job.dispatcher !== dispatcher);
      if (others.length === jobs.length) continue;
      server.dropAll(now);
      this.held[index].clear();
      this.probed.dropped(index);
      for (const job of others) {
        server.accept(now, job.work);
        this.held[index].set(server.accepted, job);
      }
      this.due.moved(index);
      this.news.left(index, others.length);
    }
    this.due.setAlarm();
  }

  private assign(index: number, lastBits: number, job: HeldJob): void {
    const server = this.servers[index];
    if (server === undefined) throw new PeerError(`sent a job to server ${index} of ${this.servers.length}`);
    this.completeDue();
    const { assigned, connection } = this.dispatchers[job.dispatcher];
    const expected = assigned[index] + 1;
    job.assignment = withLastBits(expected, lastBits);
    if (job.assignment !== expected) throw new PeerError(`sent job ${job.assignment} where job ${expected} is next`);
    assigned[index] = job.assignment;
    if (!server.accept(this.due.momentOf(server), job.work)) {
      // A dispatcher cannot know of jobs that others have just sent.
      if (this.dispatchers.length > 1) connection.records().full(index, job.assignment);
      else throw new PeerError(`sent a job to server ${index}, whose buffer of ${server.buffer} is full`);
      return;
    }
    this.probed.accepted(index, server.accepted, this.held[index].size);
    this.held[index].set(server.accepted, job);
    this.news.accepted(index, this.held[index].size, job.dispatcher);
    if (this.watches[index].accepted()) this.reportStanding(index);
    this.due.moved(index);
    this.due.setAlarm();
  }

  private threshold(index: number, threshold: number, heard: number): void {
    if (this.servers[index] === undefined)
      throw new PeerError(`gave a threshold to server ${index} of ${this.servers.length}`);
    this.completeDue();
    if (this.watches[index].moved(threshold, heard)) this.reportStanding(index);
  }

  /** Answers a probe of a dispatcher. */
  private answer(dispatcher: number, index: number): void {
    if (this.servers[index] === undefined) throw new PeerError(`probed server ${index} of ${this.servers.length}`);
    this.completeDue();
    const jobs = this.held[index].size;
    this.dispatchers[dispatcher].connection.records().answer(index, jobs, this.probed.probed(index, jobs));
  }

  /** Ends a slot: every server serves what it can; `served` follows all their completions. */
  private endSlot(slot: number): void {
    this.completeDue();
    const now = this.options.clock.now();
    let unused = 0;
    for (const [index, server] of this.servers.entries()) {
      if (!(server instanceof SlottedServer)) throw new PeerError("ends a slot of a server that knows none");
      unused += server.endSlot(now);
      this.due.moved(index);
    }
    this.completeDue();
    for (const { connection } of this.dispatchers) connection.records().served(slot, unused);
  }

  private reportStanding(index: number): void {
    const { standing, threshold } = this.watches[index];
    for (const { connection, assigned } of this.dispatchers)
      connection.records().standing(index, standing, threshold, assigned[index]);
  }

  private tell(dispatcher: number, index: number, queueLength: number, isToken: boolean): void {
    const { connection, assigned } = this.dispatchers[dispatcher];
    const { time, error } = connection.link.dispatcherTime();
    if (isToken) connection.records().token(index, queueLength === 0, assigned[index], time, error);
    else connection.records().queue(index, queueLength, assigned[index], time, error);
  }

  /** Delivers every completion whose due time has passed. */
  private completeDue(): void {
    for (const { connection } of this.dispatchers) connection.link.checkLease();
    // The jobs announced by a hello must not change before it is answered; service is accounted by due times all the same.
    for (const { connection } of this.dispatchers) if (connection.link.joining) return;
    this.due.completeDue(this.completed);
    this.leaveIfDrained();
  }

  private readonly completed = (index: number, timeAtServer: ModelTime): void => {
    const { lastCompleted, lastWasAbandoned } = this.servers[index];
    const job = this.held[index].get(lastCompleted);
    assert(job !== undefined, "a job that is done was held");
    this.held[index].delete(lastCompleted);
    const { connection, completed } = this.dispatchers[job.dispatcher];
    completed[index]++;
    this.probed.completed(index, lastCompleted, timeAtServer);
    connection.ended(job.key, timeAtServer);
    if (lastWasAbandoned) connection.records().abandoned(index, job.assignment, timeAtServer);
    else connection.records().complete(index, job.assignment, timeAtServer);
    this.news.left(index, this.held[index].size);
    if (this.watches[index].completed()) this.reportStanding(index);
  };

  private report(): void {
    const present = this.dispatchers.filter(({ connection }) => connection.link.connected);
    if (present.length === 0) return;
    this.observe((serverNumber, totals, rate) => {
      const index = serverNumber - this.options.firstServer;
      for (const { connection, completed } of present)
        connection.records().report(index, totals, rate, completed[index]);
    });
    for (const { connection } of present) connection.link.send({ type: "lateness", ...this.lateness });
  }

  private leaveIfDrained(): void {
    const isDone = this.dispatchers.every(({ allSent }) => allSent) && this.due.isIdle;
    if (this.whenDrained === undefined || !isDone) return;
    this.stopReporting();
    this.due.stop();
    for (const { connection } of this.dispatchers) connection.link.stop();
    const done = this.whenDrained;
    this.whenDrained = undefined;
    done();
  }
}

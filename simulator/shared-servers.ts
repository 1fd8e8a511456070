import type { Dispatcher } from "../dispatcher/core/dispatcher.js";
import { type JobRecord, JobTable } from "../dispatcher/core/job-table.js";
import { type ObservedServer, SharedFleet } from "../dispatcher/core/shared-fleet.js";
import type { RandomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import { EVERYONE, QueueNews } from "../server-node/queue-news.js";

/** Sends news of a server: its queue length, and which job it has received last of which dispatcher. */
export interface SendNews {
  toOne(server: number, to: number, queueLength: number, from: number, assignment: number): void;
  /** To all its dispatchers. */
  toAll(server: number, queueLength: number, from: number, assignment: number): void;
}

export interface SharedServersOptions {
  readonly servers: readonly ObservedServer[];
  readonly dispatchers: readonly Dispatcher[];
  /** The dispatchers of each server. */
  readonly dispatchersOf: readonly (readonly number[])[];
  /** For what the servers decide about their news. */
  readonly random: RandomStream;
  readonly send: SendNews;
}

/** The servers that several dispatchers share: who sent the jobs that they hold, and what they tell of their queues. */
export class SharedServers {
  readonly fleet: SharedFleet;
  /** The jobs held, in order of acceptance. Their origins are dispatchers, and their numbers those dispatchers' assignments. */
  private readonly held = new JobTable();
  private readonly news: QueueNews;
  /** Whether they tell every change of a queue, so that no dispatcher misses news of a job of its own. */
  private readonly tellsAllChanges: boolean;
  /** The last assignment that each server has received of each dispatcher, and the last that this dispatcher knows it has. */
  private readonly received: Int32Array;
  private readonly known: Int32Array;
  /** The dispatcher of the job last accepted. */
  private latest = 0;

  constructor(private readonly options: SharedServersOptions) {
    const { servers, dispatchers, dispatchersOf, random } = options;
    this.fleet = new SharedFleet([...servers], dispatchers[0].times);
    for (const [number, dispatcher] of dispatchers.entries()) this.fleet.reported(number, dispatcher);
    for (const server of servers.keys()) this.held.begin(server);
    this.received = new Int32Array(servers.length * dispatchers.length);
    this.known = new Int32Array(servers.length * dispatchers.length);
    const { news } = dispatchers[0];
    this.tellsAllChanges = news === "queue-lengths";
    this.news = new QueueNews(news, dispatchersOf, random, (server, to, queueLength) =>
      this.tell(server, to, queueLength),
    );
  }

  /** The servers start, idle. */
  start(): void {
    for (const server of this.options.servers.keys()) this.news.offerToken(server);
  }

  /** A server has accepted a job of a dispatcher. */
  accepted(now: ModelTime, server: number, queueLength: number, dispatcher: number, assignment: number): void {
    this.latest = dispatcher;
    this.received[this.pair(server, dispatcher)] = assignment;
    this.held.push(server, dispatcher, assignment, now, 0, 0);
    this.fleet.observe(now, server, queueLength);
    this.news.accepted(server, queueLength, dispatcher);
  }

  /** A server has turned away a job of a dispatcher. */
  turnedAway(server: number, dispatcher: number, assignment: number): void {
    this.received[this.pair(server, dispatcher)] = assignment;
  }

  /** Removes the job with this number of acceptance. Returns its dispatcher, as `origin`, and its assignment, as `job`. */
  take(server: number, accepted: number): Readonly<JobRecord> {
    this.held.take(server, accepted);
    return this.held.taken;
  }

  /** A job has left a server. */
  left(now: ModelTime, server: number, queueLength: number): void {
    this.fleet.observe(now, server, queueLength);
    this.news.left(server, queueLength);
  }

  /** A dispatcher knows from now on that a server has received an assignment. */
  knows(dispatcher: number, server: number, assignment: number): void {
    this.known[this.pair(server, dispatcher)] = assignment;
  }

  /** News of a server arrive. */
  hear(to: number, server: number, queueLength: number, from: number, assignment: number, age: ModelTime): void {
    if (to !== EVERYONE) this.hearOne(to, server, queueLength, from, assignment, age);
    else
      for (const one of this.options.dispatchersOf[server])
        this.hearOne(one, server, queueLength, from, assignment, age);
  }

  private hearOne(
    to: number,
    server: number,
    queueLength: number,
    from: number,
    assignment: number,
    age: ModelTime,
  ): void {
    if (from === to) this.knows(to, server, assignment);
    this.options.dispatchers[to].told(server, queueLength, this.known[this.pair(server, to)], age);
  }

  private tell(server: number, to: number, queueLength: number): void {
    const { dispatchersOf, send } = this.options;
    const { latest, received } = this;
    if (to !== EVERYONE) send.toOne(server, to, queueLength, to, received[this.pair(server, to)]);
    else if (this.tellsAllChanges) send.toAll(server, queueLength, latest, received[this.pair(server, latest)]);
    else for (const one of dispatchersOf[server]) this.tell(server, one, queueLength);
  }

  private pair(server: number, dispatcher: number): number {
    return server * this.options.dispatchers.length + dispatcher;
  }
}

import { PeerError } from "../../model/errors.js";
import type { News } from "../../model/news.js";
import type { ModelTime } from "../../model/units.js";
import type { ViewTotals } from "../../model/view-quality.js";
import type { Fleet } from "../../policies/indexes/fleet.js";
import { FleetObserver } from "./fleet-observer.js";
import type { JobTable } from "./job-table.js";
import { ToldQueues } from "./told-queues.js";

/** What a dispatcher knows of its servers' queues, and shows its policy: by its own jobs, or by what servers that it shares tell it. */
export class KnownQueues {
  /** The queue lengths over time by server class. They rest while servers tell. */
  readonly observers: FleetObserver[] = [new FleetObserver()];
  private told: ToldQueues | undefined;

  constructor(
    private readonly fleet: Fleet,
    private readonly jobs: JobTable,
    private news: News,
  ) {
    this.told = listenerFor(news);
  }

  /** How well they are known, if servers tell of them. */
  get viewTotals(): Readonly<ViewTotals> | undefined {
    return this.told?.totals;
  }

  /** A server has joined the fleet, without jobs. */
  join(server: number, serverClass: number): void {
    while (this.observers.length <= serverClass) this.observers.push(new FleetObserver());
    this.told?.join(server);
    // A server gives its token to one dispatcher: until then it is taken to be busy.
    if (this.news === "idle-to-one") this.fleet.told(server, 1);
  }

  /** A server has joined with a job from an earlier dispatcher. */
  adopted(now: ModelTime, server: number): void {
    if (this.told === undefined) this.sent(now, server);
    else this.told.adopted(server);
  }

  /** The server is sent a job. Returns its queue length before, as far as is known. */
  sent(now: ModelTime, server: number): number {
    const before = this.fleet.assigned(server);
    if (this.told !== undefined) this.told.sent(server, before);
    else this.observers[this.fleet.serverClass(server)].accepted(before, now);
    return before;
  }

  /** A job has left the server, which itself tells what its queue is now if it tells of it at all. */
  ended(now: ModelTime, server: number): void {
    if (this.told !== undefined) return;
    this.observers[this.fleet.serverClass(server)].ended(this.fleet.queueLength(server), now);
    this.fleet.ended(server);
  }

  /** The server was full when it received a job, which has left it. */
  turnedAway(server: number): void {
    if (this.told === undefined) return;
    this.told.compare(server, this.fleet.buffer(server));
    this.fleet.told(server, Math.max(0, this.fleet.queueLength(server) - 1));
  }

  /**
   * A server tells its queue length; of policies that know no more, 0 if it is idle and 1 if not.
   *
   * @param received jobs of this dispatcher that it has received since it joined: those sent since are added to the queue length
   * @param age transit time of the news, which may be off by `ageError`
   * @throws PeerError if it was not asked to, or was sent fewer jobs
   */
  heard(server: number, queueLength: number, received: number, age: ModelTime, ageError: ModelTime): void {
    if (this.told === undefined) throw new PeerError("tells its queue length, but was not asked to");
    const underWay = this.jobs.assignments(server) - received;
    if (underWay < 0) throw new PeerError(`has received ${received} jobs, but was sent ${received + underWay}`);
    this.told.told(server, received, queueLength - 1, age, ageError);
    this.fleet.told(server, queueLength + underWay);
  }

  /** Servers are to tell something else: of what they told before, only the jobs of this dispatcher remain known. */
  listenTo(news: News, now: ModelTime, servers: Iterable<number>): void {
    const { told: before, jobs, fleet } = this;
    this.news = news;
    this.told = listenerFor(news);
    for (const server of servers) {
      const own = jobs.jobsAt(server) ?? 0;
      const queue = this.observers[fleet.serverClass(server)];
      if (before === undefined) for (let length = own; length > 0; length--) queue.ended(length, now);
      if (news === "none") for (let length = 0; length < own; length++) queue.accepted(length, now);
      this.told?.join(server, jobs.assignments(server));
      if (news !== "queue-lengths") fleet.told(server, news === "idle-to-one" ? Math.max(1, own) : own);
    }
  }
}

function listenerFor(news: News): ToldQueues | undefined {
  return news === "none" ? undefined : new ToldQueues(news === "queue-lengths");
}

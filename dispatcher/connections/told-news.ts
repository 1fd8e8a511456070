import type { ToServerNode } from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import { withLastBits } from "../../model/last-bits.js";
import type { News } from "../../model/news.js";
import type { ModelTime } from "../../model/units.js";
import { type Dispatcher, LONGEST_QUEUE } from "../core/dispatcher.js";
import type { SharedFleet } from "../core/shared-fleet.js";
import type { NodeConnection } from "./node-roster.js";

/** What the first of several dispatchers measures, and what each may send jobs to. */
export interface ToldNewsOptions {
  /** Undefined of all dispatchers but the first. */
  readonly measured?: SharedFleet | undefined;
  /** Numbers of the servers that it may send jobs to; all if left out. */
  readonly neighbours?: ReadonlySet<number> | undefined;
}

/** What server nodes tell one of several dispatchers of their queues: for its policy, and to be measured by the first. */
export class ToldNews {
  /** Whether nodes have been asked for any news. */
  private hasAsked = false;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly options: ToldNewsOptions,
  ) {}

  /** Tells a node what to tell, of its own servers. */
  ask({ channel, serverNumbers }: NodeConnection): void {
    const { measured, neighbours } = this.options;
    this.hasAsked = true;
    channel?.send({
      ...{ type: "news", news: this.dispatcher.news, observes: measured !== undefined },
      ...(neighbours === undefined ? {} : { servers: serverNumbers.filter((number) => neighbours.has(number)) }),
    } satisfies ToServerNode);
  }

  /**
   * A server tells its queue length.
   *
   * @param server the dispatcher's number for it
   * @param number the server's own number
   * @throws PeerError if it was not asked to, or cannot have that many jobs
   */
  queue(
    now: ModelTime,
    server: number,
    number: number,
    queueLength: number,
    received: number,
    time: ModelTime,
    timeError: ModelTime,
  ): void {
    if (queueLength > LONGEST_QUEUE) throw new PeerError(`tells of a queue of ${queueLength} jobs`);
    const { measured, neighbours } = this.options;
    measured?.observe(now, number, queueLength);
    const isOnlyMeasured =
      measured !== undefined && (this.dispatcher.news !== "queue-lengths" || neighbours?.has(number) === false);
    if (!isOnlyMeasured && this.isWanted("queue-lengths"))
      this.told(now, server, queueLength, received, time, timeError);
  }

  /** A server gives its token, since it is idle, or withdraws it. Throws PeerError if it was not asked to. */
  token(
    now: ModelTime,
    server: number,
    isIdle: boolean,
    received: number,
    time: ModelTime,
    timeError: ModelTime,
  ): void {
    if (this.isWanted("idle-to-one", "idle-to-all")) this.told(now, server, isIdle ? 0 : 1, received, time, timeError);
  }

  /**
   * Whether the policy needs news of such a kind. While it is being changed by hand, other kinds may be under way: what an earlier one
   * needed, or what other dispatchers need already. Throws PeerError if none was asked for.
   */
  private isWanted(...kinds: readonly News[]): boolean {
    if (!this.hasAsked) throw new PeerError("tells of its queue, but was not asked to");
    return kinds.includes(this.dispatcher.news);
  }

  /** @param received the last 32 bits of the number of jobs that the server has received */
  private told(
    now: ModelTime,
    server: number,
    queueLength: number,
    received: number,
    time: ModelTime,
    timeError: ModelTime,
  ): void {
    const jobs = withLastBits(this.dispatcher.assignments(server), received);
    this.dispatcher.told(server, queueLength, jobs, Math.max(0, now - time), timeError);
  }

  /** A node is lost, with its queues. */
  lost(now: ModelTime, { serverNumbers }: NodeConnection): void {
    for (const number of serverNumbers) this.options.measured?.observe(now, number, 0);
  }
}

import type { News } from "../model/news.js";
import { type RandomStream, uniformIndex } from "../model/random.js";

/** Stands for every dispatcher of a server. */
export const EVERYONE = -1;
const NOBODY = -1;

/** Tells one dispatcher of a server, or EVERYONE, its queue length; or 0 if it is idle and 1 if not, where only that is told. */
export type Tell = (server: number, dispatcher: number, queueLength: number) => void;

/**
 * What servers that several dispatchers share tell them of their queues. A server that becomes idle gives a token to one dispatcher or to
 * all; when it gets a job, the token is withdrawn from those that cannot know it.
 */
export class QueueNews {
  /** By server: who has its token. */
  private readonly holders: Int32Array;

  /**
   * @param news what is told
   * @param dispatchersOf the dispatchers of each server
   * @param random for the dispatcher that gets a token
   */
  constructor(
    private readonly news: News,
    private readonly dispatchersOf: readonly (readonly number[])[],
    private readonly random: RandomStream,
    private readonly tell: Tell,
  ) {
    this.holders = new Int32Array(dispatchersOf.length).fill(NOBODY);
  }

  /** The server, which is idle, gives a dispatcher its token unless one has it. */
  offerToken(server: number): void {
    if (this.news === "idle-to-one" && this.holders[server] === NOBODY) this.giveToken(server);
  }

  /** The server has accepted a job from a dispatcher. */
  accepted(server: number, queueLength: number, dispatcher: number): void {
    if (this.news === "queue-lengths") this.tell(server, EVERYONE, queueLength);
    if (queueLength > 1) return;
    if (this.news === "idle-to-all") this.tell(server, EVERYONE, 1);
    if (this.news === "idle-to-one") this.withdrawToken(server, dispatcher);
  }

  /** A job has left the server. */
  left(server: number, queueLength: number): void {
    if (this.news === "queue-lengths") this.tell(server, EVERYONE, queueLength);
    if (queueLength > 0) return;
    if (this.news === "idle-to-all") this.tell(server, EVERYONE, 0);
    if (this.news === "idle-to-one") this.giveToken(server);
  }

  /** A dispatcher is gone: the server, which is idle, gives another its token if that one had it. */
  lost(server: number, dispatcher: number): void {
    if (this.holders[server] === dispatcher) this.giveToken(server);
  }

  private giveToken(server: number): void {
    const dispatchers = this.dispatchersOf[server];
    this.holders[server] = NOBODY;
    if (dispatchers.length === 0) return;
    this.holders[server] = dispatchers[uniformIndex(this.random, dispatchers.length)];
    this.tell(server, this.holders[server], 0);
  }

  /** A dispatcher that has the token uses it by sending a job. */
  private withdrawToken(server: number, dispatcher: number): void {
    const holder = this.holders[server];
    this.holders[server] = NOBODY;
    if (holder !== NOBODY && holder !== dispatcher) this.tell(server, holder, 1);
  }
}

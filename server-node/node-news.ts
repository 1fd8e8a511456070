import type { News } from "../model/news.js";
import type { RandomStream } from "../model/random.js";
import { EVERYONE, QueueNews } from "./queue-news.js";

/** What a dispatcher wants to be told of the servers. */
export interface Subscription {
  /** What its policy needs. */
  readonly news: News;
  /** Whether it wants every queue length of every server, to measure. */
  readonly observes: boolean;
  /** Numbers of the servers that it may send jobs to; all if left out. */
  readonly servers?: readonly number[] | undefined;
}

/** Sends a dispatcher, by its number here, a server's queue length; or only whether it is idle. */
export type SendNews = (dispatcher: number, server: number, queueLength: number, isToken: boolean) => void;

/** What the servers of a node tell the dispatchers that have subscribed. */
export class NodeNews {
  /** By server: the dispatchers that are told what the policy needs. */
  private readonly subscribers: number[][];
  private readonly observers = new Set<number>();
  private news: News = "none";
  private queueNews: QueueNews | undefined;

  /** @param firstServer number of the first server; here they are counted from 0 */
  constructor(
    servers: number,
    private readonly firstServer: number,
    private readonly random: RandomStream,
    private readonly send: SendNews,
  ) {
    this.subscribers = Array.from({ length: servers }, () => []);
  }

  /** A dispatcher subscribes, or changes its subscription. It is told how things are. */
  subscribe(dispatcher: number, subscription: Subscription, queueLengths: readonly number[]): void {
    const { news, observes } = subscription;
    this.gone(dispatcher, queueLengths);
    if (news !== this.news || this.queueNews === undefined) this.change(news);
    if (observes) this.observers.add(dispatcher);
    const wanted = subscription.servers === undefined ? undefined : new Set(subscription.servers);
    for (const [server, queueLength] of queueLengths.entries()) {
      if (observes || news === "queue-lengths") this.send(dispatcher, server, queueLength, false);
      if (wanted?.has(this.firstServer + server) === false) continue;
      this.subscribers[server].push(dispatcher);
      if (news === "idle-to-all") this.send(dispatcher, server, Math.min(1, queueLength), true);
      if (queueLength === 0) this.queueNews?.offerToken(server);
    }
  }

  /** A dispatcher is gone: the tokens that it had go to others. */
  gone(dispatcher: number, queueLengths: readonly number[]): void {
    this.observers.delete(dispatcher);
    for (const [server, queueLength] of queueLengths.entries()) {
      const subscribers = this.subscribers[server];
      const place = subscribers.indexOf(dispatcher);
      if (place < 0) continue;
      subscribers.splice(place, 1);
      if (queueLength === 0) this.queueNews?.lost(server, dispatcher);
    }
  }

  /** A server has accepted a job from a dispatcher. */
  accepted(server: number, queueLength: number, dispatcher: number): void {
    this.queueNews?.accepted(server, queueLength, dispatcher);
    this.observe(server, queueLength);
  }

  /** A job has left a server. */
  left(server: number, queueLength: number): void {
    this.queueNews?.left(server, queueLength);
    this.observe(server, queueLength);
  }

  /** Tells those who measure what the policy does not need to know. */
  private observe(server: number, queueLength: number): void {
    for (const observer of this.observers) {
      const isTold = this.news === "queue-lengths" && this.subscribers[server].includes(observer);
      if (!isTold) this.send(observer, server, queueLength, false);
    }
  }

  private change(news: News): void {
    this.news = news;
    const isToken = news !== "queue-lengths";
    this.queueNews = new QueueNews(news, this.subscribers, this.random, (server, to, queueLength) => {
      if (to !== EVERYONE) this.send(to, server, queueLength, isToken);
      else for (const one of this.subscribers[server]) this.send(one, server, queueLength, isToken);
    });
  }
}

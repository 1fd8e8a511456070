import { drawDelay, type MessageDelay } from "../model/message-delay.js";
import type { RandomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import { EVERYONE } from "../server-node/queue-news.js";
import { type Message, noMessage, type Transit, TransitInAnyOrder, TransitInOrder } from "./transit.js";

/** Handles a message that arrives now. The next one that is sent overwrites it: it is to be read before anything is done. */
export type Receive = (message: Readonly<Message>) => void;

/** The delay of all messages, or of those between a dispatcher and a server. */
export type Delays = MessageDelay | ((dispatcher: number, server: number) => MessageDelay);

/** The same delays, and so much more. */
export function lengthened(delays: Delays, by: ModelTime): Delays {
  if (by === 0) return delays;
  if (typeof delays !== "function") return { law: "shifted", by, of: delays };
  const longer = new Map<MessageDelay, MessageDelay>();
  return (dispatcher, server) => {
    const of = delays(dispatcher, server);
    const known = longer.get(of) ?? { law: "shifted", by, of };
    longer.set(of, known);
    return known;
  };
}

/** The connections between servers and dispatchers: messages take their time, and those between the same two keep their order. */
export class Links {
  readonly toServers: Direction;
  readonly fromServers: Direction;
  private readonly transit: Transit;

  /**
   * @param toServers delay of messages to servers: of all, or by dispatcher and server
   * @param fromServers delay of messages from servers, likewise
   */
  constructor(
    servers: number,
    dispatchers: number,
    toServers: Delays,
    fromServers: Delays,
    random: RandomStream,
    private readonly receive: Receive,
  ) {
    this.transit = arriveInOrder(toServers, fromServers) ? new TransitInOrder() : new TransitInAnyOrder();
    const direction = (delay: Delays): Direction =>
      new Direction(servers, dispatchers, delay, random, this.transit, receive);
    this.toServers = direction(toServers);
    this.fromServers = direction(fromServers);
  }

  /** When the next message arrives; Infinity if none is under way. */
  get nextTime(): ModelTime {
    return this.transit.nextTime;
  }

  /** Delivers the next message. */
  deliver(): void {
    this.transit.take();
    this.receive(this.transit.taken);
  }
}

/** One direction of all connections. */
export class Direction {
  /** Arrival time of the last message on each connection, where a later one might overtake it. */
  private readonly last: Float64Array | undefined;
  /** A single object for all messages, since there are two or more a job. */
  private readonly message = noMessage();

  constructor(
    servers: number,
    private readonly dispatchers: number,
    private readonly delays: Delays,
    private readonly random: RandomStream,
    private readonly transit: Transit,
    private readonly receive: Receive,
  ) {
    const keepsOrder = typeof delays !== "function" && fixedTime(delays) !== undefined;
    this.last = keepsOrder ? undefined : new Float64Array(servers * dispatchers);
  }

  /** Sends a message between a dispatcher and a server. What its three numbers mean depends on its kind. */
  send(
    now: ModelTime,
    kind: number,
    dispatcher: number,
    server: number,
    first: number,
    second: number,
    third = 0,
  ): void {
    const { delays, last } = this;
    const delay = typeof delays === "function" ? delays(dispatcher, server) : delays;
    if (delay.law === "none") {
      this.receiveAtOnce(now, kind, dispatcher, server, first, second, third);
      return;
    }
    let arrival = now + drawDelay(delay, this.random);
    if (last !== undefined) {
      const connection = server * this.dispatchers + dispatcher;
      arrival = Math.max(last[connection], arrival);
      last[connection] = arrival;
    }
    this.transit.send(arrival, kind, dispatcher, server, now, first, second, third);
  }

  /** Sends the same message between a server and each of its dispatchers: one to EVERYONE, if it reaches them all at the same time. */
  sendToAll(
    now: ModelTime,
    kind: number,
    dispatchers: readonly number[],
    server: number,
    first: number,
    second: number,
    third: number,
  ): void {
    if (this.last === undefined) this.send(now, kind, EVERYONE, server, first, second, third);
    else for (const dispatcher of dispatchers) this.send(now, kind, dispatcher, server, first, second, third);
  }

  private receiveAtOnce(
    now: ModelTime,
    kind: number,
    dispatcher: number,
    server: number,
    first: number,
    second: number,
    third: number,
  ): void {
    const { message } = this;
    message.kind = kind;
    message.dispatcher = dispatcher;
    message.server = server;
    message.sentAt = now;
    message.first = first;
    message.second = second;
    message.third = third;
    this.receive(message);
  }
}

/** Whether all messages that take time take equally long. */
function arriveInOrder(...delays: readonly Delays[]): boolean {
  const times = delays.map((delay) => (typeof delay === "function" ? undefined : fixedTime(delay)));
  return !times.includes(undefined) && new Set(times.filter((time) => time !== 0)).size <= 1;
}

/** How long messages always take; undefined if that is not fixed. */
function fixedTime(delay: MessageDelay): ModelTime | undefined {
  if (delay.law === "none") return 0;
  return delay.law === "constant" ? delay.time : undefined;
}

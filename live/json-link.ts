import type { z } from "zod";
import { PeerError } from "../model/errors.js";
import { Channel, type Transport } from "./channel.js";
import type { Clock } from "./clock.js";
import { type Connect, Dialer } from "./dial.js";
import { readMessage } from "./messages.js";
import { type SharedHello, sharedHello } from "./shared-messages.js";

export interface JsonLinkOptions<T> {
  readonly url: string;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly hello: SharedHello;
  readonly schema: z.ZodType<T>;
  received(message: T): void;
  /** The connection has ended, and is not made again. */
  lost(reason: string): void;
  log(message: string): void;
}

/** A connection to another process that carries JSON messages: tried for until there is one, and never made twice. */
export class JsonLink<T> {
  private readonly dialer: Dialer;
  private channel: Channel | undefined;
  private stopped = false;

  constructor(options: JsonLinkOptions<T>) {
    const { url, clock, connect, hello, schema } = options;
    this.dialer = new Dialer({
      ...{ url, clock, connect },
      opened: (channel) => {
        this.channel = channel;
        channel.send(hello);
        return {
          receiveFrame: refuseFrame,
          receiveText: (text) => options.received(readMessage(schema, text)),
          closed: (reason) => {
            this.channel = undefined;
            const wasWanted = !this.stopped;
            this.stop();
            if (wasWanted) options.lost(reason);
          },
        };
      },
      failed: (reason, retry) => options.log(`no connection to ${url} (${reason}); next try in ${retry} s`),
    });
  }

  /** Bytes that wait here until the other side reads. */
  get unsentBytes(): number {
    return this.channel?.unsentBytes ?? 0;
  }

  send(message: object): void {
    this.channel?.send(message);
  }

  stop(): void {
    this.stopped = true;
    this.dialer.stop();
  }
}

/** A peer after its hello: what to do with its messages, and with its end. */
export interface JsonPeer {
  receive(text: string): void;
  closed(reason: string): void;
}

export interface JsonReception {
  readonly clock: Clock;
  /** Makes a peer of one that has said hello. May throw PeerError, as the peer's `receive`. */
  accept(hello: SharedHello, channel: Channel): JsonPeer;
  /** A peer has broken the protocol, and is shut out for this reason. */
  offended(reason: string): void;
}

/** How long a new connection may take to say who it is. */
const HELLO_SECONDS = 5;

/** Attends to a new connection: reads its hello, and leaves the rest to the peer that the reception makes of it. */
export function attendJson(transport: Transport, { clock, accept, offended }: JsonReception): void {
  let peer: JsonPeer | undefined;
  const channel: Channel = new Channel(transport, {
    receiveFrame: refuseFrame,
    receiveText: (text) => {
      if (peer !== undefined) {
        peer.receive(text);
        return;
      }
      peer = accept(readMessage(sharedHello, text), channel);
      impatience();
    },
    closed: (reason, offence) => {
      impatience();
      if (offence) offended(reason);
      peer?.closed(reason);
    },
  });
  const impatience = clock.after(HELLO_SECONDS, () => channel.reject(`sent no hello within ${HELLO_SECONDS} s`));
}

function refuseFrame(): never {
  throw new PeerError("sent a binary frame where messages are JSON");
}

import type { z } from "zod";
import { PeerError } from "../model/errors.js";
import type { Transport } from "./channel.js";
import { Channel, type ChannelOwner } from "./channel.js";
import type { Clock } from "./clock.js";
import { Dialer } from "./dial.js";
import { readMessage } from "./messages.js";
import { type SharedHello, sharedHello } from "./shared-messages.js";
import { connectWebSocket } from "./web-socket.js";

export interface JsonLinkOptions<T> {
  readonly url: string;
  readonly clock: Clock;
  readonly hello: SharedHello;
  readonly schema: z.ZodType<T>;
  received(message: T): void;
  closed(reason: string): void;
  log(message: string): void;
}

/** A connection to another process that carries JSON messages, made again whenever it is lost. */
export class JsonLink<T> {
  private readonly dialer: Dialer;
  private channel: Channel | undefined;

  constructor(options: JsonLinkOptions<T>) {
    const { url, clock, hello, schema } = options;
    this.dialer = new Dialer({
      url,
      clock,
      connect: connectWebSocket,
      opened: (channel) => {
        this.channel = channel;
        channel.send(hello);
        return owner({
          receive: (text) => options.received(readMessage(schema, text)),
          closed: (reason) => {
            this.channel = undefined;
            options.closed(reason);
          },
        });
      },
      failed: (reason, retry) => options.log(`no connection to ${url} (${reason}); next try in ${retry} s`),
    });
  }

  get isOpen(): boolean {
    return this.channel !== undefined;
  }

  send(message: object): void {
    this.channel?.send(message);
  }

  stop(): void {
    this.dialer.stop();
  }
}

/** A peer after its hello: what to do with its messages, and with its end. */
export interface JsonPeer {
  receive(text: string): void;
  closed(reason: string): void;
}

/**
 * Attends to a new connection: reads its hello, and leaves the rest to the peer that `accept` makes of it, which may throw
 * PeerError.
 */
export function attendJson(transport: Transport, accept: (hello: SharedHello, channel: Channel) => JsonPeer): void {
  let peer: JsonPeer | undefined;
  const channel: Channel = new Channel(
    transport,
    owner({
      receive: (text) => {
        if (peer === undefined) peer = accept(readMessage(sharedHello, text), channel);
        else peer.receive(text);
      },
      closed: (reason) => peer?.closed(reason),
    }),
  );
}

function owner({ receive, closed }: JsonPeer): ChannelOwner {
  return {
    receiveFrame: () => {
      throw new PeerError("sent a binary frame where messages are JSON");
    },
    receiveText: receive,
    closed,
  };
}

import type { Clock } from "../clock.js";
import { Channel, type ChannelOwner, type Transport } from "./channel.js";

const FIRST_DELAY_SECONDS = 0.1;
const LONGEST_DELAY_SECONDS = 5;

/** Tries to connect once, and reports the outcome after it has returned. Returns a function that gives up. */
export type Connect = (
  url: string,
  events: { opened(transport: Transport): void; failed(reason: string): void },
) => () => void;

export interface DialOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** Called when a connection opens, before anything is received. */
  opened(channel: Channel): ChannelOwner;
  /** Called when connecting has failed or a connection has ended, with the delay before the next attempt. */
  failed(reason: string, retrySeconds: number): void;
}

/**
 * Maintains a connection to the dispatcher: connects, and reconnects with exponential backoff whenever it is lost, until `stop`
 * is called.
 */
export class Dialer {
  private delay = FIRST_DELAY_SECONDS;
  private giveUp: () => void = () => undefined;
  private channel: Channel | undefined;
  private stopped = false;

  constructor(private readonly options: DialOptions) {
    this.connect();
  }

  /** Makes no further attempts, and closes the connection if there is one. */
  stop(): void {
    this.stopped = true;
    this.giveUp();
    this.channel?.close();
  }

  private connect(): void {
    this.giveUp = this.options.connect(this.options.url, {
      opened: (transport) => this.opened(transport),
      failed: (reason) => this.retry(reason),
    });
  }

  private opened(transport: Transport): void {
    this.giveUp = () => undefined;
    let owner: ChannelOwner | undefined;
    this.channel = new Channel(transport, {
      receiveFrame: (frame) => owner?.receiveFrame(frame),
      receiveText: (text) => {
        // Only an answer resets the backoff: a peer may accept connections and drop them at once.
        this.delay = FIRST_DELAY_SECONDS;
        owner?.receiveText(text);
      },
      closed: (reason, offence) => {
        this.channel = undefined;
        owner?.closed(reason, offence);
        this.retry(reason);
      },
    });
    owner = this.options.opened(this.channel);
  }

  private retry(reason: string): void {
    if (this.stopped) return;
    this.options.failed(reason, this.delay);
    this.giveUp = this.options.clock.after(this.delay, () => this.connect());
    this.delay = Math.min(LONGEST_DELAY_SECONDS, 2 * this.delay);
  }
}

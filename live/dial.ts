import { WebSocket } from "ws";
import { messageOf } from "../model/errors.js";
import { Channel, type ChannelOwner } from "./channel.js";

const FIRST_DELAY_MILLISECONDS = 100;
const LONGEST_DELAY_MILLISECONDS = 5000;

export interface DialOptions {
  readonly url: string;
  /** Called at each connection that opens, before anything is received. */
  opened(channel: Channel): ChannelOwner;
  /** Called when a connection could not be made or has ended, with the delay before the next attempt. */
  failed(reason: string, retryMilliseconds: number): void;
}

/**
 * Keeps a connection to the dispatcher: connects, and connects again with exponential backoff whenever it is lost, until
 * `stop` is called.
 */
export class Dialer {
  private delay = FIRST_DELAY_MILLISECONDS;
  private timer: NodeJS.Timeout | undefined;
  private socket: WebSocket | undefined;
  private channel: Channel | undefined;
  private stopped = false;

  constructor(private readonly options: DialOptions) {
    this.connect();
  }

  /** Makes no further attempt, and closes the connection if there is one. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.channel === undefined) this.socket?.terminate();
    else this.channel.close();
  }

  private connect(): void {
    const socket = new WebSocket(this.options.url, { perMessageDeflate: false });
    this.socket = socket;
    const failedToOpen = (error: Error): void => this.retry(messageOf(error) || "connection refused");
    socket.once("error", failedToOpen);
    socket.once("open", () => {
      socket.off("error", failedToOpen);
      let owner: ChannelOwner | undefined;
      this.channel = new Channel(socket, {
        receiveFrame: (frame) => owner?.receiveFrame(frame),
        receiveText: (text) => {
          // Only a peer that answers has shown that it is there to stay.
          this.delay = FIRST_DELAY_MILLISECONDS;
          owner?.receiveText(text);
        },
        closed: (reason) => {
          this.channel = undefined;
          owner?.closed(reason);
          this.retry(reason);
        },
      });
      owner = this.options.opened(this.channel);
    });
  }

  private retry(reason: string): void {
    if (this.stopped) return;
    this.options.failed(reason, this.delay);
    this.timer = setTimeout(() => this.connect(), this.delay);
    this.delay = Math.min(LONGEST_DELAY_MILLISECONDS, 2 * this.delay);
  }
}

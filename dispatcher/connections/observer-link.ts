import { Link, type LinkOptions, type LinkOwner } from "../../live/wire/link.js";
import {
  type Changes,
  type DispatcherHello,
  PROTOCOL_VERSION,
  readMessage,
  type ShareReport,
  type ToDispatcher,
  toDispatcher,
} from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";

/** A dispatcher's connection to the first of them, which measures them all. */
export class ObserverLink implements LinkOwner<Changes> {
  private readonly link: Link<Changes>;

  /**
   * @param number of this dispatcher, from 1
   * @param change makes the changes that were made by hand at the first
   */
  constructor(
    options: Omit<LinkOptions, "onSilence">,
    private readonly number: number,
    private readonly change: (changes: Changes) => void,
  ) {
    this.link = new Link({ ...options, onSilence: "wait" }, this);
  }

  report(report: ShareReport): void {
    this.link.send({ type: "share", ...report });
  }

  stop(): void {
    this.link.stop();
  }

  hello(): Omit<DispatcherHello, "session"> {
    return { type: "hello", role: "dispatcher", protocol: PROTOCOL_VERSION, number: this.number };
  }

  readMessage(text: string): ToDispatcher {
    return readMessage(toDispatcher, text);
  }

  receiveFrame(): never {
    throw new PeerError("sent a binary frame to a dispatcher");
  }

  receiveMessage(changes: Changes): void {
    this.change(changes);
  }

  // All that it knows of a dispatcher are its latest totals, which survive any connection.
  joined(): void {}
  settled(): void {}
  away(): void {}
  expired(): void {}
}

import type { Channel, ChannelOwner } from "../../live/channel.js";
import { Dialer } from "../../live/dial.js";
import {
  type FromLoadGenerator,
  type LoadGeneratorHello,
  PROTOCOL_VERSION,
  readMessage,
  toLoadGenerator,
} from "../../live/messages.js";
import { type RecordHandlers, readFrame } from "../../live/wire.js";
import type { Work } from "../../model/units.js";
import type { ScheduleReport, Target, TargetEvents } from "./target.js";

export interface DispatcherAddress {
  readonly url: string;
  /** Of this generator. */
  readonly name: string;
  log(message: string): void;
}

/** A dispatcher, over its WebSocket. It is open from the moment that the dispatcher says that the fleet is complete. */
export class DispatcherTarget implements Target, ChannelOwner {
  open = false;
  private readonly dialer: Dialer;
  private channel: Channel | undefined;
  private readonly handlers: RecordHandlers;

  constructor(
    private readonly address: DispatcherAddress,
    private readonly events: TargetEvents,
  ) {
    this.handlers = { outcome: (job, outcome) => events.ended(job, outcome) };
    this.dialer = new Dialer({
      url: address.url,
      opened: (channel) => this.connected(channel),
      failed: (reason, retry) => address.log(`no dispatcher at ${address.url} (${reason}); next try in ${retry} ms`),
    });
  }

  submit(job: number, taskType: number, work: Work): void {
    this.channel?.records().submit(job, taskType, work);
  }

  report(schedule: ScheduleReport): void {
    const message: FromLoadGenerator = { type: "schedule", ...schedule };
    this.channel?.send(message);
  }

  stop(): void {
    this.dialer.stop();
  }

  receiveFrame(frame: Buffer): void {
    readFrame(frame, this.handlers);
  }

  receiveText(text: string): void {
    if (readMessage(toLoadGenerator, text).type !== "start") return;
    this.open = true;
    this.events.opened();
  }

  closed(reason: string): void {
    this.channel = undefined;
    if (this.open) this.events.closed(reason);
    this.open = false;
  }

  private connected(channel: Channel): ChannelOwner {
    this.channel = channel;
    const hello: LoadGeneratorHello = {
      type: "hello",
      role: "load-generator",
      protocol: PROTOCOL_VERSION,
      name: this.address.name,
    };
    channel.send(hello);
    return this;
  }
}

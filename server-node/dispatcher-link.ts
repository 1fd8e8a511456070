import type { Clock } from "../live/clock.js";
import type { Connect } from "../live/wire/dial.js";
import { type RecordHandlers, readFrame } from "../live/wire/frame-reader.js";
import type { FrameWriter } from "../live/wire/frame-writer.js";
import { Link, type LinkOwner } from "../live/wire/link.js";
import {
  type AnnouncedServer,
  type FinishedJob,
  type JobKey,
  PROTOCOL_VERSION,
  readMessage,
  type ServerNodeHello,
  type ToServerNode,
  toServerNode,
} from "../live/wire/messages.js";
import type { ModelTime } from "../model/units.js";
import type { Subscription } from "./node-news.js";

/** A job that has left its server and whose outcome may not have reached its generator; and the frame that reports it. */
interface ReportedJob {
  readonly job: FinishedJob;
  readonly frame: number;
}

/** Most finished jobs remembered; the oldest are settled long before. */
const MOST_FINISHED = 100_000;

export interface DispatcherLinkOptions {
  readonly url: string;
  readonly name: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** Unique identity of the process. */
  readonly process: string;
  readonly metricsUrl?: string;
  log(message: string): void;
}

/** What a node does for one of its dispatchers. */
export interface LinkedNode {
  /** The records that the dispatcher may send. */
  readonly handlers: RecordHandlers;
  /** The servers as the hello describes them, with the jobs that they hold of this dispatcher. */
  announce(): AnnouncedServer[];
  /** Connected. `resumed`: the session continues; if not, the jobs that it holds are numbered as in the hello. */
  joined(resumed: boolean): void;
  subscribed(subscription: Subscription): void;
  /** All jobs that the dispatcher has for the node have been sent, or there is no connection. */
  allSent(): void;
  /** The dispatcher may have given the jobs that it has sent here to others: they must be dropped. */
  expired(): void;
}

/** A server node's session with one dispatcher, and what it still knows of the jobs of it that have ended. */
export class DispatcherLink implements LinkOwner<ToServerNode> {
  readonly link: Link<ToServerNode>;
  private finished: ReportedJob[] = [];
  private isDraining = false;

  constructor(
    private readonly options: DispatcherLinkOptions,
    private readonly node: LinkedNode,
  ) {
    this.link = new Link({ ...options, onSilence: "drop" }, this);
  }

  /** The writer of records to the dispatcher. */
  records(): FrameWriter {
    return this.link.session.records();
  }

  /** Notes a job that has been served or abandoned, and is about to be reported. */
  ended([origin, job]: JobKey, timeAtServer: ModelTime): void {
    this.finished.push({ job: [origin, job, timeAtServer], frame: this.link.session.nextNumber });
    if (this.finished.length > MOST_FINISHED) this.finished = this.finished.slice(MOST_FINISHED / 2);
  }

  /** Asks the dispatcher to send no more jobs. */
  drain(): void {
    this.isDraining = true;
    if (this.link.connected) this.link.send({ type: "draining" });
    else this.node.allSent();
  }

  hello(): Omit<ServerNodeHello, "session"> {
    const { name, metricsUrl } = this.options;
    return {
      type: "hello",
      role: "server-node",
      protocol: PROTOCOL_VERSION,
      name,
      servers: this.node.announce(),
      finished: this.finished.map(({ job }) => job),
      ...(metricsUrl === undefined ? {} : { metricsUrl }),
    };
  }

  receiveFrame(frame: Buffer): void {
    readFrame(frame, this.node.handlers);
  }

  readMessage(text: string): ToServerNode {
    return readMessage(toServerNode, text);
  }

  receiveMessage(message: ToServerNode): void {
    if (message.type === "news") this.node.subscribed(message);
    else if (message.type === "drained") this.node.allSent();
  }

  joined(resumed: boolean): void {
    if (!resumed) this.finished = this.finished.map(({ job }) => ({ job, frame: 1 }));
    this.node.joined(resumed);
    if (this.isDraining) this.options.clock.soon(() => this.link.send({ type: "draining" }));
  }

  settled(frame: number): void {
    const left = this.finished.findIndex((job) => job.frame > frame);
    this.finished = left < 0 ? [] : this.finished.slice(left);
  }

  away(): void {
    if (this.isDraining) this.node.allSent();
  }

  expired(): void {
    // Completions that the dispatcher has not received do not count.
    const heard = this.link.session.acknowledged;
    this.finished = this.finished.filter(({ frame }) => frame <= heard);
    this.node.expired();
  }
}

import type { Clock } from "../../live/clock.js";
import type { Connect } from "../../live/dial.js";
import { type RecordHandlers, readFrame } from "../../live/frame-reader.js";
import { Link, type LinkOwner } from "../../live/link.js";
import {
  type LoadGeneratorHello,
  PROTOCOL_VERSION,
  readMessage,
  type ToLoadGenerator,
  toLoadGenerator,
} from "../../live/messages.js";
import { PeerError } from "../../model/errors.js";
import type { Work } from "../../model/units.js";
import { jobNamed, nameOf } from "../job-names.js";
import { MOST_UNSENT_BYTES, type ScheduleReport, type Target, type TargetEvents } from "./target.js";

export interface DispatcherAddress {
  readonly url: string;
  /** Of this generator. */
  readonly name: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** An identity that no other process has. */
  readonly process: string;
  /** By which its jobs are told from those of other generators: 32 random bits. */
  readonly origin: number;
  /** What the names of its jobs are made with: 32 random bits. */
  readonly secret: number;
  log(message: string): void;
}

/**
 * A dispatcher, over its WebSocket. It is open from the moment that the dispatcher says that the fleet is complete. While it
 * is away, nothing is lost: it still has the jobs, or it is sent them again.
 */
export class DispatcherTarget implements Target, LinkOwner<ToLoadGenerator> {
  open = false;
  private readonly link: Link<ToLoadGenerator>;
  private readonly handlers: RecordHandlers;
  private sentInSession = 0;
  /** Whether the dispatcher knows of the jobs under way. */
  private informed = true;

  constructor(
    private readonly address: DispatcherAddress,
    private readonly events: TargetEvents,
  ) {
    this.handlers = {
      outcome: (name, outcome) => {
        if (!events.ended(jobNamed(name, address.secret), outcome))
          throw new PeerError("says of a job how it ended that is not under way");
      },
    };
    this.link = new Link({ ...address, onSilence: "wait" }, this);
  }

  get congested(): boolean {
    return this.link.unsentBytes > MOST_UNSENT_BYTES;
  }

  submit(job: number, taskType: number, work: Work): void {
    this.sentInSession++;
    this.link.session.records().submit(nameOf(job, this.address.secret), taskType, work);
  }

  report(schedule: ScheduleReport): void {
    const { sentInSession } = this;
    this.link.send({ type: "schedule", ...schedule, sentInSession, received: this.link.session.received });
  }

  stop(): void {
    this.link.stop();
  }

  hello(): Omit<LoadGeneratorHello, "session"> {
    const { name, origin } = this.address;
    return { type: "hello", role: "load-generator", protocol: PROTOCOL_VERSION, name, origin };
  }

  readMessage(text: string): ToLoadGenerator {
    return readMessage(toLoadGenerator, text);
  }

  joined(resumed: boolean): void {
    if (resumed) return;
    this.sentInSession = 0;
    this.informed = false;
  }

  receiveFrame(frame: Buffer): void {
    readFrame(frame, this.handlers);
  }

  /** The fleet is complete, or the workload is another one. */
  receiveMessage(message: ToLoadGenerator): void {
    if (message.type === "workload") {
      const { arrivalRate, seed, paused } = message;
      this.events.changed({ arrivalRate, seed, paused });
      return;
    }
    this.open = true;
    if (!this.informed) this.sendAgain();
    this.informed = true;
    this.events.opened();
  }

  settled(): void {
    // Nobody but itself has to remember anything for it.
  }

  away(): void {
    this.open = false;
  }

  expired(): void {
    // The jobs it has sent are still its own.
  }

  private sendAgain(): void {
    for (const { job, taskType, work } of this.events.underWay()) {
      this.sentInSession++;
      this.link.session.records().resubmit(nameOf(job, this.address.secret), taskType, work);
    }
  }
}

import type { Clock } from "../../live/clock.js";
import type { Connect } from "../../live/wire/dial.js";
import { type RecordHandlers, readFrame } from "../../live/wire/frame-reader.js";
import { Link, type LinkOwner } from "../../live/wire/link.js";
import {
  type LoadGeneratorHello,
  PROTOCOL_VERSION,
  readMessage,
  type ToLoadGenerator,
  toLoadGenerator,
} from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import type { Work } from "../../model/units.js";
import { jobNamed, nameOf } from "../job-names.js";
import { MOST_UNSENT_BYTES, type ScheduleReport, type Target, type TargetEvents } from "./target.js";

export interface DispatcherAddress {
  readonly url: string;
  /** Name of this generator. */
  readonly name: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** Unique identity of the process. */
  readonly process: string;
  /** Identifies the generator in the keys of its jobs: 32 random bits. */
  readonly origin: number;
  /** Secret for the names of its jobs: 32 random bits. */
  readonly secret: number;
  log(message: string): void;
}

/**
 * A dispatcher, over its WebSocket. It is open from when the dispatcher reports that the fleet is complete. No jobs are lost
 * while it is disconnected: either it still has them, or they are resent.
 */
export class DispatcherTarget implements Target, LinkOwner<ToLoadGenerator> {
  open = false;
  private readonly link: Link<ToLoadGenerator>;
  private readonly handlers: RecordHandlers;
  private sentInSession = 0;
  private jobsUnderWay = 0;
  /** Whether the dispatcher knows the jobs in flight. */
  private informed = true;

  constructor(
    private readonly address: DispatcherAddress,
    private readonly events: TargetEvents,
  ) {
    this.handlers = {
      outcome: (name, outcome) => {
        this.jobsUnderWay--;
        if (!events.ended(jobNamed(name, address.secret), outcome))
          throw new PeerError("reports the outcome of a job that is not in flight");
      },
    };
    this.link = new Link({ ...address, onSilence: "wait" }, this);
  }

  get congested(): boolean {
    return this.link.unsentBytes > MOST_UNSENT_BYTES;
  }

  accepts(): boolean {
    return this.open;
  }

  submit(job: number, taskType: number, work: Work): void {
    this.sentInSession++;
    this.jobsUnderWay++;
    this.link.session.records().submit(nameOf(job, this.address.secret), taskType, work);
  }

  report(schedule: ScheduleReport): void {
    if (!this.open) return;
    const { sentInSession, jobsUnderWay: underWay } = this;
    this.link.send({ type: "schedule", ...schedule, underWay, sentInSession, received: this.link.session.received });
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

  /** The fleet is complete, or the workload has changed. */
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
    // The dispatcher keeps nothing for the generator that could be forgotten now.
  }

  away(): void {
    this.open = false;
  }

  expired(): void {
    // The generator keeps the jobs that it has sent, whatever the dispatcher does.
  }

  private sendAgain(): void {
    for (const { job, taskType, work } of this.events.underWay()) {
      this.sentInSession++;
      this.link.session.records().resubmit(nameOf(job, this.address.secret), taskType, work);
    }
  }
}

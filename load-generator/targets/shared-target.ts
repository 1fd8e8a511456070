import type { Clock } from "../../live/clock.js";
import type { Connect } from "../../live/dial.js";
import { JsonLink } from "../../live/json-link.js";
import {
  type FromSharedGenerator,
  SHARED_PROTOCOL_VERSION,
  type ToSharedGenerator,
  toSharedGenerator,
} from "../../live/shared-messages.js";
import { PeerError } from "../../model/errors.js";
import { ownerOf } from "../../model/graphs/shares.js";
import type { Work } from "../../model/units.js";
import { MOST_UNSENT_BYTES, type ScheduleReport, type Target, type TargetEvents } from "./target.js";

export interface SharedAddress {
  readonly coordinatorUrl: string;
  /** In the order of their shares of the task types. */
  readonly dispatcherUrls: readonly string[];
  readonly taskTypes: number;
  readonly name: string;
  readonly clock: Clock;
  readonly connect: Connect;
  log(message: string): void;
}

/**
 * Several dispatchers, each for a share of the task types. Open from the moment that the coordinator says that all are here
 * until the first of them is gone.
 */
export class SharedTarget implements Target {
  open = false;
  private readonly coordinator: JsonLink<ToSharedGenerator>;
  private readonly dispatchers: readonly JsonLink<ToSharedGenerator>[];
  /** Connections on which jobs can be sent; the last is the coordinator's. */
  private readonly started: boolean[];

  constructor(
    private readonly address: SharedAddress,
    private readonly events: TargetEvents,
  ) {
    const { coordinatorUrl, dispatcherUrls } = address;
    this.started = [...dispatcherUrls, coordinatorUrl].map(() => false);
    this.dispatchers = dispatcherUrls.map((url, link) => this.link(url, link));
    this.coordinator = this.link(coordinatorUrl, dispatcherUrls.length);
  }

  get congested(): boolean {
    return this.dispatchers.some(({ unsentBytes }) => unsentBytes > MOST_UNSENT_BYTES);
  }

  submit(job: number, taskType: number, work: Work): void {
    const owner = ownerOf(taskType, this.address.taskTypes, this.dispatchers.length);
    this.dispatchers[owner].send({ type: "submit", job, taskType, work } satisfies FromSharedGenerator);
  }

  report(schedule: ScheduleReport): void {
    const { sent, lagTotalSeconds, lagMaxSeconds, heldUp, completed, sojournTotalSeconds } = schedule;
    const message = { sent, lagTotalSeconds, lagMaxSeconds, heldUp, completed, sojournTotalSeconds };
    this.coordinator.send({ type: "schedule", ...message } satisfies FromSharedGenerator);
  }

  stop(): void {
    for (const link of [this.coordinator, ...this.dispatchers]) link.stop();
  }

  private link(url: string, number: number): JsonLink<ToSharedGenerator> {
    const { name, clock, connect, log } = this.address;
    return new JsonLink({
      ...{ url, clock, connect, log, schema: toSharedGenerator },
      hello: { type: "hello", protocol: SHARED_PROTOCOL_VERSION, role: "load-generator", name },
      received: (message) => {
        if (message.type === "start") this.start(number);
        else if (!this.events.ended(message.job, message.outcome) && this.open)
          throw new PeerError("says of a job how it ended that is not under way");
      },
      lost: (reason) => {
        log(`the connection to ${url} has ended: ${reason}; no more jobs are sent`);
        this.started[number] = false;
        this.close(reason);
      },
    });
  }

  private start(number: number): void {
    this.started[number] = true;
    if (this.open || !this.started.every((one) => one)) return;
    this.open = true;
    this.events.opened();
  }

  private close(reason: string): void {
    if (!this.open) return;
    this.open = false;
    this.events.closed(reason);
  }
}

import { grown } from "../../model/grown.js";
import type { ModelTime, Work } from "../../model/units.js";
import type { Fleet, FleetIndex } from "./fleet.js";

/**
 * When each server will have done all its work, by the sizes of the jobs sent to it and the rate at which it announced to do all its
 * work together. A server
 * that says it is idle is; jobs of which nothing is known are of mean size, 1.
 */
export class WorkLeft implements FleetIndex {
  private doneAt = new Float64Array(16);
  private now: ModelTime = 0;
  private size: Work = 1;

  /** @param changed called with every server whose time of being done has changed, unless it is idle */
  constructor(
    private readonly fleet: Fleet,
    private readonly changed: (server: number, doneAt: ModelTime) => void = () => undefined,
  ) {}

  /** The job that is being routed, in case it is sent to a server. */
  routing(size: Work, now: ModelTime): void {
    this.size = Number.isNaN(size) ? 1 : size;
    this.now = now;
  }

  /** How long a job would wait that joined the server now. */
  waitingTime(server: number): ModelTime {
    return Math.max(0, this.doneAt[server] - this.now);
  }

  added(server: number, queueLength: number): void {
    if (server >= this.doneAt.length) this.doneAt = grown(this.doneAt, new Float64Array(2 * server));
    this.set(server, queueLength === 0 ? 0 : this.now + queueLength / this.fleet.rate(server));
  }

  removed(server: number): void {
    this.set(server, Number.POSITIVE_INFINITY);
  }

  rose(server: number): void {
    this.set(server, Math.max(this.now, this.doneAt[server]) + this.size / this.fleet.rate(server));
    this.size = 1;
  }

  fell(server: number, before: number): void {
    if (before === 1) this.doneAt[server] = 0;
  }

  private set(server: number, doneAt: ModelTime): void {
    this.doneAt[server] = doneAt;
    this.changed(server, doneAt);
  }
}

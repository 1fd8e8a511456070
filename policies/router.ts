import type { ModelTime, Work } from "../model/units.js";
import type { Policy } from "./policy.js";

/** A policy at work: serves it what it declared that it knows, in every engine. Allocates nothing per job. */
export class Router {
  private readonly job = { type: 0, size: Number.NaN };
  private readonly showsSizes: boolean;
  private readonly tellsLatencies: boolean;

  constructor(readonly policy: Policy) {
    this.showsSizes = policy.knows.includes("job-size");
    this.tellsLatencies = policy.knows.includes("latencies");
  }

  /** The server for a job, or NO_SERVER. */
  choose(type: number, size: Work, now: ModelTime): number {
    this.job.type = type;
    if (this.showsSizes) this.job.size = size;
    return this.policy.choose(this.job, now);
  }

  /** A job is done, `latency` after it arrived. */
  completed(server: number, latency: ModelTime, now: ModelTime): void {
    if (this.tellsLatencies) this.policy.completed?.(server, latency, now);
  }
}

import { keyOf } from "../model/job-label.js";
import type { ModelTime, Work } from "../model/units.js";
import type { Policy, Probes } from "./policy.js";

/** A policy at work: serves it what it declared that it knows, in every engine. Allocates nothing per job. */
export class Router {
  private readonly job = { type: 0, size: Number.NaN };
  private readonly showsSizes: boolean;
  private readonly tellsLatencies: boolean;
  private readonly probes: Probes | undefined;

  constructor(readonly policy: Policy) {
    this.showsSizes = policy.knows.includes("job-size");
    this.tellsLatencies = policy.knows.includes("latencies");
    this.probes = policy.knows.includes("probes") ? policy.probes : undefined;
  }

  /** The server for a job, or NO_SERVER. Policies see the key of its label only. */
  choose(label: number, size: Work, now: ModelTime): number {
    this.job.type = keyOf(label);
    if (this.showsSizes) this.job.size = size;
    return this.policy.choose(this.job, now);
  }

  /** Asks the servers that the policy probes. To be called once for every job, after it is on its way or blocked. */
  probe(ask: (server: number) => void): void {
    if (this.probes === undefined) return;
    const { servers, count } = this.probes;
    for (let i = 0; i < count; i++) ask(servers[i]);
  }

  /** A server that was asked has so many jobs, and such a latency with them. */
  answered(server: number, jobs: number, latency: ModelTime, now: ModelTime): void {
    if (this.probes !== undefined) this.policy.answered?.(server, jobs, latency, now);
  }

  /** A job is done, `latency` after it arrived. */
  completed(server: number, latency: ModelTime, now: ModelTime): void {
    if (this.tellsLatencies) this.policy.completed?.(server, latency, now);
  }
}

import type { ModelTime } from "../model/units.js";
import { RecentLatencies } from "./recent-latencies.js";

/** What servers need to answer probes. Of a server that is never probed nothing is kept. */
export class ProbedServers {
  private readonly latencies: (RecentLatencies | undefined)[] = [];

  /** A server has accepted a job, by its own number, which found so many there. */
  accepted(server: number, job: number, found: number): void {
    this.latencies[server]?.accepted(job, found);
  }

  /** A server has completed a job. */
  completed(server: number, job: number, latency: ModelTime): void {
    this.latencies[server]?.completed(job, latency);
  }

  /** A server has dropped its jobs. */
  dropped(server: number): void {
    this.latencies[server]?.dropped();
  }

  /** A server, which has so many jobs, is probed: the latency that it answers, of jobs since its first probe. */
  probed(server: number, jobs: number): ModelTime {
    this.latencies[server] ??= new RecentLatencies();
    return this.latencies[server].at(jobs);
  }
}

import type { ModelTime } from "../../model/units.js";
import type { FleetIndex } from "./fleet.js";

/** What servers have answered to probes, oldest first, in a pool of limited size. Operations take O(size) and allocate nothing. */
export class ProbePool implements FleetIndex {
  private readonly servers: Int32Array;
  private readonly jobs: Int32Array;
  private readonly latencies: Float64Array;
  private readonly times: Float64Array;
  /** How often each answer may still be used. */
  private readonly uses: Int32Array;
  private count = 0;

  constructor(private readonly most: number) {
    this.servers = new Int32Array(most);
    this.jobs = new Int32Array(most);
    this.latencies = new Float64Array(most);
    this.times = new Float64Array(most);
    this.uses = new Int32Array(most);
  }

  get size(): number {
    return this.count;
  }

  /** Adds an answer; the oldest makes room for it. */
  add(server: number, jobs: number, latency: ModelTime, now: ModelTime, uses: number): void {
    if (this.count === this.most) this.remove(0);
    const place = this.count++;
    this.servers[place] = server;
    this.jobs[place] = jobs;
    this.latencies[place] = latency;
    this.times[place] = now;
    this.uses[place] = uses;
  }

  /** Removes answers from before a time. */
  expire(before: ModelTime): void {
    while (this.count > 0 && this.times[0] < before) this.remove(0);
  }

  /** The best answer: of least latency among those of at most `threshold` jobs, else the one with the fewest jobs. */
  best(threshold: number): number {
    let best = 0;
    for (let i = 1; i < this.count; i++) if (this.isBetter(i, best, threshold)) best = i;
    return best;
  }

  /** Removes the answer that is the last choice. */
  removeWorst(threshold: number): void {
    if (this.count === 0) return;
    let worst = 0;
    for (let i = 1; i < this.count; i++) if (this.isBetter(worst, i, threshold)) worst = i;
    this.remove(worst);
  }

  removeOldest(): void {
    if (this.count > 0) this.remove(0);
  }

  /** Uses an answer for a job, which counts as one more at the server. Returns the server. */
  use(answer: number): number {
    const server = this.servers[answer];
    this.jobs[answer]++;
    if (--this.uses[answer] <= 0) this.remove(answer);
    return server;
  }

  added(): void {}

  removed(server: number): void {
    for (let i = this.count - 1; i >= 0; i--) if (this.servers[i] === server) this.remove(i);
  }

  rose(): void {}

  fell(): void {}

  private isBetter(one: number, other: number, threshold: number): boolean {
    const { jobs, latencies } = this;
    const [cold, otherCold] = [jobs[one] <= threshold, jobs[other] <= threshold];
    if (cold !== otherCold) return cold;
    return cold ? latencies[one] < latencies[other] : jobs[one] < jobs[other];
  }

  private remove(answer: number): void {
    this.count--;
    for (let i = answer; i < this.count; i++) {
      this.servers[i] = this.servers[i + 1];
      this.jobs[i] = this.jobs[i + 1];
      this.latencies[i] = this.latencies[i + 1];
      this.times[i] = this.times[i + 1];
      this.uses[i] = this.uses[i + 1];
    }
  }
}

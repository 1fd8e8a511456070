import type { ModelTime } from "../../model/units.js";
import type { FleetIndex } from "./fleet.js";

/**
 * What servers have answered to probes, oldest first, in a pool of limited size. An answer is added, and the oldest removed, in O(1);
 * other operations take O(size). Nothing is allocated.
 */
export class ProbePool implements FleetIndex {
  private readonly servers: Int32Array;
  private readonly jobs: Int32Array;
  private readonly latencies: Float64Array;
  private readonly times: Float64Array;
  /** How often each answer may still be used. */
  private readonly uses: Int32Array;
  /** The slots of the answers in order of age, in a ring; then the free ones. */
  private readonly order: Int32Array;
  private oldest = 0;
  private count = 0;

  constructor(private readonly most: number) {
    this.servers = new Int32Array(most);
    this.jobs = new Int32Array(most);
    this.latencies = new Float64Array(most);
    this.times = new Float64Array(most);
    this.uses = new Int32Array(most);
    this.order = Int32Array.from({ length: most }, (_, slot) => slot);
  }

  get size(): number {
    return this.count;
  }

  /** Adds an answer; the oldest makes room for it. */
  add(server: number, jobs: number, latency: ModelTime, now: ModelTime, uses: number): void {
    if (this.count === this.most) this.removeOldest();
    const slot = this.order[this.placeOf(this.count++)];
    this.servers[slot] = server;
    this.jobs[slot] = jobs;
    this.latencies[slot] = latency;
    this.times[slot] = now;
    this.uses[slot] = uses;
  }

  /** Removes answers from before a time. */
  expire(before: ModelTime): void {
    while (this.count > 0 && this.times[this.order[this.oldest]] < before) this.removeOldest();
  }

  /** The best answer: of least latency among those of at most `threshold` jobs, else the one with the fewest jobs. */
  best(threshold: number): number {
    const { order, jobs, latencies } = this;
    let [cold, hot] = [-1, -1];
    let [leastLatency, fewestJobs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < this.count; i++) {
      const slot = order[this.placeOf(i)];
      if (jobs[slot] > threshold) {
        if (jobs[slot] >= fewestJobs) continue;
        hot = i;
        fewestJobs = jobs[slot];
      } else if (latencies[slot] < leastLatency) {
        cold = i;
        leastLatency = latencies[slot];
      }
    }
    return cold >= 0 ? cold : hot;
  }

  /** Removes the answer that is the last choice. */
  removeWorst(threshold: number): void {
    const { order, jobs, latencies } = this;
    let [cold, hot] = [-1, -1];
    let [greatestLatency, mostJobs] = [-1, -1];
    for (let i = 0; i < this.count; i++) {
      const slot = order[this.placeOf(i)];
      if (jobs[slot] > threshold) {
        if (jobs[slot] <= mostJobs) continue;
        hot = i;
        mostJobs = jobs[slot];
      } else if (latencies[slot] > greatestLatency) {
        cold = i;
        greatestLatency = latencies[slot];
      }
    }
    if (this.count > 0) this.remove(hot >= 0 ? hot : cold);
  }

  removeOldest(): void {
    if (this.count === 0) return;
    this.oldest = this.placeOf(1);
    this.count--;
  }

  /** Uses an answer for a job, which counts as one more at the server. Returns the server. */
  use(answer: number): number {
    const slot = this.order[this.placeOf(answer)];
    this.jobs[slot]++;
    if (--this.uses[slot] <= 0) this.remove(answer);
    return this.servers[slot];
  }

  added(): void {}

  removed(server: number): void {
    for (let i = this.count - 1; i >= 0; i--) if (this.servers[this.order[this.placeOf(i)]] === server) this.remove(i);
  }

  rose(): void {}

  fell(): void {}

  /** Where in the ring the slot of an answer is, the oldest being 0. */
  private placeOf(answer: number): number {
    const place = this.oldest + answer;
    return place < this.most ? place : place - this.most;
  }

  private remove(answer: number): void {
    const { order } = this;
    const slot = order[this.placeOf(answer)];
    this.count--;
    for (let i = answer; i < this.count; i++) order[this.placeOf(i)] = order[this.placeOf(i + 1)];
    order[this.placeOf(this.count)] = slot;
  }
}

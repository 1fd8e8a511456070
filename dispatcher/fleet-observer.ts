import { grown } from "../model/grown.js";

/** What was seen of a fleet over a stretch of time. */
export interface FleetStatistics {
  /** Fraction of servers with at least i jobs, the one in service included, at index i, on average over time. */
  readonly queueTail: readonly number[];
  /** Jobs per server, on average over time. */
  readonly meanQueueLength: number;
  /** Jobs that arrived. */
  readonly offered: number;
  /** Of these, jobs that no server took. */
  readonly blocked: number;
  /** Of these, jobs sent to a server that was busy. */
  readonly waited: number;
}

/** Watches jobs come and go at servers that start empty. Every job costs O(1), whatever the queue lengths. */
export class FleetObserver {
  /** How many servers hold at least i jobs. */
  private counts = new Float64Array(64);
  /** Times of the rises of each count less those of its falls: the integral of a count until t is count t less this. */
  private moments = new Float64Array(64);
  private since = 0;
  /** Jobs that arrived since the last restart, those that no server took, and those sent to a server that was busy. */
  offered = 0;
  blocked = 0;
  waited = 0;

  /** Jobs that all servers hold. */
  get jobs(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** A queue length that no server has exceeded so far. */
  get highest(): number {
    return this.counts.length - 1;
  }

  /** How many servers hold at least `level` >= 1 jobs now. */
  count(level: number): number {
    return level < this.counts.length ? this.counts[level] : 0;
  }

  /** The integral over time, from 0 or the last restart until now, of the number of servers with at least `level` >= 1 jobs. */
  integral(level: number, now: number): number {
    return level < this.counts.length ? this.counts[level] * now - this.moments[level] : 0;
  }

  /** A job arrived and was sent to a server that held `queueLength` jobs before. */
  accepted(queueLength: number, now: number): void {
    this.offered++;
    if (queueLength > 0) this.waited++;
    if (queueLength + 1 >= this.counts.length) this.grow();
    this.counts[queueLength + 1]++;
    this.moments[queueLength + 1] += now;
  }

  /** A job arrived and no server took it. */
  refused(): void {
    this.offered++;
    this.blocked++;
  }

  /** A job ended at a server that held `queueLength` jobs before. */
  ended(queueLength: number, now: number): void {
    this.counts[queueLength]--;
    this.moments[queueLength] -= now;
  }

  /** Forgets what was seen so far; the jobs that are there stay. */
  restart(now: number): void {
    this.since = now;
    this.offered = 0;
    this.blocked = 0;
    this.waited = 0;
    for (let level = 0; level < this.counts.length; level++) this.moments[level] = this.counts[level] * now;
  }

  /** What was seen of so many servers since the last restart, which must be in the past. */
  statistics(now: number, servers: number): FleetStatistics {
    const { offered, blocked, waited } = this;
    const serverTime = servers * (now - this.since);
    const tail = Array.from(this.counts, (count, level) => (count * now - this.moments[level]) / serverTime);
    tail[0] = 1;
    const queueTail = tail.slice(0, 1 + tail.findLastIndex((fraction) => fraction > 0));
    const meanQueueLength = queueTail.reduce((sum, fraction) => sum + fraction, -1);
    return { queueTail, meanQueueLength, offered, blocked, waited };
  }

  private grow(): void {
    this.counts = grown(this.counts, new Float64Array(2 * this.counts.length));
    this.moments = grown(this.moments, new Float64Array(2 * this.moments.length));
  }
}

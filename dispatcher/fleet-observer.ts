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
  // The number of servers with at least i jobs rises where a server gets its i-th job, and falls where that one ends. All else follows
  // from how often it did: two numbers a job are all that is written down as it comes or goes.
  private rises = new Float64Array(64);
  private falls = new Float64Array(64);
  /** Times of the rises less those of the falls: the integral of the number until t is the number times t, less this. */
  private moments = new Float64Array(64);
  private since = 0;
  /** Jobs that no server took since the last restart. */
  blocked = 0;
  /** Jobs that a server had taken by the last restart, and those of them that it could serve at once. */
  private acceptedBefore = 0;
  private servedAtOnceBefore = 0;

  /** Jobs that arrived since the last restart. */
  get offered(): number {
    return this.blocked + sumOf(this.rises) - this.acceptedBefore;
  }

  /** Of these, jobs sent to a server that was busy. */
  get waited(): number {
    return this.offered - this.blocked - (this.rises[1] - this.servedAtOnceBefore);
  }

  /** Jobs that all servers hold. */
  get jobs(): number {
    return sumOf(this.rises) - sumOf(this.falls);
  }

  /** A queue length that no server has exceeded so far. */
  get highest(): number {
    return this.rises.length - 1;
  }

  /** How many servers hold at least `level` >= 1 jobs now. */
  count(level: number): number {
    return level < this.rises.length ? this.rises[level] - this.falls[level] : 0;
  }

  /** The integral over time, from 0 or the last restart until now, of the number of servers with at least `level` >= 1 jobs. */
  integral(level: number, now: number): number {
    return level < this.rises.length ? this.count(level) * now - this.moments[level] : 0;
  }

  /** A job arrived and was sent to a server that held `queueLength` jobs before. */
  accepted(queueLength: number, now: number): void {
    const level = queueLength + 1;
    if (level >= this.rises.length) this.grow();
    this.rises[level]++;
    this.moments[level] += now;
  }

  /** A job arrived and no server took it. */
  refused(): void {
    this.blocked++;
  }

  /** A job ended at a server that held `queueLength` jobs before. */
  ended(queueLength: number, now: number): void {
    this.falls[queueLength]++;
    this.moments[queueLength] -= now;
  }

  /** Forgets what was seen so far; the jobs that are there stay. */
  restart(now: number): void {
    this.since = now;
    this.blocked = 0;
    this.acceptedBefore = sumOf(this.rises);
    this.servedAtOnceBefore = this.rises[1];
    for (let level = 1; level < this.rises.length; level++) this.moments[level] = this.count(level) * now;
  }

  /** What was seen of so many servers since the last restart, which must be in the past. */
  statistics(now: number, servers: number): FleetStatistics {
    const { offered, blocked, waited } = this;
    const serverTime = servers * (now - this.since);
    const tail = Array.from(this.rises, (_, level) => this.integral(level, now) / serverTime);
    tail[0] = 1;
    const queueTail = tail.slice(0, 1 + tail.findLastIndex((fraction) => fraction > 0));
    const meanQueueLength = queueTail.reduce((sum, fraction) => sum + fraction, -1);
    return { queueTail, meanQueueLength, offered, blocked, waited };
  }

  private grow(): void {
    const size = 2 * this.rises.length;
    this.rises = grown(this.rises, new Float64Array(size));
    this.falls = grown(this.falls, new Float64Array(size));
    this.moments = grown(this.moments, new Float64Array(size));
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

import { grown } from "../../model/grown.js";

/** Statistics of a fleet over an interval of time. */
export interface FleetStatistics {
  /** Time average of the fraction of servers with at least i jobs, including the one in service, at index i. */
  readonly queueTail: readonly number[];
  /** Time average of the number of jobs per server. */
  readonly meanQueueLength: number;
  /** Jobs that arrived. */
  readonly offered: number;
  /** Of these, blocked jobs. */
  readonly blocked: number;
  /** Of these, jobs sent to a server that was busy. */
  readonly waited: number;
}

/** Observes arrivals and departures at servers that start empty, at O(1) per job for any queue lengths. */
export class FleetObserver {
  // The number of servers with at least i jobs rises when a server gets its i-th job, and falls when it drops below. All
  // statistics follow from these counts and times, so an arrival or departure updates just two numbers.
  private rises = new Float64Array(64);
  private falls = new Float64Array(64);
  /** Sum of the rise times minus sum of the fall times: the integral of the number up to t is the number times t, minus this. */
  private moments = new Float64Array(64);
  private since = 0;
  /** Jobs blocked since the last restart. */
  blocked = 0;
  /** Jobs accepted before the last restart, and those of them that started service at once. */
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

  /** Jobs at all servers. */
  get jobs(): number {
    return sumOf(this.rises) - sumOf(this.falls);
  }

  /** A queue length that no server has exceeded so far. */
  get highest(): number {
    return this.rises.length - 1;
  }

  /** The number of servers with at least `level` >= 1 jobs now. */
  count(level: number): number {
    return level < this.rises.length ? this.rises[level] - this.falls[level] : 0;
  }

  /** The integral of that number over time, from 0 or the last restart until now. */
  integral(level: number, now: number): number {
    return level < this.rises.length ? this.count(level) * now - this.moments[level] : 0;
  }

  /** A job joined a server with `queueLength` jobs. */
  accepted(queueLength: number, now: number): void {
    const level = queueLength + 1;
    if (level >= this.rises.length) this.grow();
    this.rises[level]++;
    this.moments[level] += now;
  }

  /** A job was blocked. */
  refused(): void {
    this.blocked++;
  }

  /** A job departed from a server, leaving a queue of `queueLength` - 1. */
  ended(queueLength: number, now: number): void {
    this.falls[queueLength]++;
    this.moments[queueLength] -= now;
  }

  /** Restarts the statistics; jobs in the system stay. */
  restart(now: number): void {
    this.since = now;
    this.blocked = 0;
    this.acceptedBefore = sumOf(this.rises);
    this.servedAtOnceBefore = this.rises[1];
    for (let level = 1; level < this.rises.length; level++) this.moments[level] = this.count(level) * now;
  }

  /** Statistics since the last restart, which must be in the past, over this number of servers. */
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

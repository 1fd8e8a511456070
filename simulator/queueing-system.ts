import { FleetObserver, type FleetStatistics } from "../dispatcher/core/fleet-observer.js";
import type { JobSequence } from "../load-generator/job-sequence.js";
import { assert } from "../model/errors.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { quickRandomStream } from "../model/random.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { NO_SERVER, type PolicyFactory } from "../policies/policy.js";
import { Router } from "../policies/router.js";
import { WaitingLines } from "./waiting-lines.js";

export interface QueueingSystemOptions {
  readonly servers: number;
  /** Arrival times, types and works of the jobs. */
  readonly jobs: JobSequence;
  /** Common service rate, or one for each server; > 0. */
  readonly serviceRate: Rate | ArrayLike<Rate>;
  /** Most jobs at a server, including the one in service: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly policy: PolicyFactory;
  readonly seed: string;
}

/** Statistics of jobs and queues over an interval of time. */
export interface QueueingStatistics extends FleetStatistics {
  readonly completed: number;
  /** Mean time from arrival to completion, over completed jobs. */
  readonly meanSojournTime: ModelTime;
}

/**
 * Parallel first-in-first-out servers with fixed rates and general arrivals and works: an event-driven simulation with a heap
 * of due times. `Chain` is several times faster for exponential works; `Twin` covers changing rates, message delays and probes. An
 * event allocates nothing.
 */
export class QueueingSystem {
  now: ModelTime = 0;
  private readonly fleet = new Fleet();
  private readonly router: Router;
  private readonly observer = new FleetObserver();
  private readonly dueTimes: IndexedHeap;
  private readonly lines: WaitingLines;
  private readonly rates: Float64Array;
  /** Arrival time of the job in service at each server. */
  private readonly arrivals: Float64Array;
  private completed = 0;
  private sojournTime: ModelTime = 0;

  constructor(private readonly options: QueueingSystemOptions) {
    const { servers, serviceRate, buffer, policy, seed } = options;
    this.rates = new Float64Array(servers);
    if (typeof serviceRate === "number") this.rates.fill(serviceRate);
    else this.rates.set(serviceRate);
    for (let server = 0; server < servers; server++) this.fleet.join({ buffer, rate: this.rates[server] });
    this.router = new Router(policy(this.fleet, quickRandomStream(seed, "policy")));
    assert(!this.router.policy.knows.includes("probes"), "the policy probes no servers, which answer in a Twin only");
    this.dueTimes = new IndexedHeap(servers);
    this.lines = new WaitingLines(servers);
    this.arrivals = new Float64Array(servers);
  }

  /** Jobs in the system now. */
  get jobs(): number {
    return this.observer.jobs;
  }

  /** Simulates this many arrivals and completions; a completion precedes an arrival at the same time. */
  run(events: number): void {
    const { jobs } = this.options;
    for (let event = 0; event < events; event++) {
      const due = this.dueTimes.firstKey;
      if (due <= jobs.nextArrivalTime) this.complete(due);
      else this.arrive(jobs.nextArrivalTime);
    }
  }

  /** Restarts the statistics; jobs in the system stay. */
  restartStatistics(): void {
    this.observer.restart(this.now);
    this.completed = 0;
    this.sojournTime = 0;
  }

  /** Statistics since the last restart, which must be in the past. */
  statistics(): QueueingStatistics {
    const { completed, sojournTime } = this;
    const fleet = this.observer.statistics(this.now, this.options.servers);
    return { ...fleet, completed, meanSojournTime: sojournTime / completed };
  }

  private arrive(now: ModelTime): void {
    this.now = now;
    const { jobs } = this.options;
    const work = jobs.take();
    const server = this.router.choose(jobs.taskType, work, now);
    if (server === NO_SERVER || this.fleet.isFull(server)) {
      this.observer.refused();
      jobs.ended(now);
      return;
    }
    const queueLength = this.fleet.queueLength(server);
    this.observer.accepted(queueLength, now);
    this.fleet.send(server);
    if (queueLength === 0) this.start(server, now, work, now);
    else this.lines.push(server, work, now);
  }

  private complete(now: ModelTime): void {
    this.now = now;
    const server = this.dueTimes.first;
    this.completed++;
    const sojournTime = now - this.arrivals[server];
    this.sojournTime += sojournTime;
    this.observer.ended(this.fleet.queueLength(server), now);
    this.fleet.ended(server);
    this.router.completed(server, sojournTime, now);
    this.options.jobs.ended(now);
    if (this.lines.isEmpty(server)) {
      this.dueTimes.set(server, Number.POSITIVE_INFINITY);
      return;
    }
    this.start(server, now, this.lines.firstWork(server), this.lines.firstArrival(server));
    this.lines.shift(server);
  }

  private start(server: number, now: ModelTime, work: Work, arrival: ModelTime): void {
    this.arrivals[server] = arrival;
    this.dueTimes.set(server, now + work / this.rates[server]);
  }
}

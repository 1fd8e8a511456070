import { Fleet } from "../dispatcher/fleet.js";
import { FleetObserver, type FleetStatistics } from "../dispatcher/fleet-observer.js";
import { NO_SERVER, type Policy, type PolicyFactory } from "../dispatcher/policies/policy.js";
import type { JobSequence } from "../load-generator/job-sequence.js";
import { IndexedHeap } from "../model/indexed-heap.js";
import { quickRandomStream } from "../model/random.js";
import type { ModelTime, Rate, Work } from "../model/units.js";
import { WaitingLines } from "./waiting-lines.js";

export interface QueueingSystemOptions {
  readonly servers: number;
  /** When jobs arrive, of which types, and how much work they bring. */
  readonly jobs: JobSequence;
  /** Of every server, or of each; > 0. */
  readonly serviceRate: Rate | ArrayLike<Rate>;
  /** Jobs a server holds at most, the one in service included: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly policy: PolicyFactory;
  readonly seed: string;
}

/** What was seen of jobs and queues over a stretch of time. */
export interface QueueingStatistics extends FleetStatistics {
  readonly completed: number;
  /** Of the completed jobs, from arrival to completion. */
  readonly meanSojournTime: ModelTime;
}

/**
 * Parallel servers with any arrivals and any works, first in first out, at fixed rates, driven from event to event by a heap of
 * due times. For exponential works `Chain` is several times faster; for rates that change, and messages that take time, there
 * is `Twin`. An event allocates nothing.
 */
export class QueueingSystem {
  now: ModelTime = 0;
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly observer = new FleetObserver();
  private readonly dueTimes: IndexedHeap;
  private readonly lines: WaitingLines;
  private readonly rates: Float64Array;
  /** When the job in service at each server arrived. */
  private readonly arrivals: Float64Array;
  private completed = 0;
  private sojournTime: ModelTime = 0;

  constructor(private readonly options: QueueingSystemOptions) {
    const { servers, serviceRate, buffer, policy, seed } = options;
    this.rates = new Float64Array(servers);
    if (typeof serviceRate === "number") this.rates.fill(serviceRate);
    else this.rates.set(serviceRate);
    for (let server = 0; server < servers; server++) this.fleet.join(buffer, this.rates[server]);
    this.policy = policy(this.fleet, quickRandomStream(seed, "policy"));
    this.dueTimes = new IndexedHeap(servers);
    this.lines = new WaitingLines(servers);
    this.arrivals = new Float64Array(servers);
  }

  /** Jobs in the system now. */
  get jobs(): number {
    return this.observer.jobs;
  }

  /** Runs through the next arrivals and completions; a completion comes before an arrival at the same time. */
  run(events: number): void {
    const { jobs } = this.options;
    for (let event = 0; event < events; event++) {
      const due = this.dueTimes.firstKey;
      if (due <= jobs.nextArrivalTime) this.complete(due);
      else this.arrive(jobs.nextArrivalTime);
    }
  }

  /** Starts the statistics anew, from the jobs that are in the system. */
  restartStatistics(): void {
    this.observer.restart(this.now);
    this.completed = 0;
    this.sojournTime = 0;
  }

  /** What happened since the last restart; time must have passed. */
  statistics(): QueueingStatistics {
    const { completed, sojournTime } = this;
    const fleet = this.observer.statistics(this.now, this.options.servers);
    return { ...fleet, completed, meanSojournTime: sojournTime / completed };
  }

  private arrive(now: ModelTime): void {
    this.now = now;
    const { jobs } = this.options;
    const work = jobs.take();
    const server = this.policy.choose(jobs.taskType);
    if (server === NO_SERVER || this.fleet.isFull(server)) {
      this.observer.refused();
      jobs.ended(now);
      return;
    }
    const queueLength = this.fleet.queueLength(server);
    this.observer.accepted(queueLength, now);
    this.fleet.assigned(server);
    if (queueLength === 0) this.start(server, now, work, now);
    else this.lines.push(server, work, now);
  }

  private complete(now: ModelTime): void {
    this.now = now;
    const server = this.dueTimes.first;
    this.completed++;
    this.sojournTime += now - this.arrivals[server];
    this.observer.ended(this.fleet.queueLength(server), now);
    this.fleet.ended(server);
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

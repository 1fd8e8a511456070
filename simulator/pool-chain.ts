import { FleetObserver } from "../dispatcher/core/fleet-observer.js";
import { assert } from "../model/errors.js";
import { EventQueue } from "../model/event-queue.js";
import { grown } from "../model/grown.js";
import type { JobSizeLaw, WorkSequence } from "../model/job-sizes/job-size-law.js";
import { exponential, quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { Utility } from "../model/utility-functions.js";
import type { PolicyFactory } from "../policies/index.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { ANY_JOB, type Policy } from "../policies/policy.js";
import { ThresholdWatch } from "../server-node/threshold-watch.js";

export interface PoolChainOptions {
  /** Utility and number of pools of each class. */
  readonly classes: readonly { readonly utility: Utility; readonly pools: number }[];
  /** Total rate of the Poisson arrivals. */
  arrivalRate(now: ModelTime): Rate;
  /** Maximum of `arrivalRate`. */
  readonly peakArrivalRate: Rate;
  readonly policy: PolicyFactory;
  /** The law of service times, of mean 1; exponential if left out. */
  readonly sizes?: JobSizeLaw;
  /** Tasks that arrive at time 0. */
  readonly initialTasks: number;
  readonly seed: string;
}

/** Statistics of the pools over an interval of time. */
export interface PoolStatistics {
  /** Time average of the overall utility, per pool. */
  readonly meanUtility: number;
  /** Time average of q(i, j), the fraction of pools of class i with at least j tasks, at [i][j - 1]. */
  readonly occupancy: readonly (readonly number[])[];
  /** Fraction of time with k tasks in the system, at index k. */
  readonly taskLaw: Float64Array;
  /** Fraction of time in which a learning policy had rank r, at index r. */
  readonly rankLaw: Float64Array;
  /** Messages between dispatcher and pools per task, not counting the tasks themselves. */
  readonly messagesPerTask: number;
}

/**
 * Infinite-server pools as a continuous-time Markov chain: tasks arrive, and every task ends at rate 1, so that the next task
 * to end is uniformly random; with other laws of service, that of the first due time. The event times, and which task ends, depend only on the
 * seed: every policy sees the same tasks with the same service times (common random numbers).
 */
export class PoolChain {
  now: ModelTime = 0;
  readonly policy: Policy;
  private readonly fleet = new Fleet();
  private readonly events: RandomStream;
  private readonly classOf: Int32Array;
  private readonly observers: FleetObserver[];
  private readonly watches: readonly ThresholdWatch[];
  /** Undefined if service times are exponential. */
  private readonly works: WorkSequence | undefined;
  /** The pool of each task, by when it ends, where service times are not exponential. */
  private readonly dueTasks = new EventQueue<number>();
  /** The pool of each task, in arbitrary order, where they are. */
  private poolOf = new Int32Array(1024);
  private taskCount = 0;
  private taskTimes = new Float64Array(1024);
  private rankTimes = new Float64Array(64);
  private rankSince: ModelTime = 0;
  private rank = 0;
  private since: ModelTime = 0;
  private arrivals = 0;
  private messagesBefore = 0;

  constructor(private readonly options: PoolChainOptions) {
    const { classes, policy, sizes, seed } = options;
    this.works = sizes?.sequence(quickRandomStream(seed, "works"));
    this.events = quickRandomStream(seed, "events");
    this.policy = policy(this.fleet, quickRandomStream(seed, "policy"));
    this.classOf = Int32Array.from(classes.flatMap(({ pools }, i) => new Array<number>(pools).fill(i)));
    this.observers = classes.map(() => new FleetObserver());
    this.watches = Array.from(this.classOf, () => new ThresholdWatch());
    for (const serverClass of this.classOf) this.fleet.join({ buffer: Number.POSITIVE_INFINITY, serverClass });
    this.fleet.onThreshold = (serverClass, threshold) => this.passOn(serverClass, threshold);
    for (const i of classes.keys()) this.passOn(i, this.fleet.threshold(i));
    for (let task = 0; task < options.initialTasks; task++) this.arrive();
  }

  /** Tasks in the system now. */
  get tasks(): number {
    return this.taskCount;
  }

  get pools(): number {
    return this.classOf.length;
  }

  /** q(i, j) now, i from 0 and j from 1: the fraction of pools of class i with at least j tasks. */
  occupancy(i: number, j: number): number {
    return this.observers[i].count(j) / this.pools;
  }

  /** The overall utility per pool now. */
  utility(): number {
    return this.utilityOf((i, j) => this.observers[i].count(j)) / this.pools;
  }

  /** Runs until a time. A next event after that time is drawn again, which leaves the law unchanged. */
  run(until: ModelTime): void {
    const { arrivalRate, peakArrivalRate } = this.options;
    for (;;) {
      const rate = peakArrivalRate + (this.works === undefined ? this.taskCount : 0);
      const due = this.dueTasks.nextTime;
      const next = Math.min(due, this.now + exponential(this.events, 1 / rate));
      const end = Math.min(next, until);
      this.taskTimes[this.taskCount] += end - this.now;
      this.now = end;
      if (next >= until) return;
      if (next === due) {
        this.endDue();
        continue;
      }
      const draw = rate * this.events();
      if (draw >= peakArrivalRate) this.endAny(Math.min(Math.floor(draw - peakArrivalRate), this.taskCount - 1));
      else if (draw < arrivalRate(this.now)) this.arrive();
    }
  }

  /** Restarts the statistics; tasks in the system stay. */
  restartStatistics(): void {
    for (const observer of this.observers) observer.restart(this.now);
    this.taskTimes.fill(0);
    this.rankTimes.fill(0);
    this.rankSince = this.now;
    this.since = this.now;
    this.arrivals = 0;
    this.messagesBefore = this.policy.information.messages;
  }

  /** Statistics since the last restart, which must be in the past. */
  statistics(): PoolStatistics {
    const time = this.now - this.since;
    this.noteRank();
    const levels = this.observers.map((observer) => {
      const integrals = Array.from({ length: observer.highest }, (_, k) => observer.integral(k + 1, this.now));
      return integrals.slice(0, 1 + integrals.findLastIndex((integral) => integral > 0));
    });
    return {
      meanUtility: this.utilityOf((i, j) => levels[i][j - 1] ?? 0, time) / (this.pools * time),
      occupancy: levels.map((integrals) => integrals.map((integral) => integral / (this.pools * time))),
      taskLaw: this.taskTimes.map((part) => part / time),
      rankLaw: this.rankTimes.map((part) => part / time),
      messagesPerTask: (this.policy.information.messages - this.messagesBefore) / this.arrivals,
    };
  }

  /** The utility for these numbers of pools of class i with at least j tasks, integrated over `time`. */
  private utilityOf(count: (i: number, j: number) => number, time = 1): number {
    return this.options.classes.reduce((sum, { utility, pools }, i) => {
      let total = sum + pools * time * utility.value(0);
      for (let j = 1; count(i, j) > 0; j++) total += utility.marginal(j - 1) * count(i, j);
      return total;
    }, 0);
  }

  private readonly passOnTask = (pool: number): void => {
    if (this.watches[pool].accepted()) this.reportStanding(pool);
  };

  private arrive(): void {
    this.arrivals++;
    const pool = this.policy.choose(ANY_JOB, this.now);
    this.observers[this.classOf[pool]].accepted(this.fleet.queueLength(pool), this.now);
    this.fleet.send(pool, this.passOnTask);
    if (this.taskCount + 1 >= this.poolOf.length) this.grow();
    if (this.works === undefined) this.poolOf[this.taskCount] = pool;
    else this.dueTasks.push(this.now + this.works.next(), pool);
    this.taskCount++;
    if ((this.policy.learned ?? 0) !== this.rank) this.noteRank();
  }

  private endAny(task: number): void {
    const pool = this.poolOf[task];
    this.poolOf[task] = this.poolOf[this.taskCount - 1];
    this.end(pool);
  }

  private endDue(): void {
    const pool = this.dueTasks.pop();
    assert(pool !== undefined, "a task is due");
    this.end(pool);
  }

  private end(pool: number): void {
    this.taskCount--;
    this.observers[this.classOf[pool]].ended(this.fleet.queueLength(pool), this.now);
    this.fleet.ended(pool);
    if (this.watches[pool].completed()) this.reportStanding(pool);
  }

  private passOn(serverClass: number, threshold: number | undefined): void {
    if (threshold === undefined) return;
    for (let pool = 0; pool < this.pools; pool++) {
      if (this.classOf[pool] === serverClass && this.watches[pool].moved(threshold, Number.POSITIVE_INFINITY))
        this.reportStanding(pool);
    }
  }

  private reportStanding(pool: number): void {
    const { standing, threshold } = this.watches[pool];
    this.policy.reported?.(pool, standing, threshold, false);
  }

  private noteRank(): void {
    if (this.rank >= this.rankTimes.length) this.rankTimes = grown(this.rankTimes, new Float64Array(2 * this.rank));
    this.rankTimes[this.rank] += this.now - this.rankSince;
    this.rankSince = this.now;
    this.rank = this.policy.learned ?? 0;
  }

  private grow(): void {
    this.poolOf = grown(this.poolOf, new Int32Array(2 * this.poolOf.length));
    this.taskTimes = grown(this.taskTimes, new Float64Array(2 * this.taskTimes.length));
  }
}

import { Fleet } from "../dispatcher/fleet.js";
import { FleetObserver } from "../dispatcher/fleet-observer.js";
import type { PolicyFactory } from "../dispatcher/policies/index.js";
import type { Policy } from "../dispatcher/policies/policy.js";
import { grown } from "../model/grown.js";
import { exponential, quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { Utility } from "../model/utility-functions.js";
import { ThresholdWatch } from "../server-node/threshold-watch.js";

export interface PoolChainOptions {
  /** Utility and number of pools of each class. */
  readonly classes: readonly { readonly utility: Utility; readonly pools: number }[];
  /** Tasks per unit of time that arrive at all pools together, as a Poisson process; service times have mean 1. */
  arrivalRate(now: ModelTime): Rate;
  /** The largest that `arrivalRate` gets. */
  readonly peakArrivalRate: Rate;
  readonly policy: PolicyFactory;
  /** Tasks that arrive all at once at the start. */
  readonly initialTasks: number;
  readonly seed: string;
}

/** What was seen of the pools over a stretch of time. */
export interface PoolStatistics {
  /** Time average of the overall utility, per pool. */
  readonly meanUtility: number;
  /** Time average of the fraction of pools that are of class i and have at least j tasks: q(i, j) at [i][j - 1]. */
  readonly occupancy: readonly (readonly number[])[];
  /** The part of the time with each number of tasks in the system, at that index. */
  readonly taskLaw: Float64Array;
  /** The part of the time that a learning policy held each rank, at that index. */
  readonly rankLaw: Float64Array;
  /** Messages between dispatcher and pools for each task that arrived, the tasks themselves not counted. */
  readonly messagesPerTask: number;
}

/**
 * Infinite-server pools as a Markov chain in continuous time: tasks arrive, and every task ends at rate 1, so that the next
 * to end is a uniformly random one. The order and the times of arrivals and ends, and which of the tasks ends, depend on
 * the seed only: every policy is sent the same tasks with the same service times.
 */
export class PoolChain {
  now: ModelTime = 0;
  readonly policy: Policy;
  private readonly fleet = new Fleet();
  private readonly events: RandomStream;
  private readonly classOf: Int32Array;
  private readonly observers: FleetObserver[];
  private readonly watches: readonly ThresholdWatch[];
  /** The pool of each task, in no order that matters. */
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
    const { classes, policy, seed } = options;
    this.events = quickRandomStream(seed, "events");
    this.policy = policy(this.fleet, quickRandomStream(seed, "policy"));
    this.classOf = Int32Array.from(classes.flatMap(({ pools }, i) => new Array<number>(pools).fill(i)));
    this.observers = classes.map(() => new FleetObserver());
    this.watches = Array.from(this.classOf, () => new ThresholdWatch());
    for (const serverClass of this.classOf) this.fleet.join(Number.POSITIVE_INFINITY, 1, serverClass);
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

  /** q(i, j) now, i from 0 and j from 1: the fraction of pools that are of class i and have at least j tasks. */
  occupancy(i: number, j: number): number {
    return this.observers[i].count(j) / this.pools;
  }

  /** The overall utility per pool now. */
  utility(): number {
    return this.utilityOf((i, j) => this.observers[i].count(j)) / this.pools;
  }

  /** Runs until a time. What has been drawn for later than that is drawn anew, which makes no difference to its law. */
  run(until: ModelTime): void {
    const { arrivalRate, peakArrivalRate } = this.options;
    for (;;) {
      const rate = peakArrivalRate + this.taskCount;
      const next = this.now + exponential(this.events, 1 / rate);
      const end = Math.min(next, until);
      this.taskTimes[this.taskCount] += end - this.now;
      this.now = end;
      if (next >= until) return;
      const draw = rate * this.events();
      if (draw >= peakArrivalRate) this.end(Math.min(Math.floor(draw - peakArrivalRate), this.taskCount - 1));
      else if (draw < arrivalRate(this.now)) this.arrive();
    }
  }

  /** Starts the statistics anew, from the tasks that are in the system. */
  restartStatistics(): void {
    for (const observer of this.observers) observer.restart(this.now);
    this.taskTimes.fill(0);
    this.rankTimes.fill(0);
    this.rankSince = this.now;
    this.since = this.now;
    this.arrivals = 0;
    this.messagesBefore = this.policy.information.messages;
  }

  /** What was seen since the last restart, which must be in the past. */
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

  /** The utility of so many pools of class i with at least j tasks; `time` is that over which they are counted. */
  private utilityOf(count: (i: number, j: number) => number, time = 1): number {
    return this.options.classes.reduce((sum, { utility, pools }, i) => {
      let total = sum + pools * time * utility.value(0);
      for (let j = 1; count(i, j) > 0; j++) total += utility.marginal(j - 1) * count(i, j);
      return total;
    }, 0);
  }

  private arrive(): void {
    this.arrivals++;
    const pool = this.policy.choose(0);
    this.observers[this.classOf[pool]].accepted(this.fleet.queueLength(pool), this.now);
    this.fleet.assigned(pool);
    if (this.watches[pool].accepted()) this.reportStanding(pool);
    if (this.taskCount + 1 >= this.poolOf.length) this.grow();
    this.poolOf[this.taskCount++] = pool;
    this.policy.dispatched?.();
    if ((this.policy.learned ?? 0) !== this.rank) this.noteRank();
  }

  private end(task: number): void {
    const pool = this.poolOf[task];
    this.poolOf[task] = this.poolOf[--this.taskCount];
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

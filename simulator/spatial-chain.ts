import { randomPoisson } from "d3-random";
import { Fleet } from "../dispatcher/fleet.js";
import { FleetObserver, type FleetStatistics } from "../dispatcher/fleet-observer.js";
import { jsqDOnGraph } from "../dispatcher/policies/index.js";
import { NO_SERVER, type Policy } from "../dispatcher/policies/policy.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";

export interface SpatialChainOptions {
  readonly graph: CompatibilityGraph;
  /** lambda, jobs per server and unit of time; each task type gets the same share of them. */
  readonly arrivalRate: Rate;
  /** d. */
  readonly choices: number;
  readonly replacement: boolean;
  readonly seed: string;
  /** Jobs at each server at the start; none if left out. */
  readonly initialQueueLengths?: ArrayLike<number>;
}

/**
 * JSQ(d) on a compatibility graph with unit service rates, as the jumps of the uniformised Markov chain: an event is a job of
 * a random task type, or the tick of a random server, which ends a job there if there is one (Rutten and Mukherjee, proof of
 * Lemma 4.2). What is drawn does not depend on the queues, so that two chains with one seed share a sample path.
 *
 * The same policy object as live. A job that no server can take is refused.
 */
export class SpatialChain {
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly observer = new FleetObserver();
  private readonly events: RandomStream;
  private readonly poisson: ReturnType<typeof randomPoisson.source>;
  now: ModelTime = 0;

  constructor(private readonly options: SpatialChainOptions) {
    const { graph, choices, replacement, seed, initialQueueLengths } = options;
    for (let server = 0; server < graph.servers; server++) {
      this.fleet.join(Number.POSITIVE_INFINITY);
      for (let job = 0; job < (initialQueueLengths?.[server] ?? 0); job++) {
        this.observer.accepted(job, 0);
        this.fleet.assigned(server);
      }
    }
    this.policy = jsqDOnGraph(graph, { choices, replacement })(this.fleet, quickRandomStream(seed, "policy"));
    this.events = quickRandomStream(seed, "events");
    this.poisson = randomPoisson.source(quickRandomStream(seed, "counts"));
    this.restartStatistics();
  }

  /** Runs until a later time; of the events until then, a Poisson number, each counts for the same part of the time. */
  runUntil(time: ModelTime): void {
    const { graph, arrivalRate } = this.options;
    const events = this.poisson(graph.servers * (1 + arrivalRate) * (time - this.now))();
    const gap = (time - this.now) / (events + 1);
    for (let event = 1; event <= events; event++) this.happen(this.now + event * gap);
    this.now = time;
  }

  queueLength(server: number): number {
    return this.fleet.queueLength(server);
  }

  /** Fraction of servers with at least i jobs now, at index i. */
  occupancy(): number[] {
    return Array.from({ length: this.observer.highest + 1 }, (_, level) =>
      level === 0 ? 1 : this.observer.count(level) / this.options.graph.servers,
    );
  }

  /** Starts the statistics anew, from the jobs that are in the system. */
  restartStatistics(): void {
    this.observer.restart(this.now);
  }

  /** What happened since the last restart; time must have passed. */
  statistics(): FleetStatistics {
    return this.observer.statistics(this.now, this.options.graph.servers);
  }

  private happen(now: ModelTime): void {
    const { servers, taskTypes } = this.options.graph;
    const draw = servers * (1 + this.options.arrivalRate) * this.events();
    if (draw < servers) this.tick(Math.floor(draw), now);
    else this.arrive(Math.floor(((draw - servers) / (servers * this.options.arrivalRate)) * taskTypes), now);
  }

  private arrive(taskType: number, now: ModelTime): void {
    const server = this.policy.choose(taskType);
    if (server === NO_SERVER) {
      this.observer.refused();
      return;
    }
    this.observer.accepted(this.fleet.queueLength(server), now);
    this.fleet.assigned(server);
  }

  private tick(server: number, now: ModelTime): void {
    const queueLength = this.fleet.queueLength(server);
    if (queueLength === 0) return;
    this.observer.ended(queueLength, now);
    this.fleet.ended(server);
  }
}

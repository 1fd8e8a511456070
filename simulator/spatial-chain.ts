import { randomPoisson } from "d3-random";
import { FleetObserver, type FleetStatistics } from "../dispatcher/core/fleet-observer.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { jsqDOnGraph } from "../policies/jsq-d-graph.js";
import { NO_SERVER } from "../policies/policy.js";
import { Router } from "../policies/router.js";

export interface SpatialChainOptions {
  readonly graph: CompatibilityGraph;
  /** lambda, the arrival rate per server, divided equally among the task types. */
  readonly arrivalRate: Rate;
  /** d. */
  readonly choices: number;
  readonly replacement: boolean;
  readonly seed: string;
  /** Jobs at each server at the start; none if left out. */
  readonly initialQueueLengths?: ArrayLike<number>;
}

/**
 * JSQ(d) on a compatibility graph with unit service rates, as the jump chain of the uniformised Markov chain: an event is an
 * arrival of a random task type, or a potential departure from a random server (Rutten and Mukherjee 2023, proof of Lemma 4.2).
 * Random numbers do not depend on the queues, so that two chains with one seed use common random numbers.
 *
 * The policy is that of the live system. A job without a compatible server is blocked.
 */
export class SpatialChain {
  private readonly fleet = new Fleet();
  private readonly router: Router;
  private readonly observer = new FleetObserver();
  private readonly events: RandomStream;
  private readonly poisson: ReturnType<typeof randomPoisson.source>;
  now: ModelTime = 0;

  constructor(private readonly options: SpatialChainOptions) {
    const { graph, choices, replacement, seed, initialQueueLengths } = options;
    for (let server = 0; server < graph.servers; server++) {
      this.fleet.join({ buffer: Number.POSITIVE_INFINITY });
      for (let job = 0; job < (initialQueueLengths?.[server] ?? 0); job++) {
        this.observer.accepted(job, 0);
        this.fleet.assigned(server);
      }
    }
    const policy = jsqDOnGraph(graph, { choices, replacement })(this.fleet, quickRandomStream(seed, "policy"));
    this.router = new Router(policy);
    this.events = quickRandomStream(seed, "events");
    this.poisson = randomPoisson.source(quickRandomStream(seed, "counts"));
    this.restartStatistics();
  }

  /** Runs until a later time, with a Poisson number of equally spaced events. */
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

  /** Restarts the statistics; jobs in the system stay. */
  restartStatistics(): void {
    this.observer.restart(this.now);
  }

  /** Statistics since the last restart, which must be in the past. */
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
    const server = this.router.choose(taskType, Number.NaN, now);
    if (server === NO_SERVER) {
      this.observer.refused();
      return;
    }
    this.observer.accepted(this.fleet.queueLength(server), now);
    this.fleet.send(server);
  }

  private tick(server: number, now: ModelTime): void {
    const queueLength = this.fleet.queueLength(server);
    if (queueLength === 0) return;
    this.observer.ended(queueLength, now);
    this.fleet.ended(server);
  }
}

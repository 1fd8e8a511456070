import { Fleet } from "../dispatcher/fleet.js";
import { FleetObserver, type FleetStatistics } from "../dispatcher/fleet-observer.js";
import { NO_SERVER, type Policy, type PolicyFactory } from "../dispatcher/policies/policy.js";
import { AliasTable } from "../model/alias-table.js";
import { quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { PolicyInformation } from "../scenarios/scenario.js";

export interface ChainOptions {
  readonly servers: number;
  /** Jobs per server and unit of time, a Poisson process. */
  readonly arrivalRate: Rate;
  /** Of every server, or of each; service times are exponential. */
  readonly serviceRate: Rate | ArrayLike<Rate>;
  /** Jobs a server holds at most, the one in service included: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly policy: PolicyFactory;
  readonly seed: string;
  /** Jobs at each server at the start; none if left out. */
  readonly initialQueueLengths?: ArrayLike<number>;
}

/**
 * Parallel servers with Poisson arrivals and exponential service, as the jumps of the uniformised Markov chain: an event
 * is an arrival, or the tick of a server, busy or not; a tick of a busy one ends its job. The times between events are
 * independent of everything else, and each counts as its mean, one over the sum of all rates: averages over time keep their means and lose some of their noise (Hordijk, Iglehart and Schassberger 1976).
 *
 * The same seed sends the same arrivals and ticks through every policy. A draw has 32 bits, so among a million servers one
 * ticks at most 0.05 % more often than another.
 */
export class Chain {
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly random: RandomStream;
  /** The queue lengths, its clock counting events. */
  readonly observer = new FleetObserver();
  /** Which server ticks, where their rates differ. */
  private readonly ticks: AliasTable | undefined;
  private readonly totalServiceRate: Rate;
  private events = 0;

  constructor(private readonly options: ChainOptions) {
    const { servers, serviceRate, buffer, policy, seed, initialQueueLengths } = options;
    this.ticks = typeof serviceRate === "number" ? undefined : new AliasTable(serviceRate);
    this.totalServiceRate = typeof serviceRate === "number" ? servers * serviceRate : sumOf(serviceRate);
    for (let server = 0; server < servers; server++) {
      this.fleet.join(buffer, typeof serviceRate === "number" ? serviceRate : serviceRate[server]);
      for (let job = 0; job < (initialQueueLengths?.[server] ?? 0); job++) {
        this.observer.accepted(job, 0);
        this.fleet.assigned(server);
      }
    }
    this.policy = policy(this.fleet, quickRandomStream(seed, "policy"));
    this.random = quickRandomStream(seed, "events");
    this.restartStatistics();
  }

  /** Model time so far, each event counted as its mean time. */
  get time(): ModelTime {
    return this.events / this.eventRate;
  }

  /** Jobs in the system now. */
  get jobs(): number {
    return this.observer.jobs;
  }

  /** Events in a unit of model time, on average. */
  get eventRate(): Rate {
    return this.options.servers * this.options.arrivalRate + this.totalServiceRate;
  }

  get policyName(): string {
    return this.policy.name;
  }

  /** What the policy has cost in information so far. */
  get information(): PolicyInformation {
    return this.policy.information;
  }

  /** The rate of a server. */
  rate(server: number): Rate {
    return this.fleet.rate(server);
  }

  /** Jobs at a server now. */
  queueLength(server: number): number {
    return this.fleet.queueLength(server);
  }

  /** Runs through the next events. */
  run(events: number): void {
    const { random, ticks } = this;
    const { servers, arrivalRate } = this.options;
    const range = servers * (1 + (servers * arrivalRate) / this.totalServiceRate);
    const until = this.events + events;
    for (let event = this.events; event < until; event++) {
      const draw = range * random();
      if (draw >= servers) this.arrive(event);
      else this.tick(ticks === undefined ? Math.floor(draw) : ticks.at(draw / servers), event);
    }
    this.events = until;
  }

  /** Starts the statistics anew, from the jobs that are in the system. */
  restartStatistics(): void {
    this.observer.restart(this.events);
  }

  /** What happened since the last restart; there must have been an event. */
  statistics(): FleetStatistics {
    return this.observer.statistics(this.events, this.options.servers);
  }

  private arrive(event: number): void {
    const { fleet } = this;
    const server = this.policy.choose(0);
    if (server === NO_SERVER || fleet.isFull(server)) {
      this.observer.refused();
      return;
    }
    this.observer.accepted(fleet.assigned(server), event);
  }

  private tick(server: number, event: number): void {
    if (this.fleet.queueLength(server) > 0) this.observer.ended(this.fleet.ended(server), event);
  }
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

import { FleetObserver, type FleetStatistics } from "../dispatcher/core/fleet-observer.js";
import type { PolicyInformation } from "../experiments/scenario.js";
import { AliasTable } from "../model/alias-table.js";
import { assert } from "../model/errors.js";
import { quickRandomStream, type RandomStream } from "../model/random.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { ANY_JOB, knowsQueuesOnly, NO_SERVER, type Policy, type PolicyFactory } from "../policies/policy.js";

export interface ChainOptions {
  readonly servers: number;
  /** Rate of the Poisson arrivals per server. */
  readonly arrivalRate: Rate;
  /** Common service rate, or one for each server; service times are exponential. */
  readonly serviceRate: Rate | ArrayLike<Rate>;
  /** Most jobs at a server, including the one in service: 1, 2, ... or Infinity. */
  readonly buffer: number;
  readonly policy: PolicyFactory;
  readonly seed: string;
  /** Jobs at each server at the start; none if left out. */
  readonly initialQueueLengths?: ArrayLike<number>;
}

/**
 * Parallel servers with Poisson arrivals and exponential service, as the jump chain of the uniformised Markov chain: an event
 * is an arrival or a potential departure from a server, which is a departure if the server is busy. Times between events are
 * independent of everything else and are replaced by their mean, one over the sum of all rates: time averages keep their
 * means and have less variance (Hordijk, Iglehart and Schassberger 1976).
 *
 * Under one seed, every policy sees the same arrivals and potential departures (common random numbers). A random number has 32
 * bits, so among a million servers the rates of potential departures differ by at most 0.05 %.
 */
export class Chain {
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly random: RandomStream;
  /** Observes the queue lengths, with the number of events as its clock. */
  readonly observer = new FleetObserver();
  /** The distribution of potential departures over servers, if their rates differ. */
  private readonly ticks: AliasTable | undefined;
  private readonly totalServiceRate: Rate;
  private events = 0;

  constructor(private readonly options: ChainOptions) {
    const { servers, serviceRate, buffer, policy, seed, initialQueueLengths } = options;
    this.ticks = typeof serviceRate === "number" ? undefined : new AliasTable(serviceRate);
    this.totalServiceRate = typeof serviceRate === "number" ? servers * serviceRate : sumOf(serviceRate);
    for (let server = 0; server < servers; server++) {
      this.fleet.join({ buffer, rate: typeof serviceRate === "number" ? serviceRate : serviceRate[server] });
      for (let job = 0; job < (initialQueueLengths?.[server] ?? 0); job++) {
        this.observer.accepted(job, 0);
        this.fleet.assigned(server);
      }
    }
    assert(knowsQueuesOnly(policy), "the policy sees no single job, and no time");
    this.policy = policy(this.fleet, quickRandomStream(seed, "policy"));
    this.random = quickRandomStream(seed, "events");
    this.restartStatistics();
  }

  /** Model time so far, with mean times between events. */
  get time(): ModelTime {
    return this.events / this.eventRate;
  }

  /** Jobs in the system now. */
  get jobs(): number {
    return this.observer.jobs;
  }

  /** Mean number of events per unit of model time. */
  get eventRate(): Rate {
    return this.options.servers * this.options.arrivalRate + this.totalServiceRate;
  }

  get policyName(): string {
    return this.policy.name;
  }

  /** The communication cost of the policy so far. */
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

  /** Simulates this many events. */
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

  /** Restarts the statistics; jobs in the system stay. */
  restartStatistics(): void {
    this.observer.restart(this.events);
  }

  /** Statistics since the last restart; there must have been an event. */
  statistics(): FleetStatistics {
    return this.observer.statistics(this.events, this.options.servers);
  }

  private arrive(event: number): void {
    const { fleet } = this;
    const server = this.policy.choose(ANY_JOB, Number.NaN);
    if (server === NO_SERVER || fleet.isFull(server)) {
      this.observer.refused();
      return;
    }
    this.observer.accepted(fleet.send(server), event);
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

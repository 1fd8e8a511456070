import type { Run } from "../experiments/run.js";
import type { FleetView, QueueView, SystemModel } from "../experiments/scenario.js";
import { assert } from "../model/errors.js";
import { initialRate } from "../model/initial-rates.js";
import { type DispatcherTotals, noDispatcherTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Chain } from "./chain.js";

export interface QueueChainOptions {
  readonly system: SystemModel;
  readonly run: Run;
  readonly seed: string;
  readonly replication: number;
  /** Time between observations of the queues. */
  readonly epochTime: ModelTime;
}

/**
 * A system with Poisson arrivals and exponential service as the Markov chain of its queue lengths, measured like a live run:
 * much faster than the simulation of individual jobs.
 */
export class QueueChain implements FleetView {
  readonly queues: readonly QueueView[];
  readonly learned = undefined;
  private readonly chain: Chain;
  private readonly run: Run;
  private readonly epochEvents: number;

  constructor({ system, run, seed, replication, epochTime }: QueueChainOptions) {
    const { servers, totalArrivalRate, policy, server, backlog } = system;
    assert(backlog === 0 && server.rateControl.kind === "fixed", "a queue chain starts empty and has fixed rates");
    this.chain = new Chain({
      servers,
      arrivalRate: totalArrivalRate / servers,
      serviceRate: Float64Array.from({ length: servers }, (_, i) => initialRate(server.initialRates, seed, i)),
      buffer: server.buffer,
      policy,
      seed: `${seed}/replication-${replication}`,
    });
    this.run = run;
    this.queues = [new QueuesInModelTime(this.chain)];
    this.epochEvents = Math.ceil(epochTime * this.chain.eventRate);
    run.start(0);
  }

  get view(): FleetView {
    return this;
  }

  get policyName(): string {
    return this.chain.policyName;
  }

  get totals(): DispatcherTotals {
    const { offered, blocked, waited } = this.chain.observer;
    const completed = offered - blocked - this.inFlight;
    return { ...noDispatcherTotals(), offered, blocked, completed, waited };
  }

  get inFlight(): number {
    return this.chain.jobs;
  }

  get information() {
    return this.chain.information;
  }

  queueLength(server: number): number {
    return this.chain.queueLength(server);
  }

  rate(server: number): Rate {
    return this.chain.rate(server);
  }

  /** Runs until the run is finished. */
  finish(): void {
    while (this.run.phase !== "finished") {
      this.chain.run(this.epochEvents);
      this.run.tick(this.chain.time, this);
    }
  }
}

/** Converts the event clock of a chain to model time. */
class QueuesInModelTime implements QueueView {
  constructor(private readonly chain: Chain) {}

  get jobs(): number {
    return this.chain.jobs;
  }

  get highest(): number {
    return this.chain.observer.highest;
  }

  count(level: number): number {
    return this.chain.observer.count(level);
  }

  integral(level: number, now: ModelTime): number {
    const { observer, eventRate } = this.chain;
    return observer.integral(level, now * eventRate) / eventRate;
  }
}

import { FleetObserver } from "../dispatcher/core/fleet-observer.js";
import type { Run } from "../experiments/run.js";
import { EPOCH_TIME, type FleetView, type SystemModel } from "../experiments/scenario.js";
import { assert } from "../model/errors.js";
import { initialRate } from "../model/initial-rates.js";
import { exponential, quickRandomStream, type RandomStream } from "../model/random.js";
import { noDispatcherTotals, noServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Fleet } from "../policies/indexes/fleet.js";
import { ANY_JOB, knowsQueuesOnly, NO_SERVER, type Policy } from "../policies/policy.js";
import { rateControlFor } from "../server-node/rate-control/index.js";
import type { RateControl } from "../server-node/rate-control/rate-control.js";
import { runSeed } from "./run-seed.js";

// The state of each server is one row, so that an event touches a single cache line. It is valid at time AS_OF; the present
// state follows from it.
const ROW = 8;
const [RATE, AS_OF, IDLE_TIME, BUSY_TIME, IDLE_TIME_INTEGRAL, SUBMITTED_AT] = [0, 1, 2, 3, 4, 5];

/** Whether `RateScalingChain` can simulate a system: unit buffers, no initial backlog, Poisson and exponential jobs, and a policy that sees none of them. */
export function isRateScalingChain({ server, backlog, classNames, policy, sizes, arrivals }: SystemModel): boolean {
  if (sizes !== undefined || arrivals !== undefined) return false;
  const isPlain = server.buffer === 1 && server.discipline === "fifo" && backlog === 0 && classNames.length === 1;
  return isPlain && knowsQueuesOnly(policy);
}

/**
 * Distributed rate scaling with unit buffers as a uniformised Markov process: works are exponential, so a job in service ends
 * at the present rate of its server, whatever its age. Potential departures occur at a rate that bounds all service rates
 * until the next observation, and are accepted with the ratio of the server's rate to that bound (thinning, Lewis and Shedler
 * 1979). No event list is needed, and a server is touched only by its own events.
 *
 * Policy, rate rule and measurement are those of the live system; `Twin` also uses its servers and dispatcher, at a fraction
 * of the speed. The two have the same law but different sample paths.
 */
export class RateScalingChain implements FleetView {
  readonly totals = noDispatcherTotals();
  readonly queues = [new FleetObserver()];
  readonly learned = undefined;
  now: ModelTime = 0;
  /** Arrivals and potential departures so far. */
  events = 0;
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly random: RandomStream;
  private readonly control: RateControl;
  /** Upper bound of all service rates until the next observation. */
  private greatestRate: Rate = 0;
  private readonly arrivalRate: Rate;
  private readonly servers: number;
  private readonly states: Float64Array;
  private nextObservation: ModelTime = EPOCH_TIME;
  private readonly serverTotals = noServerTotals();

  constructor(
    system: SystemModel,
    private readonly run: Run,
    seed: string,
    replication = 1,
  ) {
    assert(isRateScalingChain(system), "the servers have unit buffers and start idle");
    const { servers, server } = system;
    this.servers = servers;
    this.arrivalRate = system.totalArrivalRate;
    this.control = rateControlFor(server.rateControl);
    this.states = new Float64Array(ROW * servers);
    for (let index = 0; index < servers; index++) {
      const rate = initialRate(server.initialRates, seed, index);
      this.states[ROW * index + RATE] = rate;
      this.fleet.join({ buffer: 1, rate });
    }
    this.boundRates();
    const ownSeed = runSeed(seed, replication);
    this.policy = system.policy(this.fleet, quickRandomStream(ownSeed, "policy"));
    this.random = quickRandomStream(ownSeed, "events");
    run.start(0);
  }

  get view(): FleetView {
    return this;
  }

  get policyName(): string {
    return this.policy.name;
  }

  get inFlight(): number {
    return this.queues[0].jobs;
  }

  get information() {
    return this.policy.information;
  }

  rate(server: number): Rate {
    return this.fleet.rate(server);
  }

  queueLength(server: number): number {
    return this.fleet.queueLength(server);
  }

  /** Runs until the run is finished. */
  finish(): void {
    const { random } = this;
    while (this.run.phase !== "finished") {
      const total = this.arrivalRate + this.servers * this.greatestRate;
      const next = this.now + exponential(random, 1 / total);
      if (next > this.nextObservation) {
        // The time to the next event is memoryless: it is drawn again from the observation on.
        this.observe();
        continue;
      }
      this.now = next;
      this.events++;
      const draw = total * random();
      if (draw < this.arrivalRate) this.arrive();
      else this.tick(Math.min(this.servers - 1, Math.floor((draw - this.arrivalRate) / this.greatestRate)));
    }
  }

  private arrive(): void {
    this.totals.offered++;
    const server = this.policy.choose(ANY_JOB, this.now);
    if (server === NO_SERVER || this.fleet.isFull(server)) {
      this.totals.blocked++;
      return;
    }
    this.advance(server, this.now);
    this.states[ROW * server + SUBMITTED_AT] = this.now;
    this.queues[0].accepted(0, this.now);
    this.fleet.send(server);
  }

  private tick(server: number): void {
    if (this.fleet.queueLength(server) === 0) return;
    this.advance(server, this.now);
    const row = ROW * server;
    const rate = this.states[row + RATE];
    assert(rate <= this.greatestRate, "no server exceeds the uniformisation rate");
    if (this.random() * this.greatestRate >= rate) return;
    this.states[row + IDLE_TIME] = 0;
    this.queues[0].ended(1, this.now);
    this.fleet.ended(server);
    this.totals.completed++;
    this.totals.sojournTime += this.now - this.states[row + SUBMITTED_AT];
  }

  /** Brings a server's rate and its integrals up to date. */
  private advance(server: number, now: ModelTime): void {
    const { states } = this;
    const row = ROW * server;
    const elapsed = now - states[row + AS_OF];
    const idleTime = states[row + IDLE_TIME];
    const idle = this.fleet.queueLength(server) === 0;
    states[row + RATE] = this.control.evolve(states[row + RATE], idleTime, idle, elapsed).rate;
    states[row + AS_OF] = now;
    if (idle) {
      states[row + IDLE_TIME_INTEGRAL] += (idleTime + elapsed / 2) * elapsed;
      states[row + IDLE_TIME] = idleTime + elapsed;
    } else {
      states[row + IDLE_TIME_INTEGRAL] += idleTime * elapsed;
      states[row + BUSY_TIME] += elapsed;
    }
  }

  private observe(): void {
    const now = this.nextObservation;
    const { states, serverTotals: totals } = this;
    for (let server = 0; server < this.servers; server++) {
      this.advance(server, now);
      const row = ROW * server;
      totals.observedTime = now;
      totals.busyTime = states[row + BUSY_TIME];
      totals.queueLengthIntegral = states[row + BUSY_TIME];
      totals.idleTimeIntegral = states[row + IDLE_TIME_INTEGRAL];
      this.run.observeServer(server, totals, states[row + RATE]);
    }
    this.run.tick(now, this);
    this.now = now;
    this.nextObservation = now + EPOCH_TIME;
    this.boundRates();
  }

  /**
   * Rates decrease with idle time (h' >= 0 in (2.2)), and the rule preserves the order of two servers with the same idle
   * times: no server exceeds the presently fastest rate evolved without idling, which is monotone in time.
   */
  private boundRates(): void {
    let largest = 0;
    for (let row = RATE; row < this.states.length; row += ROW) largest = Math.max(largest, this.states[row]);
    const { rate } = this.control.evolve(largest, 0, false, EPOCH_TIME);
    // The rule is integrated with an error of 1e-8 per step.
    this.greatestRate = Math.max(largest, rate) * (1 + 1e-6);
  }
}

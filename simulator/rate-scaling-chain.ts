import { Fleet } from "../dispatcher/fleet.js";
import { FleetObserver } from "../dispatcher/fleet-observer.js";
import { NO_SERVER, type Policy } from "../dispatcher/policies/policy.js";
import { parseRateCost, parseSojournCost } from "../model/cost-functions.js";
import { assert } from "../model/errors.js";
import { initialRate } from "../model/initial-rates.js";
import { exponential, quickRandomStream, type RandomStream } from "../model/random.js";
import type { RateControlModel } from "../model/server-model.js";
import { noDispatcherTotals, noServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { Run } from "../scenarios/run.js";
import { EPOCH_TIME, type FleetView, type SystemModel } from "../scenarios/scenario.js";
import { rateControlFor } from "../server-node/rate-control/index.js";
import type { RateControl } from "../server-node/rate-control/rate-control.js";
import { risingRoot } from "../theory/rising-root.js";

/** Whether `RateScalingChain` can run a system: unit buffers, and nothing there at the start. */
export function isRateScalingChain({ server, backlog, classNames }: SystemModel): boolean {
  return server.buffer === 1 && server.discipline === "fifo" && backlog === 0 && classNames.length === 1;
}

/**
 * Distributed rate scaling with unit buffers as the jumps of a uniformised Markov process: works are exponential, so a job in
 * service ends at the server's rate of the moment, whatever work it has had. Servers tick at a rate that none of them can
 * exceed, and a tick of a busy one ends its job with the probability of its rate over that one (Lewis and Shedler 1979). No
 * event list is needed, and a server is touched only when something happens to it.
 *
 * The same policy, rule and measurement as live; `Twin` also has the very servers and dispatcher, at a fraction of the speed.
 * The two have the same law, and not the same trace.
 */
export class RateScalingChain implements FleetView {
  readonly totals = noDispatcherTotals();
  readonly queues = [new FleetObserver()];
  readonly learned = undefined;
  now: ModelTime = 0;
  /** Arrivals and ticks so far. */
  events = 0;
  private readonly fleet = new Fleet();
  private readonly policy: Policy;
  private readonly random: RandomStream;
  private readonly control: RateControl;
  private readonly greatestRate: Rate;
  private readonly arrivalRate: Rate;
  private readonly servers: number;
  // Of each server, exact at `asOf`; what has happened since then follows from it.
  private readonly asOf: Float64Array;
  private readonly rates: Float64Array;
  private readonly idleTimes: Float64Array;
  private readonly busyTimes: Float64Array;
  private readonly idleTimeIntegrals: Float64Array;
  private readonly submittedAt: Float64Array;
  private nextLook: ModelTime = EPOCH_TIME;
  private readonly serverTotals = noServerTotals();

  constructor(
    system: SystemModel,
    private readonly run: Run,
    seed: string,
    replication = 1,
  ) {
    assert(isRateScalingChain(system), "the chain is of servers with unit buffers that start idle");
    const { servers, server } = system;
    this.servers = servers;
    this.arrivalRate = system.totalArrivalRate;
    this.control = rateControlFor(server.rateControl);
    this.rates = Float64Array.from({ length: servers }, (_, index) => initialRate(server.initialRates, seed, index));
    this.greatestRate = greatestRate(server.rateControl, this.rates);
    for (let index = 0; index < servers; index++) this.fleet.join(1, this.rates[index]);
    const chance = replication === 1 ? seed : `${seed}/replication-${replication}`;
    this.policy = system.policy(this.fleet, quickRandomStream(chance, "policy"));
    this.random = quickRandomStream(chance, "events");
    [this.asOf, this.idleTimes, this.busyTimes, this.idleTimeIntegrals, this.submittedAt] = Array.from(
      { length: 5 },
      () => new Float64Array(servers),
    );
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
    const total = this.arrivalRate + this.servers * this.greatestRate;
    const { random } = this;
    while (this.run.phase !== "finished") {
      const next = this.now + exponential(random, 1 / total);
      while (this.nextLook <= next) this.look();
      this.now = next;
      this.events++;
      const draw = total * random();
      if (draw < this.arrivalRate) this.arrive();
      else this.tick(Math.min(this.servers - 1, Math.floor((draw - this.arrivalRate) / this.greatestRate)));
    }
  }

  private arrive(): void {
    this.totals.offered++;
    const server = this.policy.choose(0);
    if (server === NO_SERVER || this.fleet.isFull(server)) {
      this.totals.blocked++;
      return;
    }
    this.advance(server, this.now);
    this.submittedAt[server] = this.now;
    this.queues[0].accepted(0, this.now);
    this.fleet.assigned(server);
  }

  private tick(server: number): void {
    if (this.fleet.queueLength(server) === 0) return;
    this.advance(server, this.now);
    if (this.random() * this.greatestRate >= this.rates[server]) return;
    this.idleTimes[server] = 0;
    this.queues[0].ended(1, this.now);
    this.fleet.ended(server);
    this.totals.completed++;
    this.totals.sojournTime += this.now - this.submittedAt[server];
  }

  /** Brings a server's rate and its integrals up to date. */
  private advance(server: number, now: ModelTime): void {
    const elapsed = now - this.asOf[server];
    const idleTime = this.idleTimes[server];
    const idle = this.fleet.queueLength(server) === 0;
    this.rates[server] = this.control.evolve(this.rates[server], idleTime, idle, elapsed).rate;
    this.asOf[server] = now;
    if (idle) {
      this.idleTimeIntegrals[server] += (idleTime + elapsed / 2) * elapsed;
      this.idleTimes[server] = idleTime + elapsed;
    } else {
      this.idleTimeIntegrals[server] += idleTime * elapsed;
      this.busyTimes[server] += elapsed;
    }
  }

  private look(): void {
    const now = this.nextLook;
    const totals = this.serverTotals;
    for (let server = 0; server < this.servers; server++) {
      this.advance(server, now);
      totals.observedTime = now;
      totals.busyTime = this.busyTimes[server];
      totals.queueLengthIntegral = this.busyTimes[server];
      totals.idleTimeIntegral = this.idleTimeIntegrals[server];
      this.run.observeServer(server, totals, this.rates[server]);
    }
    this.run.tick(now, this);
    this.nextLook = now + EPOCH_TIME;
  }
}

/** What no rate can exceed: the largest at the start, or the one at which a server rests that is never idle (I = 0 in (2.2)). */
function greatestRate(model: RateControlModel, rates: Float64Array): Rate {
  const largest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  if (model.kind === "fixed") return largest;
  const [g, h] = [parseSojournCost(model.costG), parseRateCost(model.costH)];
  const rest = risingRoot((x) => g.derivative(x) + h.derivativePerRate(x), 1) ?? Number.POSITIVE_INFINITY;
  assert(Number.isFinite(rest), "a server that is never idle rests at some rate");
  // The rule is integrated to 1e-8 a step.
  return Math.max(largest, rest) * (1 + 1e-6);
}

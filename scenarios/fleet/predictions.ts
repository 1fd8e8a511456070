import { InfiniteBufferTheory } from "../../experiments/infinite-buffers.js";
import type { QueueQuantity } from "../../experiments/queue-quantities.js";
import { anyRoutingLawNamed, redundancyOptionsOf } from "../../experiments/routing.js";
import type { Division } from "../../experiments/scenario.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { byQuantity, exact, type Prediction, type Predictions, predicted } from "../../theory/prediction.js";
import { ExactFleet, stateCount } from "../../theory/queues/exact-fleet.js";
import { impatientQueues } from "./impatient-queues.js";
import { independentQueues } from "./independent-queues.js";
import { manyDispatchers } from "./many-dispatchers.js";
import type { FleetQuantity } from "./quantities.js";
import { QueueTimesTheory } from "./queue-times.js";
import { copiesCancelled } from "./redundancy.js";
import { type ShareGroups, shareClaims } from "./shares.js";
import type { FleetSystem } from "./system.js";

/** Fleets with more states than this are left to simulation: predictions are made anew while a run goes on. */
const MOST_STATES = 3000;

/** What is known of a fleet without simulation. */
export class FleetTheory {
  private readonly queues: InfiniteBufferTheory;
  private readonly times: QueueTimesTheory;
  private readonly shares: readonly (readonly [FleetQuantity, Prediction])[];

  constructor(
    private readonly system: FleetSystem,
    groups: ShareGroups,
  ) {
    this.queues = new InfiniteBufferTheory(system);
    this.times = new QueueTimesTheory(system);
    this.shares = shareClaims(system, groups);
  }

  /** Whether the share of the jobs that each server is given is known. */
  get knowsShares(): boolean {
    return this.shares.length > 0;
  }

  predictions(messageDelay: ModelTime): Predictions<FleetQuantity | QueueQuantity> {
    return new Map([...this.ofQueues(messageDelay), ...byQuantity(this.shares)]);
  }

  /**
   * With infinite buffers: work arrives as fast as equal servers do it; what is known of exponential sizes under any policy, and of others
   * under random routing, which makes independent queues. With finite ones: the stationary state of a small fleet.
   */
  private ofQueues(messageDelay: ModelTime): Predictions<FleetQuantity | QueueQuantity> {
    const { system } = this;
    const { rates, buffer, policy } = system;
    const redundancy = redundancyOptionsOf(policy);
    if (redundancy !== undefined) return byQuantity(copiesCancelled(system, redundancy, whyNoChain(system)));
    const shares = randomShares(policy, rates);
    if (system.timeout?.abandons) return byQuantity(impatientQueues(system, shares, whyNotMarkovian(system)));
    if (buffer === undefined) return new Map();
    if (Number.isFinite(buffer)) return smallFleetPredictions(system, buffer, messageDelay);
    return byQuantity<FleetQuantity | QueueQuantity>([
      ...underAnyPolicy(system),
      ...(whyNoChain(system) === undefined ? this.queues.claims(messageDelay, []) : []),
      ...(whyNoChain(system) !== undefined && shares !== undefined
        ? independentQueues(system, shares, whyNotPoisson(system))
        : []),
      ...(shares !== undefined ? this.times.claims(shares, whyNotPoisson(system)) : []),
    ]);
  }

  /** What is known of several dispatchers, each with its own view of the servers. */
  dividedPredictions(division: Division, messageDelay: ModelTime): Predictions<FleetQuantity> {
    const { system } = this;
    const { buffer, policy, timeout } = system;
    if (buffer !== Number.POSITIVE_INFINITY || timeout?.abandons || redundancyOptionsOf(policy) !== undefined)
      return new Map();
    return byQuantity([
      ...underAnyPolicy(system),
      ...manyDispatchers(system, division, messageDelay, whyNoChain(system)),
    ]);
  }
}

/** What holds in infinite buffers however jobs are routed. */
function underAnyPolicy({ arrivalRate, rates, workers }: FleetSystem): [FleetQuantity, Prediction][] {
  const load = arrivalRate / (rates[0] * workers[0]);
  return [
    ["blocked_fraction", exact(0, "buffers are infinite")],
    ...(allEqual(rates) && allEqual(workers)
      ? [["busy_fraction", exact(load, "work that arrives is done")] as [FleetQuantity, Prediction]]
      : []),
  ];
}

/** The jobs that each server gets at random, over an equal share; undefined of policies that are not random. */
function randomShares(policy: string, rates: readonly Rate[]): number[] | undefined {
  if (policy === "random") return rates.map(() => 1);
  if (policy !== "weighted-random") return undefined;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return rates.map((rate) => rate / mean);
}

function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Why the arrivals are no Poisson process of constant rate with independent sizes; undefined if they are one. */
function whyNotPoisson({ arrivals, varies, sizes }: FleetSystem): string | undefined {
  if (sizes.isInOrder) return `the sizes are ${sizes.name}, in its order, and not independent`;
  if (arrivals !== "poisson") return `the arrivals are ${arrivals}, not poisson`;
  return varies ? "the load varies over time" : undefined;
}

/** Why the arrivals are not Poisson, or the sizes not exponential; undefined if they are. */
function whyNotMarkovian(system: FleetSystem): string | undefined {
  const { sizes } = system;
  return sizes.name === "exponential" ? whyNotPoisson(system) : `the sizes are ${sizes.name}, not exponential`;
}

/** Why the fleet is no Markov chain of queue lengths; undefined if it is one. */
function whyNoChain(system: FleetSystem): string | undefined {
  const { sizes, workers, disciplines } = system;
  if (sizes.name !== "exponential") return `the sizes are ${sizes.name}, not exponential`;
  if (workers.some((count) => count > 1)) return "a server has several workers";
  if (disciplines.includes("ps")) return "servers share their worker among all jobs: none waits";
  return whyNotPoisson(system);
}

function smallFleetPredictions(
  system: FleetSystem,
  buffer: number,
  messageDelay: ModelTime,
): Predictions<FleetQuantity> {
  const { arrivalRate, rates, policy } = system;
  const whyOutside = whyNoChain(system);
  const routing = anyRoutingLawNamed(policy);
  const servers = rates.length;
  if (routing === undefined || stateCount(rates, buffer) > MOST_STATES) return new Map();
  const solve = (delay: ModelTime): Map<FleetQuantity, number> => {
    const fleet = new ExactFleet({
      totalArrivalRate: arrivalRate * servers,
      serviceRates: rates,
      buffer,
      routing,
      messageDelay: delay,
    });
    const perServer = (of: (queueLength: number) => number): number =>
      fleet.mean((queueLengths) => queueLengths.reduce((sum, length) => sum + of(length), 0)) / servers;
    const jobs = perServer((length) => length);
    return new Map<FleetQuantity, number>([
      ["mean_waiting_time", fleet.arrivals.meanWaitingTime],
      ["mean_queue_length", jobs],
      ["mean_sojourn_time", jobs / (arrivalRate * (1 - fleet.arrivals.blockedFraction))],
      ["busy_fraction", perServer((length) => (length > 0 ? 1 : 0))],
      ["blocked_fraction", fleet.arrivals.blockedFraction],
    ]);
  };
  const prompt = solve(0);
  if (messageDelay === 0)
    return byQuantity(
      [...prompt].map(([name, value]) => [name, exact(value, "stationary state of the fleet", { whyOutside })]),
    );
  // The delay enters the chain roughly; so what it does counts as uncertain.
  const source = "stationary distribution of the fleet, with the message delay of the run";
  return byQuantity(
    [...solve(messageDelay)].map(([name, value]) => {
      const modelError = Math.abs(value - (prompt.get(name) ?? Number.NaN));
      return [name, predicted("refined", { value }, source, { modelError, whyOutside })];
    }),
  );
}

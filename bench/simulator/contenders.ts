import { divided } from "../../experiments/division.js";
import { FAMILY_CONFIDENCE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import type { Views } from "../../experiments/scenario.js";
import { Generator } from "../../load-generator/generator.js";
import { poissonArrivals } from "../../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { quickRandomStream } from "../../model/random.js";
import { noDispatcherTotals } from "../../model/totals.js";
import { policyNamed } from "../../policies/index.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { Chain } from "../../simulator/chain.js";
import { epochTimeOf, systemFor } from "../../simulator/engine.js";
import { QueueingSystem } from "../../simulator/queueing-system.js";
import { RateScalingChain } from "../../simulator/rate-scaling-chain.js";
import { Twin } from "../../simulator/twin.js";
import { chainLoop, heapLoop, inlinedChainLoop } from "./reference-loops.js";

/** A simulation to be timed, with its result, to check that all contenders simulate the same system. */
export interface Contender {
  /** Runs about this many events. Returns their exact number. */
  run(events: number): number;
  /** The mean queue length, or the mean rate. */
  result(): number;
}

export const LOAD = 0.8;
/** Of several dispatchers: how many there are, and the mean delay of messages between them and the servers. */
export const DISPATCHERS = 10;
export const DELAY = 0.05;

/** A fleet with one dispatcher: its policy, and whether messages are delayed by DELAY. */
interface FleetContender {
  readonly policy: string;
  readonly isDelayed: boolean;
}

export const FLEETS: Readonly<Record<string, FleetContender>> = {
  "fleet-jsq-2": { policy: "jsq-d", isDelayed: false },
  "fleet-jsq": { policy: "jsq", isDelayed: false },
  "fleet-jsq-2-delayed": { policy: "jsq-d", isDelayed: true },
  "fleet-jsq-delayed": { policy: "jsq", isDelayed: true },
};
/** Jobs of each of their runs. */
export const JOBS_OF_FLEET = 500_000;
/** The law of their sizes. */
const SIZES_OF_FLEET = "lognormal:4";

/** The contenders by name. */
export const contenders: Readonly<Record<string, (servers: number) => Contender>> = {
  "chain-loop": (servers) => {
    const random = quickRandomStream("1", "chain-loop");
    return loop((events) => chainLoop(servers, LOAD, events, random));
  },
  "chain-loop-inlined": (servers) => loop((events) => inlinedChainLoop(servers, LOAD, events)),
  "heap-loop": (servers) => {
    const random = quickRandomStream("1", "heap-loop");
    return loop((events) => heapLoop(servers, LOAD, events, random));
  },
  "chain-jsq-2": (servers) => chainOf(servers, "jsq-d:2:replacement=yes"),
  "chain-jsq": (servers) => chainOf(servers, "jsq"),
  "heap-jsq-2": (servers) => heapOf(servers, "jsq-d:2:replacement=yes"),
  "heap-jsq": (servers) => heapOf(servers, "jsq"),
  "rate-scaling-chain": (servers) => rateScalingOf(servers, (run, system) => new RateScalingChain(system, run, "1")),
  "rate-scaling-twin": (servers) =>
    rateScalingOf(servers, (run, system) => {
      const twin = new Twin({ system, run, seed: "1" });
      return { totals: twin.dispatcher.totals, finish: () => twin.finish() };
    }),
  "twin-told": (servers) => twinOf(servers, "told", { law: "constant", time: DELAY }),
  "twin-local": (servers) => twinOf(servers, "local", { law: "constant", time: DELAY }),
  "twin-exponential": (servers) => twinOf(servers, "told", { law: "exponential", mean: DELAY }),
  ...Object.fromEntries(
    Object.entries(FLEETS).map(([name, which]) => [name, (servers: number) => fleetOf(servers, which)]),
  ),
};

function loop(run: (events: number) => number): Contender {
  let seen = 0;
  return {
    run(events) {
      seen = run(events);
      return events;
    },
    result: () => seen,
  };
}

function chainOf(servers: number, policy: string): Contender {
  const options = { servers, arrivalRate: LOAD, serviceRate: 1, buffer: Number.POSITIVE_INFINITY, seed: "1" };
  const chain = new Chain({ ...options, policy: policyNamed(policy) });
  return {
    run(events) {
      chain.restartStatistics();
      chain.run(events);
      return events;
    },
    result: () => chain.statistics().meanQueueLength,
  };
}

function heapOf(servers: number, policy: string): Contender {
  const arrivals = poissonArrivals(LOAD * servers, quickRandomStream("1", "arrivals"));
  const jobs = new Generator(arrivals, exponentialJobSizes.sequence(quickRandomStream("1", "works")), 0);
  const options = { servers, jobs, serviceRate: 1, buffer: Number.POSITIVE_INFINITY, seed: "1" };
  const system = new QueueingSystem({ ...options, policy: policyNamed(policy) });
  return {
    run(events) {
      system.restartStatistics();
      system.run(events);
      return events;
    },
    result: () => system.statistics().meanQueueLength,
  };
}

interface Engine {
  readonly totals: { readonly offered: number; readonly completed: number };
  finish(): void;
}

/** Starts near the optimum, where rates are for most of a run. An event is an arrival or a departure; observations are included. */
function rateScalingOf(
  servers: number,
  make: (run: Run, system: ReturnType<typeof configured>["system"]) => Engine,
): Contender {
  let mean = 0;
  const experiment = configured(servers);
  return {
    run(events) {
      const measuringTime = Math.max(10, events / (2 * LOAD * servers) - 5);
      const run = new Run(experiment, { warmUpTime: 5, measuringTime, familyConfidence: FAMILY_CONFIDENCE });
      const engine = make(run, experiment.system);
      engine.finish();
      mean = run.currentRates()?.mean ?? Number.NaN;
      return engine.totals.offered + engine.totals.completed;
    },
    result: () => mean,
  };
}

function configured(servers: number) {
  return rateScaling.configure({ servers: String(servers), inverseStep: "500", initialRates: "constant:1.587" }, "1");
}

/** Several dispatchers with JSQ, each for its part of the jobs. An event is a job; observations are included. The result is the mean sojourn time. */
function twinOf(servers: number, views: Views, messageDelay: MessageDelay): Contender {
  const settings = { servers: String(servers), policy: "jsq", load: String(LOAD) };
  const experiment = divided(fleet.configure(settings, "1"), { dispatchers: DISPATCHERS, views });
  let totals = noDispatcherTotals();
  return {
    run(jobs) {
      const measuringTime = Math.max(10, jobs / (LOAD * servers) - 5);
      const run = new Run(experiment, { warmUpTime: 5, measuringTime, familyConfidence: FAMILY_CONFIDENCE });
      const twin = new Twin({ system: experiment.system, run, seed: "1", messageDelay });
      twin.finish();
      totals = twin.view.totals;
      return totals.offered;
    },
    result: () => totals.sojournTime / totals.completed,
  };
}

/** As the scenario `fleet` is simulated, with all that it measures. An event is a job. The result is the mean sojourn time. */
function fleetOf(servers: number, { policy, isDelayed }: FleetContender): Contender {
  const settings = { servers: String(servers), policy, load: String(LOAD), sizes: SIZES_OF_FLEET };
  const experiment = fleet.configure({ ...settings, delay: isDelayed ? `constant:${DELAY}` : "none" }, "1");
  const epochTime = epochTimeOf(experiment);
  let totals = noDispatcherTotals();
  return {
    run(jobs) {
      const time = jobs / (LOAD * servers);
      const times = { warmUpTime: 0.1 * time, measuringTime: 0.9 * time, epochTime };
      const run = new Run(experiment, { ...times, familyConfidence: FAMILY_CONFIDENCE });
      const system = systemFor(experiment, { run, seed: "1", replication: 1, epochTime });
      system.finish();
      totals = system.view.totals;
      return totals.offered;
    },
    result: () => totals.sojournTime / totals.completed,
  };
}

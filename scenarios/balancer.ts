import { policies, policyNamed } from "../dispatcher/policies/index.js";
import { UserError } from "../model/errors.js";
import { initialRate, parseInitialRates } from "../model/initial-rates.js";
import type { ModelTime, Rate } from "../model/units.js";
import { ExactFleet, stateCount } from "../theory/exact-fleet.js";
import type { Prediction } from "../theory/prediction.js";
import { jfsqLaw, jiqLaw, jsqDLaw, jsqLaw, type RoutingLaw, randomLaw } from "../theory/routing-laws.js";
import { BalancerMeasurement } from "./balancer-measurement.js";
import {
  bufferSize,
  MOST_MEMBERS,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "./parameters.js";
import type { Experiment, QuantityDefinition, Scenario } from "./scenario.js";

const definitions = {
  servers: {
    description: "servers",
    unit: "servers",
    default: "10",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  arrivalRate: {
    description: "jobs that arrive per server, in a Poisson process",
    unit: "per time unit",
    default: "0.7",
    range: "> 0; below the mean rate of the servers where buffers are infinite",
    parse: positiveNumber,
  },
  initialRates: {
    description: "law of the rates of the servers, which do not change",
    unit: "per time unit",
    default: "constant:1",
    range: "uniform:LOW,HIGH with 0 <= LOW < HIGH | constant:RATE with RATE > 0 | list:RATE,... one for each server",
    parse: parseInitialRates,
  },
  buffer: {
    description: "jobs a server holds at most, the one in service included",
    unit: "jobs",
    default: "infinite",
    range: "whole number >= 1, or infinite",
    parse: bufferSize,
  },
  policy: {
    description: "routing policy, or the one that a balancer claims to run",
    unit: "",
    default: "jsq",
    range: `${[...policies.keys()].join(" | ")}, with options as in jsq-d:3`,
    parse: (text: string) => policyNamed(text) && text,
  },
} as const;

type Values = ParameterValues<typeof definitions>;

/** Any policy in front of servers of fixed rates: what a balancer is held against that claims to run it. */
export const balancer: Scenario = {
  name: "balancer",
  title: "A load balancer, held against the policy that it claims to run",
  source: "no one paper: exact results for single queues, and simulation of the policy claimed",
  summary:
    "Servers of fixed rates behind our dispatcher, or behind any balancer that speaks HTTP (verify balancer --via URL --as POLICY). " +
    "Waiting times and queue lengths are measured at the servers, where no balancer can embellish them.",
  parameters: definitions,
  claims: {},
  configure(settings, seed): Experiment {
    const values = readParameters(definitions, settings);
    const rates = ratesOf(values, seed);
    checkLoad(values, rates);
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    // Queues forget their past in a time that grows as 1 / (1 - load)^2.
    const load = values.arrivalRate / meanOf(rates);
    const memory = Number.isFinite(values.buffer) ? values.buffer : 1 / Math.max(0.02, 1 - load) ** 2;
    return {
      scenario: balancer,
      parameters: Object.fromEntries(texts),
      system: {
        servers: values.servers,
        totalArrivalRate: values.arrivalRate * values.servers,
        backlog: 0,
        policy: policyNamed(values.policy),
        classNames: ["server"],
        classOf: () => 0,
        server: {
          discipline: "fifo",
          buffer: values.buffer,
          rateControl: { kind: "fixed" },
          initialRates: values.initialRates,
        },
      },
      assumptions: [],
      warmUpTime: 50 + 4 * memory,
      measuringTime: 1000 + 20 * memory,
      quantities: quantitiesOf(load),
      measure: () => new BalancerMeasurement(),
      predict: ({ messageDelay }) => knownPredictions(values, rates, messageDelay),
    };
  },
};

function ratesOf({ servers, initialRates }: Values, seed: string): Rate[] {
  if (initialRates.law === "list" && initialRates.rates.length !== servers)
    throw new UserError(`initialRates lists ${initialRates.rates.length} rates for ${servers} servers`);
  return Array.from({ length: servers }, (_, server) => initialRate(initialRates, seed, server, server));
}

function checkLoad({ arrivalRate, buffer }: Values, rates: readonly Rate[]): void {
  if (!Number.isFinite(buffer) && arrivalRate >= meanOf(rates)) {
    throw new UserError(
      `arrivalRate = ${arrivalRate}: with infinite buffers it must be below the mean rate of the servers, ${meanOf(rates).toPrecision(4)}`,
    );
  }
}

function meanOf(rates: readonly Rate[]): Rate {
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

/** Half widths that still decide: a tenth of what waiting is worth at this load. */
function quantitiesOf(load: number): QuantityDefinition[] {
  const scale = Math.max(0.2, Math.min(load, 0.98) / (1 - Math.min(load, 0.98))) / 5;
  return [
    {
      name: "mean_waiting_time",
      description: "from acceptance at the server to the begin of service",
      unit: "time units",
      precision: scale,
    },
    {
      name: "mean_queue_length",
      description: "jobs per server, in service included",
      unit: "jobs",
      precision: scale,
    },
    { name: "busy_fraction", description: "time that servers are busy", unit: "", precision: 0.1 },
    { name: "blocked_fraction", description: "jobs that no server took", unit: "", precision: 0.05 },
  ];
}

/** Fleets with more states than this are left to simulation: predictions are made anew while a run goes on. */
const MOST_STATES = 3000;

const LAWS: Readonly<Record<string, RoutingLaw>> = {
  random: randomLaw,
  jsq: jsqLaw,
  jiq: jiqLaw,
  jfsq: jfsqLaw,
  "jsq-d": jsqDLaw(2, false),
};

/**
 * What is known without simulation. With infinite buffers: work arrives as fast as equal servers do it, and random routing makes
 * independent M/M/1 queues, whatever the messages take. With finite ones: the stationary state of a small fleet.
 */
function knownPredictions(values: Values, rates: readonly Rate[], messageDelay: ModelTime): Map<string, Prediction[]> {
  if (Number.isFinite(values.buffer)) return smallFleetPredictions(values, rates, messageDelay);
  const predictions = new Map([["blocked_fraction", [exact(0, "buffers are infinite")]]]);
  if (!rates.every((rate) => rate === rates[0])) return predictions;
  const load = values.arrivalRate / rates[0];
  predictions.set("busy_fraction", [exact(load, "work that arrives is done")]);
  if (values.policy !== "random") return predictions;
  predictions.set("mean_waiting_time", [exact(load / (1 - load) / rates[0], "independent M/M/1 queues")]);
  predictions.set("mean_queue_length", [exact(load / (1 - load), "independent M/M/1 queues")]);
  return predictions;
}

function smallFleetPredictions(
  { servers, arrivalRate, buffer, policy }: Values,
  serviceRates: readonly Rate[],
  messageDelay: ModelTime,
): Map<string, Prediction[]> {
  const routing = LAWS[policy];
  if (routing === undefined || stateCount(serviceRates, buffer) > MOST_STATES) return new Map();
  const solve = (delay: ModelTime): Record<string, number> => {
    const model = { totalArrivalRate: arrivalRate * servers, serviceRates, buffer, routing, messageDelay: delay };
    const fleet = new ExactFleet(model);
    const perServer = (of: (queueLength: number) => number): number =>
      fleet.mean((queueLengths) => queueLengths.reduce((sum, length) => sum + of(length), 0)) / servers;
    return {
      mean_waiting_time: fleet.arrivals.meanWaitingTime,
      mean_queue_length: perServer((length) => length),
      busy_fraction: perServer((length) => (length > 0 ? 1 : 0)),
      blocked_fraction: fleet.arrivals.blockedFraction,
    };
  };
  const prompt = solve(0);
  if (messageDelay === 0) {
    return new Map(
      Object.entries(prompt).map(([name, value]) => [name, [exact(value, "stationary state of the fleet")]]),
    );
  }
  // The delay enters the chain roughly; so what it does counts as uncertain.
  return new Map(
    Object.entries(solve(messageDelay)).map(([name, value]) => [
      name,
      [
        {
          kind: "refined",
          status: "applies",
          value,
          modelError: Math.abs(value - prompt[name]),
          source: "stationary state of the fleet, with the message delay of the run",
        },
      ],
    ]),
  );
}

function exact(value: number, source: string): Prediction {
  return { kind: "exact", status: "applies", value, modelError: 0, source };
}

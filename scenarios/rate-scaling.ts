import { policies, policyNamed } from "../dispatcher/policies/index.js";
import { parseRateCost, parseSojournCost } from "../model/cost-functions.js";
import { UserError } from "../model/errors.js";
import { initialRate, parseInitialRates } from "../model/initial-rates.js";
import type { ModelTime } from "../model/units.js";
import { homogeneousCost, optimalRate, rateStandardDeviation, relaxationTime } from "../theory/rate-scaling.js";
import { checkAssumptions } from "../theory/rate-scaling-assumptions.js";
import { timeToReach } from "../theory/rate-trajectory.js";
import {
  bufferSize,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "./parameters.js";
import { RateScalingMeasurement } from "./rate-scaling-measurement.js";
import { adaptivePredictions, fixedRatePredictions, type RateScalingSystem } from "./rate-scaling-predictions.js";
import type { Experiment, QuantityDefinition, Scenario } from "./scenario.js";

const definitions = {
  servers: {
    description: "number of servers, n",
    unit: "",
    default: "25",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  arrivalRate: {
    description: "arrival rate per server, lambda",
    unit: "jobs per time unit",
    default: "0.8",
    range: "> 0",
    parse: positiveNumber,
  },
  inverseStep: {
    description: "inverse step size of the rate rule, m: larger is slower and steadier",
    unit: "",
    default: "50",
    range: ">= 1",
    parse: atLeastOne,
  },
  buffer: {
    description: "jobs a server holds at most, the one in service included",
    unit: "jobs",
    default: "1",
    range: "whole number >= 1, or infinite",
    parse: bufferSize,
  },
  costG: {
    description: "cost of sojourn times, g: 1/x or 1/(1+x) of the rate x",
    unit: "",
    default: "reciprocal",
    range: "reciprocal | shifted-reciprocal",
    parse: parseSojournCost,
  },
  costH: {
    description: "cost of running at rate x, h = COEFFICIENT x^EXPONENT",
    unit: "",
    default: "power:0.1,2",
    range: "power:COEFFICIENT,EXPONENT with COEFFICIENT > 0, EXPONENT >= 2",
    parse: parseRateCost,
  },
  initialRates: {
    description: "law of the rates that servers start with",
    unit: "per time unit",
    default: "uniform:0,2",
    range: "uniform:LOW,HIGH with 0 <= LOW < HIGH | constant:RATE with RATE > 0 | list:RATE,... one for each server",
    parse: parseInitialRates,
  },
  start: {
    description: "jobs in the system at the start, per server",
    unit: "jobs",
    default: "empty",
    range: "empty | backlog:JOBS",
    parse: parseStart,
  },
  rateControl: {
    description: "how servers set their rates: the rule (2.2), or not at all",
    unit: "",
    default: "idle-time",
    range: "idle-time | fixed",
    parse: oneOf("idle-time", "fixed"),
  },
  policy: {
    description: "routing policy; the theorems are about jiq",
    unit: "",
    default: "jiq",
    range: [...policies.keys()].join(" | "),
    parse: oneOf(...policies.keys()),
  },
} as const;

type Values = ParameterValues<typeof definitions>;

/** Distributed rate scaling under Join the Idle Queue. */
export const rateScaling: Scenario = {
  name: "rate-scaling",
  title: "Servers that tune their own speed from their own idle times",
  source: "Rutten, Zubeldia and Mukherjee (2023), Distributed Rate Scaling in Large-Scale Service Systems",
  summary:
    "Jobs join a random idle server. Each server changes its rate by nothing but its own idle times, and yet all rates " +
    "come to the one that minimises the cost of sojourn times and of speed (Theorem 2.11).",
  parameters: definitions,
  claims: {
    "service-rates":
      "Every server's rate comes to the optimum mu*, whatever it started with (Theorem 2.11), and then fluctuates around it " +
      "the less, the larger the inverse step m is (Section 3).",
    "idle-times":
      "Under Join the Idle Queue all servers have the same mean idle time, even while their rates differ (Theorem 2.9).",
    "queue-lengths":
      "With unit buffers a server is idle or holds one job; it is busy with chance lambda / mu* in the limit.",
    "sojourn-times":
      "With unit buffers no job waits, and its sojourn is exponential with mean 1 / mu* in the limit (Theorem 2.11).",
    fleet: "Servers know nothing of each other, and yet all cells come to the same colour (Theorem 2.11).",
  },
  configure(settings, seed): Experiment {
    const values = readParameters(definitions, settings);
    checkInitialRates(values);
    const system = systemOf(values);
    const assumptions = checkAssumptions(values.arrivalRate, values.costG, values.costH).conditions;
    const whyOutside = outsideBecause(values, assumptions.find((assumption) => !assumption.holds)?.condition);
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    return {
      scenario: rateScaling,
      parameters: Object.fromEntries(texts),
      system: {
        servers: values.servers,
        totalArrivalRate: values.arrivalRate * values.servers,
        backlog: values.start * values.servers,
        policy: policyNamed(values.policy),
        classNames: ["server"],
        classOf: () => 0,
        server: {
          discipline: "fifo",
          buffer: values.buffer,
          rateControl: rateControlModel(values),
          initialRates: values.initialRates,
        },
      },
      assumptions: values.rateControl === "fixed" ? [] : assumptions,
      ...timesFor(values, seed),
      ...(values.rateControl === "fixed"
        ? {}
        : { targetRate: optimalRate(values.arrivalRate, values.costG, values.costH) }),
      quantities: quantitiesOf(values, system),
      ...sojournTailOf(values),
      measure: () =>
        new RateScalingMeasurement(
          values.servers,
          values.arrivalRate,
          values.costG,
          values.costH,
          values.rateControl === "fixed" ? 0 : relaxationTime(limitOf(values)),
        ),
      predict: (conditions) =>
        values.rateControl === "fixed"
          ? fixedRatePredictions({ ...system, ...conditions }, startingRates(values, seed), whyOutside)
          : adaptivePredictions({ ...system, ...conditions }, whyOutside),
    };
  },
};

function systemOf({ servers, arrivalRate, inverseStep, costG, costH }: Values): RateScalingSystem {
  return { servers, arrivalRate, inverseStep, g: costG, h: costH, messageDelay: 0, heldUpFraction: 0 };
}

function rateControlModel({ rateControl, costG, costH, inverseStep }: Values) {
  if (rateControl === "fixed") return { kind: "fixed" } as const;
  return { kind: "idle-time", costG: costG.name, costH: costH.name, inverseStep } as const;
}

/** Where no job waits, a sojourn is a service, at a rate that all servers come to or have. */
function sojournTailOf(values: Values): Pick<Experiment, "sojournTail"> {
  const { rateControl, initialRates, arrivalRate, costG, costH } = values;
  if (values.buffer !== 1) return {};
  const exponential = (rate: number) => (time: ModelTime) => Math.exp(-rate * time);
  if (rateControl === "idle-time") {
    const longerThan = exponential(optimalRate(arrivalRate, costG, costH));
    return {
      sojournTail: { kind: "limit", source: "Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11", longerThan },
    };
  }
  if (initialRates.law !== "constant") return {};
  return { sojournTail: { kind: "exact", source: "exponential service", longerThan: exponential(initialRates.rate) } };
}

/** The rates that the servers start with. */
function startingRates({ initialRates, servers }: Values, seed: string): number[] {
  return Array.from({ length: servers }, (_, server) => initialRate(initialRates, seed, server));
}

/** Relaxation times to measure over, and the least of them: fewer leave too few independent looks at the rates. */
const RELAXATION_TIMES = 30;
const LEAST_RELAXATION_TIMES = 6;
/**
 * What remains of the start when measuring begins, as a part of the final rate, times the root of the number of servers: as
 * small as what the run can resolve. Over the run it averages out further.
 */
const WARM_UP_TOLERANCE = 0.025;
const SHORTEST_WARM_UP: ModelTime = 100;
const SHORTEST_MEASUREMENT: ModelTime = 1500;
/** Warm-up and measurement together, unless that leaves too few relaxation times: 150 s at 50 ms a time unit. */
const WHOLE_RUN: ModelTime = 3000;

function timesFor(values: Values, seed: string): { warmUpTime: ModelTime; measuringTime: ModelTime } {
  if (values.rateControl === "fixed") return { warmUpTime: SHORTEST_WARM_UP, measuringTime: SHORTEST_MEASUREMENT };
  const tolerance = WARM_UP_TOLERANCE / Math.sqrt(values.servers);
  const transient = timeToReach({ ...limitOf(values), initialRates: startingRates(values, seed) }, tolerance);
  const warmUpTime = Math.ceil(Math.max(SHORTEST_WARM_UP, transient));
  const relaxation = relaxationTime(limitOf(values));
  const wanted = Math.max(SHORTEST_MEASUREMENT, RELAXATION_TIMES * relaxation);
  const least = Math.max(SHORTEST_MEASUREMENT, LEAST_RELAXATION_TIMES * relaxation);
  return { warmUpTime, measuringTime: Math.ceil(Math.max(least, Math.min(wanted, WHOLE_RUN - warmUpTime))) };
}

function limitOf({ arrivalRate, costG, costH, inverseStep }: Values) {
  return { arrivalRate, g: costG, h: costH, inverseStep };
}

/** Why no theorem covers these parameters; undefined if they do. */
function outsideBecause(values: Values, violated: string | undefined): string | undefined {
  if (values.policy !== "jiq") return `the theorems are about jiq, not ${values.policy}`;
  if (values.buffer !== 1)
    return `derived for unit buffers, not ${values.buffer === Infinity ? "infinite ones" : values.buffer}`;
  if (values.rateControl === "idle-time" && violated !== undefined) return `Assumption 2.1 ${violated} is violated`;
  return undefined;
}

function quantitiesOf(values: Values, system: RateScalingSystem): QuantityDefinition[] {
  const rate = optimalRate(values.arrivalRate, values.costG, values.costH);
  const cost = homogeneousCost(values.arrivalRate, values.costG, values.costH, rate);
  const idleTime = 1 / values.arrivalRate;
  const ratePrecision = Math.max(0.03 * rate, 0.5 * rateStandardDeviation(system));
  const perTime = "per time unit";
  const rateQuantities: QuantityDefinition[] = [
    { name: "mean_service_rate", description: "mean over servers and time", unit: perTime, precision: 0.03 * rate },
    {
      name: "service_rate_sd",
      description: "standard deviation of a server's rate",
      unit: perTime,
      precision: ratePrecision,
    },
    { name: "service_rate_p05", description: "5th percentile of rates", unit: perTime, precision: ratePrecision },
    { name: "service_rate_p95", description: "95th percentile of rates", unit: perTime, precision: ratePrecision },
  ];
  const idleTimeSpread: QuantityDefinition = {
    name: "idle_time_spread",
    description: "standard deviation of mean idle times between servers",
    unit: "time units",
    precision: 0.08 * idleTime,
  };
  return [
    ...(values.rateControl === "fixed" ? [] : rateQuantities),
    { name: "mean_idle_time", description: "mean of I_v(t)", unit: "time units", precision: 0.08 * idleTime },
    ...(values.servers > 1 ? [idleTimeSpread] : []),
    { name: "busy_fraction", description: "fraction of time a server is busy", unit: "", precision: 0.05 },
    { name: "blocked_fraction", description: "fraction of jobs that no server took", unit: "", precision: 0.02 },
    {
      name: "mean_sojourn_time",
      description: "from submission to completion",
      unit: "time units",
      precision: 0.06 / rate,
    },
    { name: "mean_cost", description: "lambda g(1/E[S]) + mean of h(rate)", unit: "", precision: 0.05 * cost },
  ];
}

function checkInitialRates({ initialRates, servers }: Values): void {
  if (initialRates.law === "list" && initialRates.rates.length !== servers) {
    throw new UserError(`initialRates: the list has ${initialRates.rates.length} rates for ${servers} servers`);
  }
}

function atLeastOne(text: string): number {
  const value = positiveNumber(text);
  if (value < 1) throw new UserError("must be at least 1");
  return value;
}

/** Reads `empty` or `backlog:JOBS`. Returns the jobs per server. */
function parseStart(text: string): number {
  if (text === "empty") return 0;
  const match = /^backlog:(\d+)$/.exec(text);
  if (match === null) throw new UserError("must be empty or backlog:JOBS with a whole number of jobs per server");
  return Number(match[1]);
}

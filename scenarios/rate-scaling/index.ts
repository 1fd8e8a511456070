import { jobParameters, withJobLaws } from "../../experiments/job-laws.js";
import { LEAST_RELAXATION_TIMES } from "../../experiments/measured.js";
import {
  bufferSize,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { policyParameter } from "../../experiments/routing.js";
import type { Assumption, Experiment, RunConditions, Scenario, SystemModel } from "../../experiments/scenario.js";
import { ONE_CLASS, startingRates } from "../../experiments/servers.js";
import { stabilityConditions, unstable } from "../../experiments/stability.js";
import { clearingTime, FORGETTING, startedWith, startParameter, whyUncovered } from "../../experiments/starts.js";
import { parseRateCost, parseSojournCost, RATE_COSTS, SOJOURN_COSTS } from "../../model/cost-functions.js";
import { UserError } from "../../model/errors.js";
import { INITIAL_RATES, parseInitialRates } from "../../model/initial-rates.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { policyNamed } from "../../policies/index.js";
import { withTitle } from "../../theory/bibliography/index.js";
import { byQuantity } from "../../theory/prediction.js";
import { type AssumptionCheck, checkAssumptions } from "../../theory/rate-scaling/assumptions.js";
import { adaptiveClearingTime } from "../../theory/rate-scaling/backlog-clearing.js";
import { limitRate, optimalRate, relaxationTime } from "../../theory/rate-scaling/rate-scaling.js";
import { PATIENCE, timeToReach } from "../../theory/rate-scaling/rate-trajectory.js";
import { AnyFleetTheory, NO_BLOCKING, workDone } from "./any-fleet.js";
import { FixedRatesTheory } from "./fixed-rates.js";
import { RateScalingMeasurement } from "./measurement.js";
import { adaptiveClaims, type Claims, type RateScalingSystem } from "./predictions.js";
import { rateScalingQuantities } from "./quantities.js";
import { QueuedRatesTheory } from "./queued-rates.js";

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
    description: "inverse step size m of the rate rule: larger values adapt more slowly and fluctuate less",
    unit: "",
    default: "50",
    range: ">= 1",
    parse: atLeastOne,
  },
  buffer: {
    description: "maximum number of jobs at a server, including the one in service",
    unit: "jobs",
    default: "1",
    range: "whole number >= 1, or infinite",
    parse: bufferSize,
  },
  costG: {
    description: "cost g of sojourn times as a function of the rate x: 1/x, 1/(1+x), or 1/(1+exp((x-MIDPOINT)/WIDTH))",
    unit: "",
    default: "reciprocal",
    range: SOJOURN_COSTS,
    parse: parseSojournCost,
  },
  costH: {
    description:
      "cost h of running at rate x: COEFFICIENT x^EXPONENT, also with SLOPE x, or EXTRA (x-THRESHOLD)^2 beyond a threshold; or " +
      "COEFFICIENT (x-log(1+x)). Those other than power break conditions of Assumption 2.1",
    unit: "",
    default: "power:0.1,2",
    range: RATE_COSTS,
    parse: parseRateCost,
  },
  initialRates: {
    description: "distribution of the initial rates of the servers",
    unit: "per time unit",
    default: "uniform:0,2",
    range: INITIAL_RATES,
    parse: parseInitialRates,
  },
  start: startParameter(),
  rateControl: {
    description: "how servers set their rates: by the rule (2.2), or fixed",
    unit: "",
    default: "idle-time",
    range: "idle-time | fixed",
    parse: oneOf("idle-time", "fixed"),
  },
  policy: policyParameter("jiq", "routing policy; the theorems are about jiq"),
  ...jobParameters,
} as const;

type Values = ParameterValues<typeof definitions>;

/** Distributed rate scaling under Join the Idle Queue. */
export const rateScaling: Scenario = {
  name: "rate-scaling",
  title: "Servers that tune their own speed from their own idle times",
  source: withTitle("Rutten, Zubeldia and Mukherjee (2023)"),
  summary:
    "Each job joins a random idle server. Each server adapts its rate using only its own idle times, yet all rates converge " +
    "to the one that minimises the total cost of sojourn times and speed (Theorem 2.11).",
  parameters: definitions,
  claims: {
    "service-rates":
      "Every server's rate converges to the optimum `mu*`, whatever its initial rate (Theorem 2.11), and then fluctuates around it: " +
      "the larger the inverse step `m`, the less (Section 3).",
    "idle-times":
      "Under Join the Idle Queue all servers have the same mean idle time, even while their rates differ (Theorem 2.9).",
    "queue-lengths":
      "With unit buffers a server is idle or holds one job; in the limit it is busy with probability `lambda / mu*`.",
    "sojourn-times":
      "With unit buffers no job waits, and its sojourn time is exponential with mean `1 / mu*` in the limit (Theorem 2.11).",
    fleet: "Servers know nothing of each other, yet all cells converge to the same colour (Theorem 2.11).",
  },
  configure(settings, seed): Experiment {
    const { values, texts } = readParameters(definitions, settings);
    const rates = startingRates(values.initialRates, values.servers, seed);
    const system = systemOf(values);
    const target = limitRate(values.arrivalRate, values.costG, values.costH);
    const fixedRates = values.rateControl === "fixed" ? new FixedRatesTheory(rates) : undefined;
    const beyondUnitBuffers = beyondUnitBuffersOf(values, system, rates);
    const check = checkAssumptions(values.arrivalRate, values.costG, values.costH);
    const assumptions = assumptionsOf(values, rates, check);
    const whyOutside = outsideBecause(values, check.conditions.find(({ holds }) => !holds)?.condition);
    const experiment: Experiment = {
      scenario: rateScaling,
      parameters: texts,
      system: modelOf(values, seed),
      assumptions,
      ...timesFor(values, system, rates),
      ...(values.rateControl === "fixed" || target === undefined ? {} : { targetRate: target }),
      quantities: rateScalingQuantities(system, values),
      ...sojournTailOf(values, target),
      measure: () =>
        new RateScalingMeasurement({
          ...system,
          relaxationTime: values.rateControl === "fixed" ? 0 : relaxationTime(system),
          optimum: optimalRate(values.arrivalRate, values.costG, values.costH),
        }),
      predict: (conditions) =>
        byQuantity([
          ...beyondUnitBuffers(conditions),
          ...(fixedRates?.claims({ ...system, ...conditions }, whyOutside) ??
            adaptiveClaims({ ...system, ...conditions }, whyOutside)),
        ]),
    };
    return withJobLaws(experiment, values);
  },
};

/** What holds where the paper's model does not: with larger buffers, and under other policies. */
function beyondUnitBuffersOf(
  values: Values,
  system: RateScalingSystem,
  rates: readonly Rate[],
): (conditions: RunConditions) => Claims {
  const { arrivalRate, buffer, policy, costG: g, costH: h } = values;
  const queued = policy === "jiq" && buffer > 1 ? new QueuedRatesTheory(system, buffer) : undefined;
  if (values.rateControl === "idle-time") {
    const laws = buffer === Number.POSITIVE_INFINITY ? [NO_BLOCKING, workDone(arrivalRate)] : [];
    return (conditions) => [...laws, ...(queued?.adaptive({ ...system, ...conditions }) ?? [])];
  }
  if (policy === "jiq" && buffer === 1) return () => [];
  const theory = new AnyFleetTheory({ arrivalRate, rates, buffer, policy, g, h });
  const isEqual = rates.every((rate) => rate === rates[0] && rate > 0);
  return (conditions) => [
    ...theory.claims(conditions),
    ...(isEqual ? (queued?.fixedRates(rates[0], conditions.messageDelay) ?? []) : []),
  ];
}

function modelOf(values: Values, seed: string): SystemModel {
  const { servers, arrivalRate, policy, buffer, initialRates, start } = values;
  const system: SystemModel = {
    servers,
    totalArrivalRate: arrivalRate * servers,
    backlog: 0,
    policy: policyNamed(policy),
    ...ONE_CLASS,
    server: { discipline: "fifo", buffer, rateControl: rateControlModel(values), initialRates },
  };
  return startedWith(start, system, { seed });
}

function systemOf({ servers, arrivalRate, inverseStep, costG, costH }: Values): RateScalingSystem {
  return { servers, arrivalRate, inverseStep, g: costG, h: costH, messageDelay: 0 };
}

function rateControlModel({ rateControl, costG, costH, inverseStep }: Values) {
  if (rateControl === "fixed") return { kind: "fixed" } as const;
  return { kind: "idle-time", costG: costG.name, costH: costH.name, inverseStep } as const;
}

/**
 * The conditions of the theorems, or of stability where rates are fixed. Rates that adapt come down to mu+ or below in the long run,
 * whatever they start at: no server can do more than one with that rate.
 *
 * @throws UserError if the queues grow for ever
 */
function assumptionsOf(
  { rateControl, arrivalRate, buffer, policy }: Values,
  rates: readonly Rate[],
  { conditions, highestRate = Number.POSITIVE_INFINITY }: AssumptionCheck,
): readonly Assumption[] {
  if (rateControl === "fixed") return stabilityConditions({ policy, rates, arrivalRate, buffer });
  if (buffer === Number.POSITIVE_INFINITY && arrivalRate >= highestRate)
    throw unstable(
      { servers: [...rates.keys()], load: arrivalRate / highestRate },
      `once their rates have settled at mu+ = ${highestRate.toPrecision(4)}, with infinite buffers`,
      "lower arrivalRate, make speed cheaper (costH), or set a finite buffer",
    );
  return conditions;
}

/** Where no job waits, the sojourn time is the service time, at the rate that all servers converge to or have. */
function sojournTailOf(
  { rateControl, initialRates, buffer }: Values,
  target: Rate | undefined,
): Pick<Experiment, "sojournTail"> {
  if (buffer !== 1) return {};
  const exponential = (rate: number) => (time: ModelTime) => Math.exp(-rate * time);
  if (rateControl === "idle-time") {
    if (target === undefined) return {};
    const source = "Rutten, Zubeldia and Mukherjee (2023), Theorem 2.11";
    return { sojournTail: { kind: "limit", source, longerThan: exponential(target) } };
  }
  if (initialRates.law !== "constant") return {};
  return { sojournTail: { kind: "exact", source: "exponential service", longerThan: exponential(initialRates.rate) } };
}

/** How many relaxation times to measure for, if that is not too long. */
const RELAXATION_TIMES = 30;
/**
 * The relative distance of the rates from their limit when measuring begins, times the square root of the number of servers: as
 * small as what the run can resolve. Over the run it averages out further.
 */
const WARM_UP_TOLERANCE = 0.025;
/** Trajectories of rates that are integrated in tenths of a second. */
const MOST_TRAJECTORIES = 2000;
const SHORTEST_WARM_UP: ModelTime = 100;
/** The warm-up in relaxation times where rates have no limit, or do not come near it. */
const WITHOUT_LIMIT = 10;
const SHORTEST_MEASUREMENT: ModelTime = 1500;
/** Warm-up and measurement together, unless that leaves too few relaxation times: 150 s at 50 ms a time unit. */
const WHOLE_RUN: ModelTime = 3000;

function timesFor(
  values: Values,
  system: RateScalingSystem,
  initialRates: readonly Rate[],
): Pick<Experiment, "warmUpTime" | "measuringTime" | "whyNeverSettled"> {
  const clearing =
    values.rateControl === "fixed"
      ? clearingTime(values.start, { ...values, rates: initialRates })
      : adaptiveClearing(values, system, initialRates);
  const covered = Number.isFinite(clearing) ? {} : { whyNeverSettled: whyUncovered(values.start.mostJobs) };
  const untilCleared = Number.isFinite(clearing) ? clearing : 0;
  if (values.rateControl === "fixed") {
    const warmUpTime = Math.ceil(SHORTEST_WARM_UP + untilCleared);
    return { warmUpTime, measuringTime: SHORTEST_MEASUREMENT, ...covered };
  }
  const tolerance = WARM_UP_TOLERANCE / Math.sqrt(values.servers);
  const relaxation = relaxationTime(system);
  const transient = timeToReach({ ...system, initialRates: representatives(initialRates) }, tolerance);
  const arrives = transient < PATIENCE * relaxation;
  const settling = arrives ? transient : WITHOUT_LIMIT * relaxation;
  const warmUpTime = Math.ceil(untilCleared + Math.max(SHORTEST_WARM_UP, settling));
  const wanted = Math.max(SHORTEST_MEASUREMENT, RELAXATION_TIMES * relaxation);
  const least = Math.max(SHORTEST_MEASUREMENT, LEAST_RELAXATION_TIMES * relaxation);
  const measuringTime = Math.ceil(Math.max(least, Math.min(wanted, WHOLE_RUN - warmUpTime)));
  const never = arrives ? covered : { whyNeverSettled: "from these rates the rule does not lead to its limit" };
  return { warmUpTime, measuringTime, ...never };
}

/** Until the jobs of the start are served, or finite buffers have forgotten them; Infinity if no time is known. */
function adaptiveClearing(
  { start, buffer, arrivalRate }: Values,
  system: RateScalingSystem,
  initialRates: readonly Rate[],
): ModelTime {
  const backlog = Math.min(start.mostJobs, buffer);
  // A job in service is forgotten with its service.
  if (backlog <= 1) return 0;
  return Math.min(adaptiveClearingTime({ ...system, initialRates }, backlog), (FORGETTING * buffer ** 2) / arrivalRate);
}

/** The rates, or that many of them that stand for all: the extremes, and quantiles at equal distances between. */
function representatives(rates: readonly Rate[]): readonly Rate[] {
  if (rates.length <= MOST_TRAJECTORIES) return rates;
  const sorted = Float64Array.from(rates).sort();
  const last = MOST_TRAJECTORIES - 1;
  return Array.from({ length: MOST_TRAJECTORIES }, (_, i) => sorted[Math.round((i / last) * (sorted.length - 1))]);
}

/** Why no theorem covers these parameters; undefined if they do. */
function outsideBecause(values: Values, violated: string | undefined): string | undefined {
  if (values.policy !== "jiq") return `the theorems are about jiq, not ${values.policy}`;
  if (values.buffer !== 1)
    return `derived for unit buffers, not ${values.buffer === Infinity ? "infinite ones" : values.buffer}`;
  if (values.rateControl === "idle-time" && violated !== undefined) return `Assumption 2.1 ${violated} is violated`;
  return undefined;
}

function atLeastOne(text: string): number {
  const value = positiveNumber(text);
  if (value < 1) throw new UserError("must be at least 1");
  return value;
}

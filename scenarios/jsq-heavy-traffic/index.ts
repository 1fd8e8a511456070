import { ExactPredictions, type ExactValues } from "../../experiments/exact-predictions.js";
import { InfiniteBufferTheory } from "../../experiments/infinite-buffers.js";
import { jobParameters, withJobLaws } from "../../experiments/job-laws.js";
import { type Load, loadOf, loadParameters, timesFor } from "../../experiments/load.js";
import {
  bufferSize,
  inForce,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { QueueMeasurement } from "../../experiments/queue-measurement.js";
import {
  joinsShortest,
  plainRouting,
  policyOf,
  policyTextOf,
  routingLawOf,
  routingParameters,
} from "../../experiments/routing.js";
import type { Assumption, Experiment, Scenario, SystemModel } from "../../experiments/scenario.js";
import { ONE_CLASS } from "../../experiments/servers.js";
import { stabilityConditions } from "../../experiments/stability.js";
import { clearingTime, coveringStart, requireEmpty, startedWith, startParameter } from "../../experiments/starts.js";
import { processNamed } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { ARRIVAL_LAWS, parseArrivalLaw, parseServiceLaw, SERVICE_LAWS, type SlotLaw } from "../../model/slot-laws.js";
import type { ModelTime } from "../../model/units.js";
import { knowsQueuesOnly } from "../../policies/policy.js";
import { withTitle } from "../../theory/bibliography/index.js";
import {
  type HeavyTraffic,
  leastAlpha,
  limitMean,
  queueScale,
  relaxationTime,
} from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { heavyTrafficPredictions } from "./predictions.js";
import { heavyTrafficQuantities, type StateMoment } from "./quantities.js";
import { slottedExact } from "./slotted-exact.js";
import { SlottedMeasurement } from "./slotted-measurement.js";
import { stateMoments } from "./state-moments.js";

const TAILS = [1, 2, 3] as const;

const definitions = {
  servers: {
    description: "number of servers, n",
    unit: "",
    default: "4",
    range: "whole number >= 2",
    parse: wholeNumber(2, MOST_MEMBERS),
  },
  ...loadParameters("1", "> 0; above 2 in Theorem 1", positiveNumber),
  time: {
    description: "continuous: Poisson arrivals and exponential services; slotted: a batch to one server in each slot",
    unit: "",
    default: "continuous",
    range: "continuous | slotted",
    parse: oneOf("continuous", "slotted"),
  },
  arrivals: {
    description: "distribution of the number of arrivals in a slot, in slotted time",
    unit: "",
    default: "binomial:2",
    range: ARRIVAL_LAWS,
    parse: parseArrivalLaw,
  },
  services: {
    description: "distribution of the number of jobs that a server can serve in a slot, in slotted time",
    unit: "",
    default: "zero-or:2",
    range: SERVICE_LAWS,
    parse: parseServiceLaw,
  },
  buffer: {
    description: "maximum number of jobs at a server, including the one in service",
    unit: "jobs",
    default: "infinite",
    range: "whole number >= 1, or infinite; infinite in the paper",
    parse: bufferSize,
  },
  start: startParameter(),
  sizes: { ...jobParameters.sizes, description: `in continuous time: ${jobParameters.sizes.description}` },
  ...routingParameters("jsq", "jsq, and jsq-d with 2 choices without replacement"),
} as const;

type Values = ParameterValues<typeof definitions>;

/** Join the Shortest Queue in many-server heavy traffic. */
export const jsqHeavyTraffic: Scenario = {
  name: "jsq-heavy-traffic",
  title: "Join the Shortest Queue as servers and load grow together",
  source: withTitle("Hurtado-Lange and Maguluri (2020)"),
  summary:
    "The load is 1 - n^-alpha. With alpha above 2, all queues stay nearly equal and their sum, times n^-alpha, converges to an " +
    "exponential distribution (Theorem 1), as for a single server.",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "With `alpha` above 2 all queues stay nearly equal, and each varies like the same exponential variable (Theorem 1 and Proposition 1).",
    fleet:
      "All cells change colour together: the differences between queues are small against their lengths (Proposition 1).",
  },
  configure(settings, seed): Experiment {
    const { values: written, texts } = readParameters(definitions, settings);
    const values = plainRouting(written);
    const load = loadOf(values, settings);
    if (load.alpha === undefined) refuseOverload(values, load);
    if (values.time === "slotted" && values.sizes.name !== exponentialJobSizes.name)
      throw new UserError(`sizes = ${values.sizes.name}: in slotted time jobs have no sizes; use time=continuous`);
    if (values.time === "slotted")
      requireEmpty(
        values.start,
        "in slotted time all jobs of a slot join one server, those of a start too; use time=continuous",
      );
    const slots = slotsOf(values, load);
    const traffic = trafficOf(values, load, slots);
    const memory = memoryOf(values, traffic, slots);
    const common = {
      scenario: jsqHeavyTraffic,
      parameters: inForce(texts, settings, definitions),
      system: startedWith(values.start, systemOf(values, load, slots), { seed }),
      assumptions: assumptionsOf(values, load, traffic),
      ...timesFor(memory),
      relaxationTime: memory,
      isPredictedBySimulation: true as const,
      quantities: heavyTrafficQuantities(values.time, traffic, TAILS),
    };
    const states = stateMoments(values.servers, traffic);
    if (slots !== undefined && traffic !== undefined)
      return { ...common, ...slottedParts(values, load, traffic, { slots, memory }) };
    const law = traffic && { scale: queueScale(traffic), mean: limitMean(traffic) };
    const exact = exactOf(values, load, { traffic, law });
    const queues = queuesOf(values, load);
    const experiment: Experiment = {
      ...common,
      isQueueChain: true,
      measure: () =>
        new QueueMeasurement({ servers: values.servers, relaxationTime: memory, states, tails: TAILS, law }),
      predict: (run) => {
        const solved = exact?.values(run);
        return heavyTrafficPredictions({
          ...values,
          ...load,
          traffic,
          whyOutside: outsideBecause(values, load),
          boundedByPool: joinsShortest(values) || values.buffer === Number.POSITIVE_INFINITY,
          exact: solved,
          slots: undefined,
          queues: solved?.has("mean_queue_length") ? [] : (queues?.claims(run.messageDelay, TAILS) ?? []),
        });
      },
    };
    const started = coveringStart(experiment, values.start, clearingOf(values, load));
    return withJobLaws(started, { arrivals: processNamed("poisson"), sizes: values.sizes });
  },
};

function clearingOf(values: Values, { arrivalRate }: Load): ModelTime {
  return clearingTime(values.start, { policy: values.policy, rates: [1], arrivalRate, buffer: values.buffer });
}

/** Servers of one rate are stable below it, however near to it. Throws UserError if the queues grow for ever. */
function refuseOverload(values: Values, { arrivalRate }: Load): void {
  const rates = new Array<number>(values.servers).fill(1);
  stabilityConditions({ ...values, arrivalRate, rates, policy: policyTextOf(values), sizes: values.sizes.name });
}

function slottedParts(
  values: Values,
  load: Load,
  traffic: HeavyTraffic,
  { slots, memory }: { readonly slots: NonNullable<SystemModel["slots"]>; readonly memory: ModelTime },
): Pick<Experiment, "measure" | "predict"> {
  const states = stateMoments(values.servers, traffic);
  const { arrivals, services } = slots;
  const routing = routingLawOf(values);
  let exact: { readonly values: ExactValues<StateMoment> | undefined } | undefined;
  const extremes = { arrivalsAtMost: arrivals.greatest, serviceAtMost: services.greatest };
  return {
    measure: () => new SlottedMeasurement({ system: traffic, relaxationTime: memory, states }),
    predict: () => {
      exact ??= { values: routing && slottedExact({ ...slots, traffic, routing, buffer: values.buffer, states }) };
      return heavyTrafficPredictions({
        ...values,
        ...load,
        traffic,
        whyOutside: outsideBecause(values, load),
        boundedByPool: false,
        exact: exact.values,
        slots: values.policy === "jsq" && values.buffer === Number.POSITIVE_INFINITY ? extremes : undefined,
        queues: [],
      });
    },
  };
}

function slotsOf(values: Values, { arrivalRate, alpha }: Load): SystemModel["slots"] {
  if (values.time === "continuous") return undefined;
  if (alpha === undefined)
    throw new UserError(
      `arrivalRate = ${arrivalRate}: slotted time is for loads below 1; use time=continuous for an overload`,
    );
  if (!knowsQueuesOnly(policyOf(values)))
    throw new UserError(
      `policy = ${values.policy}: in slotted time a server is chosen for all jobs of a slot, before anything is known of a single one`,
    );
  const arrivals = values.arrivals.ofMean(arrivalRate * values.servers, values.servers);
  return { arrivals, services: values.services };
}

/** The system in the paper's terms; undefined in overload. */
function trafficOf({ servers }: Values, { alpha }: Load, slots: SystemModel["slots"]): HeavyTraffic | undefined {
  if (alpha === undefined) return undefined;
  if (slots === undefined) return { servers, alpha, arrivalVariance: 1, serviceVariance: 1 };
  return {
    servers,
    alpha,
    arrivalVariance: slots.arrivals.variance / servers,
    serviceVariance: slots.services.variance,
  };
}

function systemOf(values: Values, { arrivalRate }: Load, slots: SystemModel["slots"]): SystemModel {
  return {
    servers: values.servers,
    totalArrivalRate: arrivalRate * values.servers,
    backlog: 0,
    policy: policyOf(values),
    server: {
      discipline: slots === undefined ? "fifo" : "slotted",
      buffer: values.buffer,
      rateControl: { kind: "fixed" },
      initialRates: { law: "constant", rate: 1 },
      ...(slots === undefined ? {} : { services: slots.services.text }),
    },
    ...ONE_CLASS,
    ...(slots === undefined ? {} : { slots }),
  };
}

function exactOf(
  values: Values,
  { arrivalRate }: Load,
  { traffic, law }: { traffic: HeavyTraffic | undefined; law: { scale: number; mean: number } | undefined },
) {
  const routing = routingLawOf(values);
  return (
    routing &&
    new ExactPredictions({
      totalArrivalRate: arrivalRate * values.servers,
      serviceRates: new Array<number>(values.servers).fill(1),
      buffer: values.buffer,
      routing,
      joinsShortest: joinsShortest(values),
      states: stateMoments(values.servers, traffic),
      tails: TAILS,
      law,
    })
  );
}

function queuesOf(values: Values, { arrivalRate }: Load): InfiniteBufferTheory | undefined {
  if (values.buffer !== Number.POSITIVE_INFINITY) return undefined;
  const rates = new Array<number>(values.servers).fill(1);
  return new InfiniteBufferTheory({ arrivalRate, rates, policy: policyTextOf(values) });
}

/**
 * The relaxation time of the queues: that of the total queue; that of a single queue under policies that let queues grow apart, n times as
 * long; and no longer than it takes to fill and empty finite buffers. In slotted time all jobs of a slot go to one server, which
 * is busy with them for as many slots.
 */
function memoryOf(values: Values, traffic: HeavyTraffic | undefined, slots: SystemModel["slots"]): ModelTime {
  const { servers, buffer } = values;
  const filling = 4 * buffer ** 2;
  if (traffic === undefined) return filling;
  const batch = slots === undefined ? 0 : meanOfSquare(slots.arrivals) / slots.arrivals.mean;
  const together = relaxationTime(traffic);
  const ofSquares = slots && { ...traffic, arrivalVariance: meanOfSquare(slots.arrivals) / servers };
  const apart = servers * (ofSquares === undefined ? together : relaxationTime(ofSquares));
  return Math.max(1, Math.min(filling * servers, (joinsShortest(values) ? together : apart) + batch));
}

function meanOfSquare({ mean, variance }: SlotLaw): number {
  return variance + mean ** 2;
}

/** Why Theorem 1 does not cover these parameters; undefined if it does. */
function outsideBecause(values: Values, { alpha }: Load): string | undefined {
  const { policy, choices, replacement, buffer } = values;
  if (alpha === undefined) return "the theorem is for loads below 1";
  if (buffer !== Number.POSITIVE_INFINITY) return `the theorem needs infinite buffers, not ${buffer}`;
  if (policy === "jsq") {
    return alpha > leastAlpha("jsq") ? undefined : `alpha = ${round(alpha)} is not above 2`;
  }
  if (policy !== "jsq-d" || choices !== 2 || replacement === "yes")
    return "the theorem is about jsq, and jsq-d with 2 choices without replacement";
  return alpha > leastAlpha("jsq-d") ? undefined : `alpha = ${round(alpha)} is not above 5/2 (Remark 1)`;
}

function assumptionsOf(values: Values, load: Load, traffic: HeavyTraffic | undefined): Assumption[] {
  const why = outsideBecause(values, load);
  return [
    {
      condition: values.policy === "jsq-d" ? "alpha > 5/2, infinite buffers" : "alpha > 2, infinite buffers",
      holds: why === undefined,
      meaning: why ?? "the scaled total queue converges to an exponential distribution",
      consequence: "Theorem 1 does not cover these parameters; exact values and bounds are shown where available",
    },
    batches(values, traffic),
  ];
}

/** The paper's model of time: slots, with bounded numbers of arrivals whose variance is n sigma_a^2. */
function batches({ time, servers, arrivals }: Values, traffic: HeavyTraffic | undefined): Assumption {
  const condition = "slots with bounded batches of variance n sigma_a^2 (section 2)";
  const consequence = "Theorems 1 to 3 are not proved for this system, whatever its limit";
  if (time === "continuous" || traffic === undefined) {
    const meaning = "time is continuous, where both variances are 1; the paper proves its theorems in slotted time";
    return { condition, holds: false, meaning, consequence };
  }
  const { limitVariance } = arrivals;
  return {
    condition,
    holds: limitVariance > 0,
    meaning:
      `sigma_a^2 = ${round(traffic.arrivalVariance)} at ${servers} servers under ${arrivals.text}, and ` +
      `${limitVariance > 0 ? `tends to ${round(limitVariance)} with n` : "tends to 0 with n: the limit is then that of the services alone"}`,
    consequence,
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

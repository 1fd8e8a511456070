import { UserError } from "../model/errors.js";
import { ARRIVAL_LAWS, parseArrivalLaw, parseServiceLaw, SERVICE_LAWS } from "../model/slot-laws.js";
import type { ModelTime } from "../model/units.js";
import { type HeavyTraffic, leastAlpha, limitMean, queueScale, relaxationTime } from "../theory/jsq-heavy-traffic.js";
import { ExactPredictions } from "./exact-predictions.js";
import { heavyTrafficPredictions } from "./jsq-heavy-traffic-predictions.js";
import { heavyTrafficQuantities, perpendicularMoments } from "./jsq-heavy-traffic-quantities.js";
import { type Load, loadOf, loadParameters, timesFor } from "./load.js";
import {
  bufferSize,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "./parameters.js";
import { QueueMeasurement } from "./queue-measurement.js";
import { joinsShortest, policyOf, routingLawOf, routingParameters } from "./routing.js";
import type { Assumption, Experiment, Scenario, SystemModel } from "./scenario.js";
import { SlottedMeasurement } from "./slotted-measurement.js";

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
    description: "law of the arrivals of a slot, in slotted time",
    unit: "",
    default: "binomial:2",
    range: ARRIVAL_LAWS,
    parse: parseArrivalLaw,
  },
  services: {
    description: "law of the jobs that a server can serve in a slot, in slotted time",
    unit: "",
    default: "zero-or:2",
    range: SERVICE_LAWS,
    parse: parseServiceLaw,
  },
  buffer: {
    description: "jobs a server holds at most, the one in service included",
    unit: "jobs",
    default: "infinite",
    range: "whole number >= 1, or infinite; infinite in the paper",
    parse: bufferSize,
  },
  ...routingParameters("jsq", "jsq, and jsq-d with 2 choices without replacement"),
} as const;

type Values = ParameterValues<typeof definitions>;

/** Join the Shortest Queue in many-server heavy traffic. */
export const jsqHeavyTraffic: Scenario = {
  name: "jsq-heavy-traffic",
  title: "Join the Shortest Queue as servers and load grow together",
  source:
    "Hurtado-Lange and Maguluri, Load balancing system under Join the Shortest Queue: Many-Server-Heavy-Traffic Asymptotics",
  summary:
    "The load is 1 - n^-alpha. With alpha above 2, all queues stay alike and their sum, times n^-alpha, tends to an exponential law " +
    "(Theorem 1), as if there were one server.",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "With alpha above 2 all queues stay alike, while each of them varies like one exponential variable (Theorem 1 and Proposition 1).",
    fleet:
      "All cells change colour together: queues are alike, up to a difference that their length makes small (Proposition 1).",
  },
  configure(settings): Experiment {
    const values = readParameters(definitions, settings);
    const load = loadOf(values, settings);
    const slots = slotsOf(values, load);
    const traffic = trafficOf(values, load, slots);
    const memory = memoryOf(values, load, traffic);
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    const common = {
      scenario: jsqHeavyTraffic,
      parameters: Object.fromEntries(texts),
      system: systemOf(values, load, slots),
      assumptions: assumptionsOf(values, load),
      ...timesFor(memory),
      relaxationTime: memory,
      quantities: heavyTrafficQuantities({ ...values, ...load }, traffic, TAILS),
    };
    const states = perpendicularMoments(values.servers);
    if (slots !== undefined && traffic !== undefined)
      return { ...common, ...slottedParts(values, load, traffic, memory) };
    const law = traffic && { scale: queueScale(traffic), mean: limitMean(traffic) };
    const exact = exactOf(values, load, law);
    return {
      ...common,
      isQueueChain: true,
      measure: () =>
        new QueueMeasurement({ servers: values.servers, relaxationTime: memory, states, tails: TAILS, law }),
      predict: (run) =>
        heavyTrafficPredictions({
          ...values,
          ...load,
          traffic,
          whyOutside: outsideBecause(values, load),
          boundedByPool: joinsShortest(values) || values.buffer === Number.POSITIVE_INFINITY,
          exact: exact?.values(run),
        }),
    };
  },
};

function slottedParts(
  values: Values,
  load: Load,
  traffic: HeavyTraffic,
  memory: ModelTime,
): Pick<Experiment, "measure" | "predict"> {
  const states = perpendicularMoments(values.servers);
  return {
    measure: () => new SlottedMeasurement({ system: traffic, relaxationTime: memory, states }),
    predict: () =>
      heavyTrafficPredictions({
        ...values,
        ...load,
        traffic,
        whyOutside: outsideBecause(values, load),
        boundedByPool: false,
        exact: undefined,
      }),
  };
}

function slotsOf(values: Values, { arrivalRate, alpha }: Load): SystemModel["slots"] {
  if (values.time === "continuous") return undefined;
  if (alpha === undefined)
    throw new UserError(
      `arrivalRate = ${arrivalRate}: slotted time is for loads below 1; use time=continuous for an overload`,
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
    classNames: ["server"],
    classOf: () => 0,
    ...(slots === undefined ? {} : { slots }),
  };
}

function exactOf(values: Values, { arrivalRate }: Load, law: { scale: number; mean: number } | undefined) {
  const routing = routingLawOf(values);
  return (
    routing &&
    new ExactPredictions({
      totalArrivalRate: arrivalRate * values.servers,
      serviceRates: new Array<number>(values.servers).fill(1),
      buffer: values.buffer,
      routing,
      joinsShortest: joinsShortest(values),
      states: perpendicularMoments(values.servers),
      tails: TAILS,
      law,
    })
  );
}

/**
 * How long the queues remember: as the theory of the total queue says; n times as long under policies that let queues grow
 * apart; and no longer than it takes to fill and empty finite buffers.
 */
function memoryOf(values: Values, { alpha }: Load, traffic: HeavyTraffic | undefined): ModelTime {
  const filling = 4 * values.buffer ** 2;
  if (traffic === undefined || alpha === undefined) return filling;
  const together = relaxationTime(traffic);
  return Math.max(1, Math.min(filling * values.servers, joinsShortest(values) ? together : together * values.servers));
}

/** Why Theorem 1 does not speak of these parameters; undefined if it does. */
function outsideBecause(values: Values, { alpha }: Load): string | undefined {
  const { policy, choices, replacement, buffer } = values;
  if (alpha === undefined) return "the theorem is about loads below 1";
  if (buffer !== Number.POSITIVE_INFINITY) return `the theorem needs infinite buffers, not ${buffer}`;
  if (policy === "jsq") {
    return alpha > leastAlpha("jsq") ? undefined : `alpha = ${round(alpha)} is not above 2`;
  }
  if (policy !== "jsq-d" || choices !== 2 || replacement === "with")
    return "the theorem is about jsq, and jsq-d with 2 choices without replacement";
  return alpha > leastAlpha("jsq-d") ? undefined : `alpha = ${round(alpha)} is not above 5/2 (Remark 1)`;
}

function assumptionsOf(values: Values, load: Load): Assumption[] {
  const why = outsideBecause(values, load);
  return [
    {
      condition: values.policy === "jsq-d" ? "alpha > 5/2, infinite buffers" : "alpha > 2, infinite buffers",
      holds: why === undefined,
      meaning: why ?? "the total queue has an exponential limit",
      consequence: "Theorem 1 says nothing of these parameters; exact values and bounds are shown where there are any",
    },
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

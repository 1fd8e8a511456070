import { ExactPredictions } from "../../experiments/exact-predictions.js";
import { InfiniteBufferTheory } from "../../experiments/infinite-buffers.js";
import { jobParameters, withJobLaws } from "../../experiments/job-laws.js";
import { loadOf, loadParameters, timesFor } from "../../experiments/load.js";
import {
  bufferSize,
  inForce,
  MOST_MEMBERS,
  type ParameterValues,
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
import { fixedRateServer, ONE_CLASS } from "../../experiments/servers.js";
import { stabilityConditions } from "../../experiments/stability.js";
import { clearingTime, coveringStart, startedWith, startParameter } from "../../experiments/starts.js";
import { UserError } from "../../model/errors.js";
import { fastestFirst, parseServiceRates, SERVICE_RATES_RANGE } from "../../model/service-rates.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { withTitle } from "../../theory/bibliography/index.js";
import { type SizeCondition, sizeConditions } from "../../theory/heavy-traffic/jfsq-assumptions.js";
import type { HeterogeneousFleet } from "../../theory/heavy-traffic/jfsq-bounds.js";
import { relaxationTime } from "../../theory/heavy-traffic/jsq-heavy-traffic.js";
import { jfsqPredictions } from "./predictions.js";
import { jfsqQuantities } from "./quantities.js";
import { jfsqStates } from "./states.js";

/** Levels whose tails are shown, where the buffer reaches them. */
const tailsOf = (buffer: number): number[] => [1, 2, 3].filter((level) => level <= buffer);

const definitions = {
  servers: {
    description: "number of servers, n",
    unit: "",
    default: "10",
    range: "whole number >= 2",
    parse: wholeNumber(2, MOST_MEMBERS),
  },
  ...loadParameters("0.4", "> 0; below 1 in the paper", (text) => {
    const alpha = Number(text);
    if (!(alpha > 0 && Number.isFinite(alpha))) throw new UserError("must be a number > 0");
    return alpha;
  }),
  rates: {
    description: "service rates of the servers, scaled to sum to n",
    unit: "per time unit",
    default: "two-class:0.5,3",
    range: SERVICE_RATES_RANGE,
    parse: parseServiceRates,
  },
  buffer: {
    description: "maximum number of jobs at a server, b, including the one in service",
    unit: "jobs",
    default: "2",
    range: "whole number >= 1, or infinite; at least 2 in the paper",
    parse: bufferSize,
  },
  start: startParameter(),
  ...routingParameters("jfsq", "jfsq"),
  ...jobParameters,
} as const;

type Values = ParameterValues<typeof definitions>;

/** Zero waiting under Join the Fastest Shortest Queue. */
export const jfsqZeroWaiting: Scenario = {
  name: "jfsq-zero-waiting",
  title: "Servers of different speeds under Join the Fastest Shortest Queue",
  source: withTitle("Liu and Ying (2025)"),
  summary:
    "Each job joins the fastest of the servers with the shortest queue. As the number of servers grows and the load approaches 1, " +
    "the waiting time and the probability of waiting still vanish (Theorem 1).",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "There are never many idle servers and many waiting jobs at once (Lemmas 3 and 4). In the sub-Halfin-Whitt regime hardly any job waits.",
    fleet: "The fastest servers are nearly always busy, and only the slowest are idle (Lemmas 1 and 2).",
  },
  configure(settings, seed): Experiment {
    const { values: written, texts } = readParameters(definitions, settings);
    const values = plainRouting(written);
    const { arrivalRate, alpha } = loadOf(values, settings);
    const rates = values.rates.ofServers(values.servers, seed);
    const policy = policyTextOf(values);
    const stability = stabilityConditions({ ...values, arrivalRate, rates, policy, sizes: values.sizes.name });
    const fleet = paperFleet(values, alpha, rates);
    const conditions = fleet === undefined ? [] : sizeConditions(fleet, 1);
    const routing = routingLawOf(values);
    const states = fleet === undefined ? [] : jfsqStates(fleet);
    const tails = tailsOf(values.buffer);
    const totalArrivalRate = arrivalRate * values.servers;
    const exact =
      routing &&
      new ExactPredictions({
        totalArrivalRate,
        serviceRates: rates,
        buffer: values.buffer,
        routing,
        joinsShortest: joinsShortest(values),
        states,
        tails,
      });
    const queues =
      values.buffer === Number.POSITIVE_INFINITY ? new InfiniteBufferTheory({ arrivalRate, rates, policy }) : undefined;
    const memory = memoryOf(values, arrivalRate, alpha, rates);
    const experiment: Experiment = {
      scenario: jfsqZeroWaiting,
      parameters: inForce({ ...texts, rates: values.rates.text }, settings, definitions),
      system: startedWith(values.start, systemOf(values, totalArrivalRate, rates), { seed }),
      assumptions: [...conditions.map(assumptionOf), ...stability],
      ...timesFor(memory),
      relaxationTime: memory,
      isQueueChain: true,
      isPredictedBySimulation: true,
      quantities: jfsqQuantities({
        servers: values.servers,
        arrivalRate,
        tails,
        isOfPaper: fleet !== undefined,
      }),
      measure: () => new QueueMeasurement({ servers: values.servers, relaxationTime: memory, states, tails }),
      predict: (run) => {
        const solved = exact?.values(run);
        return jfsqPredictions({
          totalArrivalRate,
          rates,
          buffer: values.buffer,
          policy: values.policy,
          fleet,
          boundedByPool: joinsShortest(values) || values.buffer === Number.POSITIVE_INFINITY,
          exact: solved,
          queues: solved?.has("mean_queue_length") ? [] : (queues?.claims(run.messageDelay, tails) ?? []),
          whyOutside: outsideBecause(values, fleet, conditions),
        });
      },
    };
    const clearing = clearingTime(values.start, { policy, rates, arrivalRate, buffer: values.buffer });
    return withJobLaws(coveringStart(experiment, values.start, clearing), values);
  },
};

function systemOf(values: Values, totalArrivalRate: Rate, rates: Rate[]): SystemModel {
  const { servers, buffer } = values;
  const server = fixedRateServer({ law: "list", rates }, buffer);
  return { servers, totalArrivalRate, backlog: 0, policy: policyOf(values), server, ...ONE_CLASS };
}

/** The fleet in the paper's terms; undefined where the paper has none: in overload, or with unit or infinite buffers. */
function paperFleet(values: Values, alpha: number | undefined, rates: readonly Rate[]): HeterogeneousFleet | undefined {
  const { servers, buffer } = values;
  if (alpha === undefined || alpha >= 1 || buffer < 2 || buffer === Number.POSITIVE_INFINITY) return undefined;
  return { servers, alpha, rates: fastestFirst(rates), buffer };
}

function outsideBecause(
  { policy, buffer }: Values,
  fleet: HeterogeneousFleet | undefined,
  conditions: readonly SizeCondition[],
): string | undefined {
  if (policy !== "jfsq") return `the theorems are about jfsq, not ${policy}`;
  if (fleet === undefined)
    return `the theorems need 0 < alpha < 1 and a finite buffer >= 2; here the buffer is ${buffer}`;
  const violated = conditions.find(({ holds }) => !holds);
  return violated && `${violated.condition} ${violated.meaning}`;
}

function assumptionOf({ condition, holds, meaning }: SizeCondition): Assumption {
  return {
    condition,
    holds,
    meaning,
    consequence: "Theorems 1 and 2 are not proved at this size; their bounds are shown nevertheless",
  };
}

/**
 * The relaxation time of the queues: that of a pooled system near full load, or of a single server under policies that do not
 * look at all queues, but no longer than it takes to fill and empty finite buffers.
 */
function memoryOf(
  { servers, buffer, ...routing }: Values,
  load: Rate,
  alpha: number | undefined,
  rates: Rate[],
): ModelTime {
  const slowest = 1 / rates.reduce((least, rate) => Math.min(least, rate));
  const filling = 4 * slowest * buffer ** 2;
  if (alpha === undefined) return filling;
  const pooled = relaxationTime({ servers, alpha, arrivalVariance: 1, serviceVariance: 1 });
  const alone = (4 * slowest) / (1 - load) ** 2;
  return Math.min(filling, Math.max(2 * slowest, joinsShortest(routing) ? pooled : alone));
}

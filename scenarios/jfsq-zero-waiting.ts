import { UserError } from "../model/errors.js";
import { fastestFirst, parseServiceRates, SERVICE_RATES_RANGE } from "../model/service-rates.js";
import type { ModelTime, Rate } from "../model/units.js";
import { type SizeCondition, sizeConditions } from "../theory/jfsq-assumptions.js";
import type { HeterogeneousFleet } from "../theory/jfsq-bounds.js";
import { relaxationTime } from "../theory/jsq-heavy-traffic.js";
import { ExactPredictions } from "./exact-predictions.js";
import { jfsqPredictions, jfsqStates } from "./jfsq-predictions.js";
import { loadOf, loadParameters, timesFor } from "./load.js";
import { bufferSize, MOST_MEMBERS, type ParameterValues, readParameters, wholeNumber } from "./parameters.js";
import { QueueMeasurement } from "./queue-measurement.js";
import { joinsShortest, policyOf, routingLawOf, routingParameters } from "./routing.js";
import type { Assumption, Experiment, QuantityDefinition, Scenario } from "./scenario.js";

/** Levels whose tails are shown: those there are. */
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
    description: "jobs a server holds at most, the one in service included, b",
    unit: "jobs",
    default: "2",
    range: "whole number >= 1, or infinite; at least 2 in the paper",
    parse: bufferSize,
  },
  ...routingParameters("jfsq", "jfsq"),
} as const;

type Values = ParameterValues<typeof definitions>;

/** Zero waiting under Join the Fastest Shortest Queue. */
export const jfsqZeroWaiting: Scenario = {
  name: "jfsq-zero-waiting",
  title: "Servers of different speeds under Join the Fastest Shortest Queue",
  source: "Liu and Ying, Zero-Waiting Load Balancing with Heterogeneous Servers in Heavy Traffic",
  summary:
    "Jobs join the shortest queue, of these the fastest server. As servers are added, and the load comes close to 1, the waiting " +
    "time and the probability of waiting vanish all the same (Theorem 1).",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "Idle servers and waiting jobs do not come together: one of the two is few (Lemmas 3 and 4). Below Halfin-Whitt hardly a job waits.",
    fleet: "The fastest servers are nearly always busy, and only the slowest are idle (Lemmas 1 and 2).",
  },
  configure(settings, seed): Experiment {
    const values = readParameters(definitions, settings);
    const { arrivalRate, alpha } = loadOf(values, settings);
    const rates = values.rates.ofServers(values.servers, seed);
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
    const memory = memoryOf(values, arrivalRate, alpha, rates);
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    return {
      scenario: jfsqZeroWaiting,
      parameters: { ...Object.fromEntries(texts), rates: values.rates.text },
      system: {
        servers: values.servers,
        totalArrivalRate,
        backlog: 0,
        policy: policyOf(values),
        server: {
          discipline: "fifo",
          buffer: values.buffer,
          rateControl: { kind: "fixed" },
          initialRates: { law: "list", rates },
        },
        classNames: ["server"],
        classOf: () => 0,
      },
      assumptions: conditions.map(assumptionOf),
      ...timesFor(memory),
      relaxationTime: memory,
      isQueueChain: true,
      quantities: quantitiesOf(arrivalRate, tails, fleet),
      measure: () => new QueueMeasurement({ servers: values.servers, relaxationTime: memory, states, tails }),
      predict: (run) =>
        jfsqPredictions({
          totalArrivalRate,
          rates,
          buffer: values.buffer,
          policy: values.policy,
          fleet,
          boundedByPool: joinsShortest(values) || values.buffer === Number.POSITIVE_INFINITY,
          exact: exact?.values(run),
          whyOutside: outsideBecause(values, fleet, conditions),
        }),
    };
  },
};

/** The fleet as the paper speaks of it; undefined where it does not: in overload, or with buffers of 1 or infinite ones. */
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
    consequence: "Theorems 1 and 2 are not proved at this size; their bounds are shown all the same",
  };
}

/**
 * How long the queues remember: as long as a pooled system near full load would, or a single server by itself under policies
 * that do not look at all queues, but no longer than it takes to fill and empty finite buffers.
 */
function memoryOf(
  { servers, buffer, ...routing }: Values,
  load: Rate,
  alpha: number | undefined,
  rates: Rate[],
): ModelTime {
  const slowest = 1 / Math.min(...rates);
  const filling = 4 * slowest * buffer ** 2;
  if (alpha === undefined) return filling;
  const pooled = relaxationTime({ servers, alpha, arrivalVariance: 1, serviceVariance: 1 });
  const alone = (4 * slowest) / (1 - load) ** 2;
  return Math.min(filling, Math.max(2 * slowest, joinsShortest(routing) ? pooled : alone));
}

function quantitiesOf(
  load: Rate,
  tails: readonly number[],
  fleet: HeterogeneousFleet | undefined,
): QuantityDefinition[] {
  const fraction = (name: string, description: string, precision = 0.05): QuantityDefinition => ({
    name,
    description,
    unit: "",
    precision,
  });
  const time = (name: string, description: string): QuantityDefinition => ({
    name,
    description,
    unit: "time units",
    precision: 0.15,
  });
  return [
    time("mean_waiting_time", "of accepted jobs, from arrival to the begin of service"),
    fraction("waiting_probability", "of an arriving job being sent to a busy server, blocked ones included"),
    fraction("blocked_fraction", "fraction of jobs that found the buffer full", 0.02),
    {
      name: "mean_queue_length",
      description: "jobs per server, in service included",
      unit: "jobs",
      precision: 0.1 * Math.max(1, load),
    },
    ...tails.map((level) => fraction(`queue_tail_${level}`, `fraction of servers with at least ${level} jobs`)),
    ...(fleet === undefined ? [] : paperQuantities(fleet)),
  ];
}

function paperQuantities({ servers }: HeterogeneousFleet): QuantityDefinition[] {
  const servers1 = 0.05 * servers;
  return [
    {
      name: "clipped_moment_1",
      description: "E[max(mean queue - eta, 0)] of Theorem 2",
      unit: "jobs",
      precision: 0.05,
    },
    {
      name: "clipped_moment_2",
      description: "E[max(mean queue - eta, 0)^2] of Theorem 2",
      unit: "jobs^2",
      precision: 0.05,
    },
    {
      name: "idle_fast_servers",
      description: "idle servers among the N_2 fastest, whose rates sum to the arrival rate",
      unit: "servers",
      precision: servers1,
    },
    { name: "lemma_1_probability", description: "of the event of Lemma 1", unit: "", precision: 0.02 },
    { name: "lemma_2_probability", description: "of the event of Lemma 2", unit: "", precision: 0.02 },
    { name: "collapse_probability", description: "of the event of Lemma 3 or 4", unit: "", precision: 0.02 },
    {
      name: "collapse_value",
      description: "mean of the Lyapunov function (4) of waiting jobs and idle servers",
      unit: "servers",
      precision: servers1,
    },
  ];
}

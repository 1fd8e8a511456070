import { jobParameters, withJobLaws } from "../../experiments/job-laws.js";
import {
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { queueTail } from "../../experiments/queue-quantities.js";
import type { Assumption, Experiment, Scenario, SystemModel } from "../../experiments/scenario.js";
import { fixedRateServer, ONE_CLASS } from "../../experiments/servers.js";
import { named, unstable } from "../../experiments/stability.js";
import { clearingTime, coveringStart, startedWith, startParameter } from "../../experiments/starts.js";
import { processNamed } from "../../model/arrivals/index.js";
import { UserError } from "../../model/errors.js";
import { type CompatibilityGraph, neighboursOf } from "../../model/graphs/compatibility-graph.js";
import { GRAPH_RANGE, parseGraphFamily } from "../../model/graphs/index.js";
import { type GraphProperties, graphProperties } from "../../model/graphs/properties.js";
import { quickRandomStream } from "../../model/random.js";
import { type Start, startsInSpace } from "../../model/start.js";
import type { ModelTime } from "../../model/units.js";
import { MOST_CHOICES } from "../../policies/jsq-d.js";
import { jsqDOnGraph } from "../../policies/jsq-d-graph.js";
import { withTitle } from "../../theory/bibliography/index.js";
import { jsqDSojournTail } from "../../theory/power-of-d/mean-field.js";
import { mixingTime, type ProcessBounds, timeNearLimit } from "../../theory/power-of-d/process-bounds.js";
import { type JsqDOnGraph, jsqDStability } from "../../theory/power-of-d/stability.js";
import type { Prediction } from "../../theory/prediction.js";
import { SpatialGraphsMeasurement } from "./measurement.js";
import { SpatialGraphsTheory } from "./predictions.js";
import { spatialGraphsQuantities } from "./quantities.js";

const definitions = {
  servers: {
    description: "number of servers, N",
    unit: "",
    default: "20",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  taskTypes: {
    description: "number of task types, M; auto: the number that the graph defines, otherwise the number of servers",
    unit: "",
    default: "auto",
    range: "whole number >= 1, or auto",
    parse: parseTaskTypes,
  },
  graph: {
    description: "which servers can serve which task types",
    unit: "",
    default: "regular:4",
    range: GRAPH_RANGE,
    parse: parseGraphFamily,
  },
  choices: {
    description: "servers sampled for each task, d",
    unit: "",
    default: "2",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_CHOICES),
  },
  replacement: {
    description: "whether a server may be sampled more than once for the same task",
    unit: "",
    default: "yes",
    range: "yes | no",
    parse: oneOf("yes", "no"),
  },
  arrivalRate: {
    description: "arrival rate per server, lambda; all task types have the same arrival rate",
    unit: "jobs per time unit",
    default: "0.8",
    range: "> 0 and < 1",
    parse: loadBelowOne,
  },
  start: startParameter(startsInSpace),
  sizes: jobParameters.sizes,
} as const;

type Values = ParameterValues<typeof definitions>;

/** In relaxation times. */
const WARM_UP = 8;
const SHORTEST_WARM_UP: ModelTime = 100;
const SHORTEST_MEASUREMENT: ModelTime = 1500;
/** 300 s at 50 ms a time unit. */
const LONGEST_MEASUREMENT: ModelTime = 6000;
/** Server time to measure for, if that is not too long. */
const SERVER_TIME: ModelTime = 60_000;

/** JSQ(d) on a compatibility graph between servers and task types. */
export const spatialGraphs: Scenario = {
  name: "spatial-graphs",
  title: "Join the shortest of d queues within a neighbourhood",
  source: withTitle("Rutten and Mukherjee (2023)"),
  summary:
    "A task can be served only by the servers compatible with its type; it joins the shortest of d queues sampled from them. On " +
    "nearly regular graphs of growing degree the queues converge to those of the fully flexible system (Corollary 3.2).",
  parameters: definitions,
  claims: {
    "queue-lengths":
      "In the limit a fraction `lambda^((d^i - 1)/(d - 1))` of the servers has at least `i` jobs (Theorem 3.1).",
    "sojourn-times":
      "In the limit a job finds at least `i` jobs with probability `lambda^(d (d^i - 1)/(d - 1))`; where it finds `k`, its sojourn time is " +
      "the sum of `k + 1` exponential service times (Theorem 3.1).",
  },
  configure(settings, seed): Experiment {
    const { values, texts } = readParameters(definitions, settings);
    const graph = graphOf(values, seed);
    refuseIsolated(graph);
    refuseNowhere(values);
    const { arrivalRate, choices } = values;
    const system: JsqDOnGraph = { graph, arrivalRate, choices, replacement: values.replacement === "yes" };
    const stability = stabilityOf(system);
    const memory = memoryOf(system);
    const properties = graphProperties(graph, arrivalRate);
    let theory: SpatialGraphsTheory | undefined;
    const experiment: Experiment = {
      scenario: spatialGraphs,
      parameters: { ...texts, graph: values.graph.name, taskTypes: String(graph.taskTypes) },
      system: modelOf(system, values.start, seed),
      assumptions: [...assumptionsOf(properties, graph, stability), boundsOverTime({ ...properties, ...system })],
      warmUpTime: Math.max(SHORTEST_WARM_UP, Math.ceil(WARM_UP * memory * (1 - 1e-12))),
      measuringTime: Math.ceil(
        Math.max(SHORTEST_MEASUREMENT, Math.min(LONGEST_MEASUREMENT, SERVER_TIME / graph.servers)),
      ),
      quantities: spatialGraphsQuantities(),
      sojournTail: {
        kind: "limit",
        source: "Rutten and Mukherjee (2023), Corollary 3.2",
        longerThan: jsqDSojournTail(arrivalRate, choices),
      },
      measure: () => new SpatialGraphsMeasurement(graph, memory),
      predict: ({ messageDelay }) => {
        theory ??= new SpatialGraphsTheory(system, properties, stability);
        return theory.predictions(messageDelay);
      },
    };
    const clearing = clearingTime(values.start, {
      // However jobs are drawn, the longest queue gets no more of them than its share of those of its task types.
      ...{ policy: "jsq-d", arrivalRate: properties.rho, rates: [1], buffer: Number.POSITIVE_INFINITY },
    });
    const laws = { arrivals: processNamed("poisson"), sizes: values.sizes };
    return withJobLaws(coveringStart(experiment, values.start, clearing), laws, isConserved);
  },
};

function modelOf(system: JsqDOnGraph, start: Start, seed: string): SystemModel {
  const { graph, arrivalRate } = system;
  const model: SystemModel = {
    servers: graph.servers,
    totalArrivalRate: arrivalRate * graph.servers,
    backlog: 0,
    policy: jsqDOnGraph(graph, system),
    graph,
    server: fixedRateServer({ law: "constant", rate: 1 }, Number.POSITIVE_INFINITY),
    ...ONE_CLASS,
  };
  return startedWith(start, model, { seed });
}

/** As many jobs leave as come, whatever their sizes: that fixes the fraction of busy servers. */
function isConserved(quantity: string, { kind }: Prediction): boolean {
  return quantity === queueTail(1) && kind === "exact";
}

/** The relaxation time of the queues: of single ones, (1 - sqrt(lambda))^-2, where jobs have no choice; about 1 / (1 - lambda) where they do. */
function memoryOf({ graph, arrivalRate, choices }: JsqDOnGraph): ModelTime {
  const hasChoice = choices > 1 && graph.serversOf.degrees.some((degree) => degree > 1);
  return hasChoice ? 2.5 / (1 - arrivalRate) : 1 / (1 - Math.sqrt(arrivalRate)) ** 2;
}

function graphOf({ servers, taskTypes, graph }: Values, seed: string): CompatibilityGraph {
  const given = graph.taskTypesFor?.(servers);
  if (given !== undefined && taskTypes !== undefined && taskTypes !== given) {
    throw new UserError(
      `taskTypes = ${taskTypes}: ${graph.name} of ${servers} servers has ${given} task types; leave it at auto`,
    );
  }
  return graph.build(servers, given ?? taskTypes ?? servers, quickRandomStream(seed, "graph"));
}

function refuseNowhere({ start, graph }: Values): void {
  if (start.isClustered && !graph.isInSpace)
    throw new UserError(
      `start: servers of ${graph.name} are nowhere in space; use occupancy, or graph=ring, torus or geometric`,
    );
}

function refuseIsolated({ serversOf, taskTypes }: CompatibilityGraph): void {
  const isolated = [...serversOf.degrees.keys()].filter((type) => serversOf.degrees[type] === 0);
  if (isolated.length === 0) return;
  throw new UserError(
    `${isolated.length} of ${taskTypes} task types have no server that can do them (${named("task type", isolated)}): ` +
      "give them an edge, raise the degree, or take another --seed",
  );
}

/** Why no stationary state is known to exist; undefined if one does. Throws UserError where the system is unstable. */
function stabilityOf(system: JsqDOnGraph): string | undefined {
  const { verdict, mostLoaded } = jsqDStability(system);
  if (verdict === "undetermined") return "too close to the boundary of stability to tell";
  if (verdict === "stable") return undefined;
  const inside = new Set(mostLoaded.servers);
  const captive = [...system.graph.serversOf.degrees.keys()].filter((type) =>
    neighboursOf(system.graph.serversOf, type).every((server) => inside.has(server)),
  );
  throw unstable(
    mostLoaded,
    `from jobs that only they are drawn for, all of ${named("task type", captive)} among them`,
    "lower arrivalRate, or give these types more servers",
  );
}

function assumptionsOf(properties: GraphProperties, graph: CompatibilityGraph, whyUnstable?: string): Assumption[] {
  const { rho, phi, gamma, components, mostLoadedServer, typeDegrees, serverDegrees } = properties;
  const degrees = (side: { least: number; mean: number; greatest: number }): string =>
    `${side.least} to ${side.greatest}, ${side.mean.toFixed(2)} on average`;
  return [
    {
      condition: "rho(G) < 1",
      holds: rho < 1,
      meaning: `rho(G) = ${rho.toFixed(4)} at server ${mostLoadedServer}, which has ${graph.typesOf.degrees[mostLoadedServer]} task types`,
      consequence:
        `Theorem 3.1 and its bound do not cover this graph; rho(G) < 1 is sufficient for stability, not necessary, and ` +
        `${whyUnstable === undefined ? "this graph is stable: its jobs can be divided so that every load is below 1" : `here it is ${whyUnstable}`}`,
    },
    {
      condition: "phi(G), gamma(G) <= 1",
      holds: phi <= 1 && gamma <= 1,
      meaning:
        `phi(G) = ${phi.toFixed(4)}, gamma(G) = ${gamma.toFixed(4)}; servers of a type: ${degrees(typeDegrees)}; types of a server: ` +
        degrees(serverDegrees),
      consequence: "Theorem 3.1 bounds the distance to the limit only where neither exceeds 1",
    },
    {
      condition: "G is connected",
      holds: components === 1,
      meaning: `${components} connected component${components === 1 ? "" : "s"}`,
      consequence: "each component is a system of its own; the theorems allow it and average over all servers",
    },
  ];
}

/** What the theorem says of how long a start is remembered, and how long the queues follow the limit, in numbers. */
function boundsOverTime(system: ProcessBounds & JsqDOnGraph): Assumption {
  const shown = (time: ModelTime): string => (Number.isFinite(time) ? time.toPrecision(2) : "no time");
  return {
    condition: "rho(G) < 1, with replacement: bounds over time",
    holds: system.rho < 1 && system.replacement,
    meaning:
      `by Theorem 3.8 an empty start is within 0.1 jobs per server of the stationary state from time ${shown(mixingTime(system, 0.1))} on; by Theorem ` +
      `3.10 the squared distance to (3.5) is below 1 until ${shown(timeNearLimit(system, 1))}`,
    consequence: "the bounds of Theorems 3.8 and 3.10 are not proved here; no verdict rests on them",
  };
}

function parseTaskTypes(text: string): number | undefined {
  return text === "auto" ? undefined : wholeNumber(1, MOST_MEMBERS)(text);
}

function loadBelowOne(text: string): number {
  const value = positiveNumber(text);
  if (value >= 1) throw new UserError("must be below 1: at 1 the servers are overloaded");
  return value;
}

import { jsqDOnGraph } from "../dispatcher/policies/index.js";
import { UserError } from "../model/errors.js";
import { type CompatibilityGraph, neighboursOf } from "../model/graphs/compatibility-graph.js";
import { GRAPH_RANGE, parseGraphFamily } from "../model/graphs/index.js";
import { type GraphProperties, graphProperties } from "../model/graphs/properties.js";
import { quickRandomStream } from "../model/random.js";
import type { ModelTime } from "../model/units.js";
import { jsqDSojournTail } from "../theory/jsq-d-mean-field.js";
import { type JsqDOnGraph, jsqDStability } from "../theory/jsq-d-stability.js";
import {
  MOST_CHOICES,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "./parameters.js";
import type { Assumption, Experiment, QuantityDefinition, Scenario } from "./scenario.js";
import { LEVELS, SpatialGraphsMeasurement } from "./spatial-graphs-measurement.js";
import { SpatialGraphsTheory } from "./spatial-graphs-predictions.js";

const definitions = {
  servers: {
    description: "number of servers, N",
    unit: "",
    default: "20",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  taskTypes: {
    description: "number of task types, M; auto: as the graph has it, else as many as servers",
    unit: "",
    default: "auto",
    range: "whole number >= 1, or auto",
    parse: parseTaskTypes,
  },
  graph: {
    description: "which servers can do tasks of which type",
    unit: "",
    default: "regular:4",
    range: GRAPH_RANGE,
    parse: parseGraphFamily,
  },
  choices: {
    description: "servers drawn for each task, d",
    unit: "",
    default: "2",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_CHOICES),
  },
  replacement: {
    description: "whether a server may be drawn more than once for one task",
    unit: "",
    default: "yes",
    range: "yes | no",
    parse: oneOf("yes", "no"),
  },
  arrivalRate: {
    description: "arrival rate per server, lambda; every task type gets the same part of all",
    unit: "jobs per time unit",
    default: "0.8",
    range: "> 0 and < 1",
    parse: loadBelowOne,
  },
} as const;

type Values = ParameterValues<typeof definitions>;

const SHORTEST_WARM_UP: ModelTime = 100;
const SHORTEST_MEASUREMENT: ModelTime = 1500;
/** 300 s at 50 ms a time unit. */
const LONGEST_MEASUREMENT: ModelTime = 6000;
/** Server time to measure over, if that is not too long. */
const SERVER_TIME: ModelTime = 60_000;
/** How many vertices a message names. */
const NAMED = 5;

/** JSQ(d) on a compatibility graph between servers and task types. */
export const spatialGraphs: Scenario = {
  name: "spatial-graphs",
  title: "Join the shortest of d queues within a neighbourhood",
  source: "Rutten and Mukherjee, Mean-Field Analysis for Load Balancing on Spatial Graphs",
  summary:
    "A task of each type may go to the servers that are compatible with it only. It joins the shortest of d drawn from them. On " +
    "graphs that are nearly regular and of growing degree the queues become those of the fully flexible system (Theorem 3.1).",
  parameters: definitions,
  claims: {
    "queue-lengths": "a fraction lambda^((d^i - 1)/(d - 1)) of servers has at least i jobs in the limit (Theorem 3.1)",
    "sojourn-times":
      "a job finds at least i jobs with chance lambda^(d (d^i - 1)/(d - 1)) in the limit, and stays for one exponential time more than it " +
      "finds jobs (Theorem 3.1)",
  },
  configure(settings, seed): Experiment {
    const values = readParameters(definitions, settings);
    const graph = graphOf(values, seed);
    refuseIsolated(graph);
    const { arrivalRate, choices } = values;
    const system: JsqDOnGraph = { graph, arrivalRate, choices, replacement: values.replacement === "yes" };
    const stability = stabilityOf(system);
    const properties = graphProperties(graph, arrivalRate);
    let theory: SpatialGraphsTheory | undefined;
    const texts = Object.entries(definitions).map(([name, { default: text }]) => [name, settings[name] ?? text]);
    return {
      scenario: spatialGraphs,
      parameters: { ...Object.fromEntries(texts), graph: values.graph.name, taskTypes: String(graph.taskTypes) },
      system: {
        servers: graph.servers,
        totalArrivalRate: arrivalRate * graph.servers,
        backlog: 0,
        policy: jsqDOnGraph(graph, system),
        graph,
        server: {
          buffer: Number.POSITIVE_INFINITY,
          discipline: "fifo",
          rateControl: { kind: "fixed" },
          initialRates: { law: "constant", rate: 1 },
        },
        classNames: ["server"],
        classOf: () => 0,
      },
      assumptions: assumptionsOf(properties, graph, stability),
      warmUpTime: Math.max(SHORTEST_WARM_UP, Math.ceil(20 / (1 - arrivalRate))),
      measuringTime: Math.ceil(
        Math.max(SHORTEST_MEASUREMENT, Math.min(LONGEST_MEASUREMENT, SERVER_TIME / graph.servers)),
      ),
      quantities,
      sojournTail: {
        kind: "limit",
        source: "Rutten and Mukherjee, Theorem 3.1",
        longerThan: jsqDSojournTail(arrivalRate, choices),
      },
      measure: () => new SpatialGraphsMeasurement(graph),
      predict: ({ messageDelay }) => {
        theory ??= new SpatialGraphsTheory(system, properties, stability);
        return theory.predictions(messageDelay);
      },
    };
  },
};

const quantities: readonly QuantityDefinition[] = [
  { name: "mean_queue_length", description: "jobs per server, in service included", unit: "jobs", precision: 0.25 },
  ...LEVELS.map((level) => ({
    name: `queue_tail_${level}`,
    description: `fraction of servers with at least ${level} ${level === 1 ? "job" : "jobs"}`,
    unit: "",
    precision: 0.06,
  })),
  { name: "mean_sojourn_time", description: "from submission to completion", unit: "time units", precision: 0.3 },
  {
    name: "neighbourhood_spread",
    description: "variance of the occupancy between neighbourhoods, over that of the same queues at random servers",
    unit: "",
    precision: 0.5,
  },
];

function graphOf({ servers, taskTypes, graph }: Values, seed: string): CompatibilityGraph {
  const given = graph.taskTypesFor?.(servers);
  if (given !== undefined && taskTypes !== undefined && taskTypes !== given) {
    throw new UserError(
      `taskTypes = ${taskTypes}: ${graph.name} of ${servers} servers has ${given} task types; leave it at auto`,
    );
  }
  return graph.build(servers, given ?? taskTypes ?? servers, quickRandomStream(seed, "graph"));
}

function refuseIsolated({ serversOf, taskTypes }: CompatibilityGraph): void {
  const isolated = [...serversOf.degrees.keys()].filter((type) => serversOf.degrees[type] === 0);
  if (isolated.length === 0) return;
  throw new UserError(
    `${isolated.length} of ${taskTypes} task types have no server that can do them (${named("task type", isolated)}): ` +
      "give them an edge, raise the degree, or take another --seed",
  );
}

/** Why no stationary state is known; undefined if there is one. Throws UserError where there is none for sure. */
function stabilityOf(system: JsqDOnGraph): string | undefined {
  const { verdict, mostLoaded } = jsqDStability(system);
  if (verdict === "undetermined") return "too near the border of stability to tell";
  if (verdict === "stable") return undefined;
  const { servers, load } = mostLoaded;
  const inside = new Set(servers);
  const captive = [...system.graph.serversOf.degrees.keys()].filter((type) =>
    neighboursOf(system.graph.serversOf, type).every((server) => inside.has(server)),
  );
  throw new UserError(
    `the queues grow without end: ${count(servers.length, "server")} (${named("server", servers)}) must do ${load.toFixed(3)} jobs each ` +
      `per time unit without help, among them all of ${count(captive.length, "task type")} (${named("task type", captive)}): lower ` +
      "arrivalRate, or give these types more servers",
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function named(what: string, vertices: readonly number[]): string {
  const more = vertices.length > NAMED ? ", ..." : "";
  return `${what}${vertices.length === 1 ? "" : "s"} ${vertices.slice(0, NAMED).join(", ")}${more}`;
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
        `Theorem 3.1 and its bound are not about this graph; rho(G) < 1 is sufficient for stability and not necessary, and ` +
        `${whyUnstable === undefined ? "this graph is stable: its jobs can be shared out with every load below 1" : `here it is ${whyUnstable}`}`,
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
      consequence: "each component is a system of its own; the theorems allow it, and look at all servers together",
    },
  ];
}

function parseTaskTypes(text: string): number | undefined {
  return text === "auto" ? undefined : wholeNumber(1, MOST_MEMBERS)(text);
}

function loadBelowOne(text: string): number {
  const value = positiveNumber(text);
  if (value >= 1) throw new UserError("must be below 1: more jobs than the servers can do");
  return value;
}

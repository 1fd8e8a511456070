import { type CompatibilityGraph, neighboursOf } from "../model/graphs/compatibility-graph.js";
import { randomRoutingShares } from "../model/graphs/properties.js";
import type { Rate } from "../model/units.js";

/** JSQ(d) on a graph. */
export interface JsqDOnGraph {
  readonly graph: CompatibilityGraph;
  /** lambda, jobs per server. */
  readonly arrivalRate: Rate;
  /** d. */
  readonly choices: number;
  /** Whether a server may be drawn more than once for one job. */
  readonly replacement: boolean;
}

/** Servers that must take this many jobs each on average, because only they are drawn for them; 1 or more is too many. */
export interface LoadedSet {
  readonly servers: readonly number[];
  readonly load: number;
}

export interface Stability {
  readonly verdict: "stable" | "unstable" | "undetermined";
  /** The most loaded set of servers that was found. */
  readonly mostLoaded: LoadedSet;
  /** A way to share out the jobs was found that loads no server more than this. */
  readonly greatestLoadAtMost: number;
}

/** Rounds of balancing; graphs that are not decided by then are within about a percent of the border. */
const ROUNDS = 300;

/**
 * Whether the queues of JSQ(d) on a graph are stable: whether every set S of servers is drawn alone for less than |S| jobs per
 * unit of time, or equivalently the jobs can be shared out among the servers drawn for them with every load below 1. Both sides
 * are sought at once, by balancing loads step by step; either is a proof. An isolated type makes no load.
 *
 * Source: the condition of Cardinaels, Borst and van Leeuwaarden, (2.2) in Rutten and Mukherjee; its two sides are dual, since
 * the load drawn to S alone is a supermodular function of S; balanced by the method of Frank and Wolfe (1956) on its base polytope.
 */
export function jsqDStability(system: JsqDOnGraph): Stability {
  const { graph, arrivalRate } = system;
  const loads = randomRoutingShares(graph).map((share) => arrivalRate * share);
  let mostLoaded: LoadedSet = { servers: [], load: 0 };
  let greatest = greatestOf(loads);
  for (let round = 1; greatest >= 1 && round <= ROUNDS; round++) {
    const order = Int32Array.from(loads.keys()).sort((a, b) => loads[b] - loads[a]);
    const { least, densest } = leastFirst(system, order);
    if (densest.load > mostLoaded.load) mostLoaded = densest;
    if (mostLoaded.load >= 1) return { verdict: "unstable", mostLoaded, greatestLoadAtMost: greatest };
    const step = 2 / (round + 2);
    for (let server = 0; server < loads.length; server++) loads[server] += step * (least[server] - loads[server]);
    greatest = Math.min(greatest, greatestOf(loads));
  }
  return { verdict: greatest < 1 ? "stable" : "undetermined", mostLoaded, greatestLoadAtMost: greatest };
}

function greatestOf(loads: Float64Array): number {
  return loads.reduce((most, load) => Math.max(most, load), 0);
}

/**
 * Sends every job to the server drawn for it that comes last in `order`, and finds the first part of the order that has the most
 * load per server.
 */
function leastFirst(
  { graph, arrivalRate, choices, replacement }: JsqDOnGraph,
  order: Int32Array,
): { least: Float64Array; densest: LoadedSet } {
  const { servers, taskTypes, serversOf, typesOf } = graph;
  const ratePerType = (arrivalRate * servers) / taskTypes;
  const within = replacement ? drawnWithin : drawnDistinctWithin;
  /** Servers of each type that have had their turn. */
  const seen = new Int32Array(taskTypes);
  const least = new Float64Array(servers);
  let sum = 0;
  let best = { size: 0, load: 0 };
  for (const [position, server] of order.entries()) {
    for (const type of neighboursOf(typesOf, server)) {
      const degree = serversOf.degrees[type];
      const before = seen[type]++;
      least[server] += ratePerType * (within(before + 1, degree, choices) - within(before, degree, choices));
    }
    sum += least[server];
    if (sum / (position + 1) > best.load) best = { size: position + 1, load: sum / (position + 1) };
  }
  return { least, densest: { servers: [...order.subarray(0, best.size)].sort((a, b) => a - b), load: best.load } };
}

/** Probability that all of d draws with replacement from `degree` servers are among `some` of them. */
function drawnWithin(some: number, degree: number, choices: number): number {
  let probability = 1;
  for (let drawn = 0; drawn < choices; drawn++) probability *= some / degree;
  return probability;
}

/** The same for d distinct servers, or all servers where there are fewer. */
function drawnDistinctWithin(some: number, degree: number, choices: number): number {
  let probability = 1;
  for (let drawn = 0; drawn < Math.min(choices, degree); drawn++) {
    probability *= Math.max(0, some - drawn) / (degree - drawn);
  }
  return probability;
}

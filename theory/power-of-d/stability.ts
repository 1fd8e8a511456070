import { type CompatibilityGraph, neighboursOf } from "../../model/graphs/compatibility-graph.js";
import { randomRoutingShares } from "../../model/graphs/properties.js";
import type { Rate } from "../../model/units.js";

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

/** Servers and the jobs per server for which only they are drawn; the system is unstable if that is 1 or more. */
interface LoadedSet {
  readonly servers: readonly number[];
  readonly load: number;
}

export interface Stability {
  readonly verdict: "stable" | "unstable" | "undetermined";
  /** The most loaded set of servers found. */
  readonly mostLoaded: LoadedSet;
  /** The smallest maximum load of any assignment of the jobs found. */
  readonly greatestLoadAtMost: number;
}

/** Rounds of balancing; graphs still undecided then are within about a percent of the stability limit. */
const ROUNDS = 300;

/**
 * Whether the queues of JSQ(d) on a graph are stable: whether every set S of servers has less than |S| jobs per unit of time
 * for which only servers of S are drawn, or equivalently the jobs can be divided among the servers drawn for them with every load
 * below 1. Both certificates are sought at once by iterative load balancing; either is a proof. An isolated type makes no load.
 *
 * Source: the condition of Cardinaels, Borst and van Leeuwaarden (2019), (2.2) in Rutten and Mukherjee (2023); its two sides are dual, since
 * the load of jobs drawn only to S is a supermodular function of S; solved by Frank and Wolfe (1956) on its base polytope. Random routing
 * is one such division: rho(G) < 1, their Proposition 4.1.
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
 * Sends every job to the server drawn for it that comes last in `order`, and finds the prefix of the order with the greatest
 * load per server.
 */
function leastFirst(
  { graph, arrivalRate, choices, replacement }: JsqDOnGraph,
  order: Int32Array,
): { least: Float64Array; densest: LoadedSet } {
  const { servers, taskTypes, serversOf, typesOf } = graph;
  const ratePerType = (arrivalRate * servers) / taskTypes;
  const within = replacement ? drawnWithin : drawnDistinctWithin;
  /** Servers of each type processed so far. */
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

/** Probability that all of d draws with replacement from `degree` servers are among a given `some` of them. */
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

import type { Rate } from "../units.js";
import { type CompatibilityGraph, neighboursOf, sharesRow } from "./compatibility-graph.js";

/** Properties of a graph, among them those that the theorems require. */
export interface GraphProperties {
  readonly edges: number;
  readonly typeDegrees: DegreeSummary;
  readonly serverDegrees: DegreeSummary;
  /** rho(G), (2.1): the greatest load of a server under random routing. */
  readonly rho: number;
  /** The server with that load. */
  readonly mostLoadedServer: number;
  /** phi(G), (2.3): how far the graph is from regular. */
  readonly phi: number;
  /** gamma(G), (2.3): the mean inverse degree of the types; Infinity if one has no server. */
  readonly gamma: number;
  /** Connected components; a vertex without edges is one. */
  readonly components: number;
  /** Task types without any server. */
  readonly isolatedTypes: number;
}

interface DegreeSummary {
  readonly least: number;
  readonly mean: number;
  readonly greatest: number;
}

/**
 * Computes the properties of a graph.
 *
 * @param arrivalRate lambda, jobs per server
 *
 * Source: Rutten and Mukherjee (2023), (2.1) and (2.3).
 */
export function graphProperties(graph: CompatibilityGraph, arrivalRate: Rate): GraphProperties {
  const { servers, taskTypes, serversOf, typesOf } = graph;
  const shares = randomRoutingShares(graph);
  let mostLoadedServer = 0;
  let phi = 0;
  for (let server = 0; server < servers; server++) {
    if (shares[server] > shares[mostLoadedServer]) mostLoadedServer = server;
    phi = Math.max(phi, Math.abs(shares[server] - 1));
  }
  return {
    edges: serversOf.degrees.reduce((sum, degree) => sum + degree, 0),
    typeDegrees: summary(serversOf.degrees),
    serverDegrees: summary(typesOf.degrees),
    rho: arrivalRate * shares[mostLoadedServer],
    mostLoadedServer,
    phi,
    gamma: serversOf.degrees.reduce((sum, degree) => sum + 1 / degree, 0) / taskTypes,
    components: componentsOf(graph),
    isolatedTypes: serversOf.degrees.reduce((count, degree) => count + (degree === 0 ? 1 : 0), 0),
  };
}

/** N/M times the sum over w in N_v of 1/d_w, for every server v: its share of the load under random routing, 1 on average. */
export function randomRoutingShares({ servers, taskTypes, serversOf, typesOf }: CompatibilityGraph): Float64Array {
  const shares = new Float64Array(servers);
  for (let server = 0; server < servers; server++) {
    if (sharesRow(typesOf, server)) shares[server] = shares[server - 1];
    else
      for (const type of neighboursOf(typesOf, server)) shares[server] += servers / taskTypes / serversOf.degrees[type];
  }
  return shares;
}

function summary(degrees: Int32Array): DegreeSummary {
  let [least, greatest, sum] = [degrees[0], degrees[0], 0];
  for (const degree of degrees) {
    least = Math.min(least, degree);
    greatest = Math.max(greatest, degree);
    sum += degree;
  }
  return { least, mean: sum / degrees.length, greatest };
}

/** Counts components by union-find with path halving (Tarjan 1975). */
function componentsOf({ servers, taskTypes, serversOf }: CompatibilityGraph): number {
  const parents = Int32Array.from({ length: servers }, (_, server) => server);
  const rootOf = (server: number): number => {
    let root = server;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  };
  let components = servers;
  for (let type = 0; type < taskTypes; type++) {
    const { degrees, members, starts } = serversOf;
    if (degrees[type] === 0) components++;
    if (sharesRow(serversOf, type)) continue;
    for (let at = starts[type] + 1; at < starts[type] + degrees[type]; at++) {
      const [one, other] = [rootOf(members[starts[type]]), rootOf(members[at])];
      if (one === other) continue;
      parents[other] = one;
      components--;
    }
  }
  return components;
}

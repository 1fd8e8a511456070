import { type CompatibilityGraph, graphFromTypes, neighboursOf } from "../../model/graphs/compatibility-graph.js";
import type { Rate } from "../../model/units.js";

/** A connected part of a compatibility graph, which no other part has any influence on. */
export interface Component {
  readonly graph: CompatibilityGraph;
  /** Jobs per server of this part. */
  readonly arrivalRate: Rate;
  /** What its servers are called in the whole graph, in the order of its own numbers. */
  readonly servers: Int32Array;
}

/**
 * The connected parts of a graph that have servers, in the order of their first servers. A server without task types is a part by
 * itself, without arrivals; task types without servers are left out.
 *
 * @param arrivalRate lambda, jobs per server of the whole graph, the same for every task type
 */
export function componentsOf(graph: CompatibilityGraph, arrivalRate: Rate): Component[] {
  const { servers, taskTypes, serversOf, typesOf } = graph;
  const partOfServer = new Int32Array(servers).fill(-1);
  const partOfType = new Int32Array(taskTypes).fill(-1);
  const sizes: number[] = [];
  for (let first = 0; first < servers; first++) {
    if (partOfServer[first] >= 0) continue;
    const part = sizes.push(1) - 1;
    const open = [first];
    partOfServer[first] = part;
    for (let server = open.pop(); server !== undefined; server = open.pop()) {
      for (const type of neighboursOf(typesOf, server)) {
        if (partOfType[type] >= 0) continue;
        partOfType[type] = part;
        for (const other of neighboursOf(serversOf, type)) {
          if (partOfServer[other] >= 0) continue;
          partOfServer[other] = part;
          open.push(other);
          sizes[part]++;
        }
      }
    }
  }
  const members = membersByPart(partOfServer, sizes.length);
  const types = membersByPart(partOfType, sizes.length);
  const ratePerType = (arrivalRate * servers) / taskTypes;
  const isWhole = sizes.length === 1 && types[0].length === taskTypes;
  return members.map((own, part) => ({
    graph: isWhole ? graph : subgraph(graph, own, types[part]),
    arrivalRate: (ratePerType * types[part].length) / own.length,
    servers: own,
  }));
}

/**
 * What is predicted of every component by itself, averaged.
 *
 * @param over servers, for what a server sees, or jobs, for what a job sees
 * @param predict one number or several, such as a tail: what one component lacks at the end counts as 0; undefined if it cannot tell.
 *   Asked of components with arrivals only, as the others are empty for ever: over servers they count as `empty`
 * @param empty what is seen at a server that never has a job, by position: such as 1, 0, 0, ... for a tail; 0 where it ends
 * @returns undefined if there is a component of which nothing is predicted, or no job finds a server
 */
export function averageOverComponents(
  components: readonly Component[],
  over: "servers" | "jobs",
  predict: (component: Component) => readonly number[] | undefined,
  empty: readonly number[] = [],
): number[] | undefined {
  const average: number[] = [];
  let total = 0;
  for (const component of components) {
    const weight = component.servers.length * (over === "servers" ? 1 : component.arrivalRate);
    const values = component.arrivalRate > 0 ? predict(component) : empty;
    if (values === undefined) return undefined;
    total += weight;
    for (const [i, value] of values.entries()) average[i] = (average[i] ?? 0) + weight * value;
  }
  return total > 0 ? average.map((sum) => sum / total) : undefined;
}

function membersByPart(partOf: Int32Array, parts: number): Int32Array[] {
  const members = Array.from({ length: parts }, (): number[] => []);
  for (const [vertex, part] of partOf.entries()) if (part >= 0) members[part].push(vertex);
  return members.map((list) => Int32Array.from(list));
}

function subgraph({ serversOf }: CompatibilityGraph, servers: Int32Array, types: Int32Array): CompatibilityGraph {
  const numbers = new Map(Array.from(servers, (server, number) => [server, number]));
  const degrees = Int32Array.from(types, (type) => serversOf.degrees[type]);
  const members: number[] = [];
  for (const type of types) for (const server of neighboursOf(serversOf, type)) members.push(numbers.get(server) ?? -1);
  return graphFromTypes(servers.length, degrees, Int32Array.from(members));
}

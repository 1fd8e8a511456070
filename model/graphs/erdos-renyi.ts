import { UserError } from "../errors.js";
import type { RandomStream } from "../random.js";
import { type CompatibilityGraph, graphFromTypes, MOST_EDGES } from "./compatibility-graph.js";
import { IntegerList } from "./integer-list.js";

/**
 * Every server can do tasks of every type with the same probability, independently: a bipartite Erdos-Renyi graph. Some types
 * may have no server.
 *
 * @param meanDegree mean number of servers of a task type
 * @throws UserError if that exceeds the number of servers, or gives too many edges
 *
 * Source: Gilbert (1959); drawn by the gaps between edges (Batagelj and Brandes 2005).
 */
export function erdosRenyiGraph(
  servers: number,
  taskTypes: number,
  meanDegree: number,
  random: RandomStream,
): CompatibilityGraph {
  const most = Math.min(servers, MOST_EDGES / (1.1 * taskTypes));
  if (!(meanDegree > 0 && meanDegree <= most)) {
    throw new UserError(`mean degree ${meanDegree} must be > 0 and at most ${Math.floor(most)} for ${servers} servers`);
  }
  const logNoEdge = Math.log1p(-meanDegree / servers);
  const degrees = new Int32Array(taskTypes);
  const members = new IntegerList(1.01 * meanDegree * taskTypes);
  for (let type = 0; type < taskTypes; type++) {
    for (let server = -1; ; degrees[type]++) {
      server += 1 + Math.floor(Math.log1p(-random()) / logNoEdge);
      if (server >= servers) break;
      members.push(server);
    }
  }
  return graphFromTypes(servers, degrees, members.take());
}

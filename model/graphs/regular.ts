import { UserError } from "../errors.js";
import { type RandomStream, shuffle } from "../random.js";
import { type CompatibilityGraph, graphFromTypes, MOST_EDGES } from "./compatibility-graph.js";

/**
 * A random regular bipartite graph: `degree` half-edges at every task type and `degree taskTypes / servers` at every server,
 * paired uniformly at random. Multiple edges are possible, but rare in large graphs; a server joined twice to a type is drawn
 * twice as often by it.
 *
 * @throws UserError if the half-edges cannot be divided evenly among the servers, or there are too many
 *
 * Source: Rutten and Mukherjee (2023), Definition 3.5 and section 5.
 */
export function regularGraph(
  servers: number,
  taskTypes: number,
  degree: number,
  random: RandomStream,
): CompatibilityGraph {
  const edges = degree * taskTypes;
  const perServer = edges / servers;
  if (!Number.isSafeInteger(perServer)) {
    throw new UserError(
      `a regular graph of ${taskTypes} task types of degree ${degree} gives each of ${servers} servers ${perServer.toFixed(2)} ` +
        "edges: choose a degree for which that is an integer",
    );
  }
  if (degree > servers || edges > MOST_EDGES) {
    throw new UserError(
      `degree ${degree} is too much for ${servers} servers and ${taskTypes} task types: at most ` +
        `${Math.min(servers, Math.floor(MOST_EDGES / taskTypes))}`,
    );
  }
  const members = new Int32Array(edges);
  for (let edge = 0; edge < edges; edge++) members[edge] = Math.floor(edge / perServer);
  shuffle(members, random);
  return graphFromTypes(servers, new Int32Array(taskTypes).fill(degree), members);
}

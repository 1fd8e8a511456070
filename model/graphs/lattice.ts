import { UserError } from "../errors.js";
import { type CompatibilityGraph, graphFromTypes, MOST_EDGES } from "./compatibility-graph.js";

/**
 * Servers on a periodic grid, with a task type for every pair of adjacent servers: `dimension` types per server, each
 * compatible with two servers. A ring in dimension 1.
 *
 * @throws UserError if the servers do not fill a grid of equal sides >= 3, or there are too many
 */
export function torusGraph(servers: number, dimension: number): CompatibilityGraph {
  const side = Math.round(servers ** (1 / dimension));
  if (side ** dimension !== servers || side < 3) {
    throw new UserError(
      `${servers} servers do not fill a ${dimension}-dimensional grid: use a whole number >= 3 to the power ${dimension}, ` +
        `e.g. ${Math.max(3, side) ** dimension}`,
    );
  }
  const taskTypes = dimension * servers;
  if (2 * taskTypes > MOST_EDGES) throw new UserError(`a grid of ${servers} servers has more than ${MOST_EDGES} edges`);
  const members = new Int32Array(2 * taskTypes);
  const positions = {
    dimension,
    servers: new Float64Array(dimension * servers),
    taskTypes: new Float64Array(dimension * taskTypes),
  };
  for (let type = 0; type < taskTypes; type++) {
    const server = Math.floor(type / dimension);
    const direction = type % dimension;
    const stride = side ** direction;
    const coordinate = Math.floor(server / stride) % side;
    members[2 * type] = server;
    members[2 * type + 1] = server + (coordinate === side - 1 ? stride * (1 - side) : stride);
    positions.servers[type] = coordinate / side;
    for (let axis = 0; axis < dimension; axis++) {
      const half = axis === direction ? 0.5 : 0;
      positions.taskTypes[dimension * type + axis] = ((Math.floor(server / side ** axis) % side) + half) / side;
    }
  }
  return graphFromTypes(servers, new Int32Array(taskTypes).fill(2), members, positions);
}

import { assert } from "../errors.js";

/**
 * The neighbours of every vertex of one side of a bipartite graph: those of vertex v are `members[starts[v]]` and the
 * `degrees[v] - 1` entries after it. Rows may share their members, so a complete graph takes no more memory than a sparse one.
 */
export interface Neighbourhoods {
  readonly starts: Int32Array;
  readonly degrees: Int32Array;
  readonly members: Int32Array;
}

/** Which servers can do tasks of which type: a bipartite graph between servers and task types (dispatchers). */
export interface CompatibilityGraph {
  readonly servers: number;
  readonly taskTypes: number;
  /** The servers that each task type may be sent to, N_w. */
  readonly serversOf: Neighbourhoods;
  /** The task types that each server can do, N_v. */
  readonly typesOf: Neighbourhoods;
  /** Positions of the vertices, in geometric graphs. */
  readonly positions?: Positions;
}

/** Coordinates on the unit torus, `dimension` of them for each vertex in turn. */
export interface Positions {
  readonly dimension: number;
  readonly servers: Float64Array;
  readonly taskTypes: Float64Array;
}

/** Maximum number of edges: what fits in 1 GB, stored in both directions. */
export const MOST_EDGES = 100_000_000;

/**
 * The graph in which task type w may be sent to the next `degrees[w]` of `members`.
 *
 * @param degrees of the task types
 * @param members the servers of task type 0, then those of task type 1, and so on; kept, not copied
 */
export function graphFromTypes(
  servers: number,
  degrees: Int32Array,
  members: Int32Array,
  positions?: Positions,
): CompatibilityGraph {
  const serversOf = { starts: startsOf(degrees), degrees, members };
  const taskTypes = degrees.length;
  const typesOf = reversed(serversOf, servers);
  return { servers, taskTypes, serversOf, typesOf, ...(positions === undefined ? {} : { positions }) };
}

/** The same edges from the other side, which has `size` vertices. */
function reversed({ starts, degrees, members }: Neighbourhoods, size: number): Neighbourhoods {
  const reverseDegrees = new Int32Array(size);
  for (const member of members) reverseDegrees[member]++;
  const reverseStarts = startsOf(reverseDegrees);
  const reverseMembers = new Int32Array(members.length);
  const next = reverseStarts.slice();
  for (let vertex = 0; vertex < degrees.length; vertex++) {
    const end = starts[vertex] + degrees[vertex];
    for (let at = starts[vertex]; at < end; at++) reverseMembers[next[members[at]]++] = vertex;
  }
  return { starts: reverseStarts, degrees: reverseDegrees, members: reverseMembers };
}

function startsOf(degrees: Int32Array): Int32Array {
  const starts = new Int32Array(degrees.length);
  let start = 0;
  for (let vertex = 0; vertex < degrees.length; vertex++) {
    starts[vertex] = start;
    start += degrees[vertex];
  }
  assert(start <= MOST_EDGES, `${start} edges fit in memory`);
  return starts;
}

/** The neighbours of one vertex, as a view. */
export function neighboursOf({ starts, degrees, members }: Neighbourhoods, vertex: number): Int32Array {
  return members.subarray(starts[vertex], starts[vertex] + degrees[vertex]);
}

/** Whether the vertex shares the row of the previous vertex, so that results for that one can be reused. */
export function sharesRow({ starts, degrees }: Neighbourhoods, vertex: number): boolean {
  return vertex > 0 && starts[vertex] === starts[vertex - 1] && degrees[vertex] === degrees[vertex - 1];
}

import type { CompatibilityGraph, Neighbourhoods } from "./compatibility-graph.js";

/** Every server can do tasks of every type: the fully flexible system. Takes O(servers + taskTypes) memory. */
export function completeGraph(servers: number, taskTypes: number): CompatibilityGraph {
  return { servers, taskTypes, serversOf: everyOne(taskTypes, servers), typesOf: everyOne(servers, taskTypes) };
}

function everyOne(size: number, neighbours: number): Neighbourhoods {
  return {
    starts: new Int32Array(size),
    degrees: new Int32Array(size).fill(neighbours),
    members: Int32Array.from({ length: neighbours }, (_, vertex) => vertex),
  };
}

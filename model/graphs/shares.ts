import { type CompatibilityGraph, neighboursOf } from "./compatibility-graph.js";

/** The dispatcher that owns a task type: each owns a contiguous range of types, which are close together on grids and tori. */
export function ownerOf(taskType: number, taskTypes: number, dispatchers: number): number {
  return Math.floor((taskType * dispatchers) / taskTypes);
}

/** The dispatchers of each server: the owners of the task types that it can serve, ascending. */
export function dispatchersOfServers(graph: CompatibilityGraph, dispatchers: number): number[][] {
  return Array.from({ length: graph.servers }, (_, server) => {
    const owners = new Set<number>();
    for (const type of neighboursOf(graph.typesOf, server)) owners.add(ownerOf(type, graph.taskTypes, dispatchers));
    return [...owners].sort((a, b) => a - b);
  });
}

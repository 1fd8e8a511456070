import { type CompatibilityGraph, neighboursOf } from "./compatibility-graph.js";

/** The dispatcher, of so many, that owns a task type: each has the next part of them, which on grids and tori are near each other. */
export function ownerOf(taskType: number, taskTypes: number, dispatchers: number): number {
  return Math.floor((taskType * dispatchers) / taskTypes);
}

/** The dispatchers that each server hears from: the owners of the types that it can do, rising. */
export function dispatchersOfServers(graph: CompatibilityGraph, dispatchers: number): number[][] {
  return Array.from({ length: graph.servers }, (_, server) => {
    const owners = new Set<number>();
    for (const type of neighboursOf(graph.typesOf, server)) owners.add(ownerOf(type, graph.taskTypes, dispatchers));
    return [...owners].sort((a, b) => a - b);
  });
}

import { type CompatibilityGraph, neighboursOf } from "../../../model/graphs/compatibility-graph.js";

/** Every edge as [server, type], sorted, from one side's rows. */
export function edgesByType({ taskTypes, serversOf }: CompatibilityGraph): string[] {
  return Array.from({ length: taskTypes }, (_, type) =>
    Array.from(neighboursOf(serversOf, type), (server) => `${server}-${type}`),
  )
    .flat()
    .sort();
}

/** The same from the other side's rows. */
export function edgesByServer({ servers, typesOf }: CompatibilityGraph): string[] {
  return Array.from({ length: servers }, (_, server) =>
    Array.from(neighboursOf(typesOf, server), (type) => `${server}-${type}`),
  )
    .flat()
    .sort();
}

/** Components by flooding, one vertex at a time. */
export function countComponents({ servers, taskTypes, serversOf, typesOf }: CompatibilityGraph): number {
  const seen = new Set<string>();
  const flood = (vertex: string): void => {
    if (seen.has(vertex)) return;
    seen.add(vertex);
    const [side, number] = vertex.split(":");
    const others = side === "v" ? neighboursOf(typesOf, Number(number)) : neighboursOf(serversOf, Number(number));
    for (const other of others) flood(`${side === "v" ? "w" : "v"}:${other}`);
  };
  let components = 0;
  for (const [side, size] of [
    ["v", servers],
    ["w", taskTypes],
  ] as const) {
    for (let vertex = 0; vertex < size; vertex++) {
      if (!seen.has(`${side}:${vertex}`)) components++;
      flood(`${side}:${vertex}`);
    }
  }
  return components;
}

import { neighboursOf, sharesRow } from "../../model/graphs/compatibility-graph.js";
import { randomRoutingShares } from "../../model/graphs/properties.js";
import type { JsqDOnGraph } from "./stability.js";

/** In the stationary state the fraction of servers with at least i jobs is at least `least`^i and, if that is below 1, at most `most`^i. */
export interface TailBounds {
  readonly least: number;
  readonly most: number;
}

/**
 * Geometric bounds on the tail of JSQ(d) on a graph.
 *
 * Upper bound rho(G): Rutten and Mukherjee (2023), Corollary 4.3. Lower bound, from
 * the same flow balance: however long its queue, a server gets the jobs for which it alone is drawn. With replacement that is a
 * fraction d_w^-d of the jobs of a type with d_w servers, so at finite degree no tail falls faster than exponentially.
 */
export function jsqDTailBounds(system: JsqDOnGraph): TailBounds {
  const { graph, arrivalRate, choices, replacement } = system;
  const { servers, taskTypes, serversOf, typesOf } = graph;
  const most = arrivalRate * randomRoutingShares(graph).reduce((greatest, share) => Math.max(greatest, share), 0);
  const typeRate = (arrivalRate * servers) / taskTypes;
  let least = Number.POSITIVE_INFINITY;
  for (let server = 0; server < servers; server++) {
    if (sharesRow(typesOf, server)) continue;
    let alone = 0;
    for (const type of neighboursOf(typesOf, server)) {
      const degree = serversOf.degrees[type];
      if (replacement) alone += typeRate * degree ** -choices;
      else if (degree === 1) alone += typeRate;
    }
    least = Math.min(least, alone);
  }
  return { least, most };
}

import { family } from "../model/family.js";
import type { CompatibilityGraph } from "../model/graphs/compatibility-graph.js";
import { uniformIndex } from "../model/random.js";
import { type JsqDOptions, jsqDOptions } from "./jsq-d.js";
import { NO_SERVER, type PolicyDefinition, type PolicyFactory, Questions } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "graph",
  summary: "JSQ(d) among the servers that can serve the job's type, its neighbourhood in a graph",
  guide: {
    stable: "decided by proof for any graph",
    theory: "limits, bounds and small graphs of Rutten and Mukherjee (2023)",
    use: "not every server can serve every job",
    avoid: "every server can: then it is jsq-d",
    products: "Envoy `LEAST_REQUEST` within a subset or zone",
  },
  family: family(
    "jsq-d",
    jsqDOptions,
    ({ d: choices, replacement }) =>
      (graph) =>
        jsqDOnGraph(graph, { choices, replacement }),
  ),
};

/**
 * Join the shortest of d queues sampled from the job type's neighbourhood in a compatibility graph. Ties go to the server
 * sampled first, which is a random one of those tied; this makes the coupling with common samples monotone (Proposition 3.9).
 * A sample of a server that has left is wasted. With parallel edges, distinct edges are sampled rather than distinct servers.
 *
 * Source: Rutten and Mukherjee (2023), section 2.
 *
 * @param graph has the servers of the fleet, by number
 */
export function jsqDOnGraph(graph: CompatibilityGraph, { choices, replacement }: JsqDOptions): PolicyFactory {
  return replacement ? drawnWithReplacement(graph, choices) : drawnDistinct(graph, choices);
}

function drawnWithReplacement({ servers, serversOf }: CompatibilityGraph, choices: number): PolicyFactory {
  const { starts, degrees, members } = serversOf;
  return (fleet, random) => {
    const information = new Questions();
    return {
      name: "jsq-d",
      knows: ["answers", "job-type"],
      information,
      choose({ type }) {
        const start = starts[type];
        const degree = degrees[type];
        const allHere = fleet.members.size === servers;
        let shortest = NO_SERVER;
        if (degree > 0) information.ask(choices);
        for (let draws = 0; draws < choices && degree > 0; draws++) {
          const server = members[start + uniformIndex(random, degree)];
          if (!allHere && !fleet.members.has(server)) continue;
          if (shortest === NO_SERVER || fleet.queueLength(server) < fleet.queueLength(shortest)) shortest = server;
        }
        return shortest;
      },
    };
  };
}

function drawnDistinct({ serversOf }: CompatibilityGraph, choices: number): PolicyFactory {
  const { starts, degrees, members } = serversOf;
  return (fleet, random) => {
    const drawn = new Int32Array(choices);
    const information = new Questions();
    return {
      name: "jsq-d",
      knows: ["answers", "job-type"],
      information,
      choose({ type }) {
        const degree = degrees[type];
        const wanted = Math.min(choices, degree);
        information.ask(wanted);
        let shortest = NO_SERVER;
        for (let count = 0; count < wanted; count++) {
          drawn[count] = anotherIndex(drawn, count, uniformIndex(random, degree - count));
          const server = members[starts[type] + drawn[count]];
          if (!fleet.members.has(server)) continue;
          if (shortest === NO_SERVER || fleet.queueLength(server) < fleet.queueLength(shortest)) shortest = server;
        }
        return shortest;
      },
    };
  };
}

/** The index at `rank` among those not in the first `count` of `drawn`: exactly one random number per sample. */
function anotherIndex(drawn: Int32Array, count: number, rank: number): number {
  let index = rank;
  for (let passed = -1; passed !== index; ) {
    passed = index;
    index = rank;
    for (let i = 0; i < count; i++) if (drawn[i] <= passed) index++;
  }
  return index;
}

import type { CompatibilityGraph } from "../../model/graphs/compatibility-graph.js";
import { uniformIndex } from "../../model/random.js";
import type { JsqDOptions } from "./jsq-d.js";
import { NO_SERVER, type PolicyFactory, Questions } from "./policy.js";

/**
 * Join the shortest of d queues drawn from the servers that can do the job's type, its neighbourhood in a compatibility graph.
 * Ties go to the server drawn first, which is a random one of those tied; with the same draws, longer queues then never lead to
 * shorter ones (Proposition 3.9). A server that has left is drawn in vain. With parallel edges it is edges that are distinct.
 *
 * Source: Rutten and Mukherjee, Mean-Field Analysis for Load Balancing on Spatial Graphs, section 2.
 *
 * @param graph its servers are the fleet's, by their numbers
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
      information,
      choose(taskType) {
        const start = starts[taskType];
        const degree = degrees[taskType];
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
      information,
      choose(taskType) {
        const degree = degrees[taskType];
        const wanted = Math.min(choices, degree);
        information.ask(wanted);
        let shortest = NO_SERVER;
        for (let count = 0; count < wanted; count++) {
          drawn[count] = anotherIndex(drawn, count, uniformIndex(random, degree - count));
          const server = members[starts[taskType] + drawn[count]];
          if (!fleet.members.has(server)) continue;
          if (shortest === NO_SERVER || fleet.queueLength(server) < fleet.queueLength(shortest)) shortest = server;
        }
        return shortest;
      },
    };
  };
}

/** The index at `rank` among those that are not yet among the first `count` of `drawn`: one draw per choice, whatever came before. */
function anotherIndex(drawn: Int32Array, count: number, rank: number): number {
  let index = rank;
  for (let passed = -1; passed !== index; ) {
    passed = index;
    index = rank;
    for (let i = 0; i < count; i++) if (drawn[i] <= passed) index++;
  }
  return index;
}

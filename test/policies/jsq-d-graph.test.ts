import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { neighboursOf } from "../../model/graphs/compatibility-graph.js";
import { completeGraph } from "../../model/graphs/complete.js";
import { readEdgeList } from "../../model/graphs/edge-list.js";
import { erdosRenyiGraph } from "../../model/graphs/erdos-renyi.js";
import { randomStream } from "../../model/random.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { jsqDOnGraph } from "../../policies/jsq-d-graph.js";
import { ANY_JOB, NO_SERVER } from "../../policies/policy.js";
import { jsqDLaw } from "../../theory/queues/routing-laws.js";
import { chiSquareUniform } from "../support/chi-square.js";

function fleetWith(queueLengths: readonly number[]): Fleet {
  const fleet = new Fleet();
  for (const jobs of queueLengths) {
    const server = fleet.join({ buffer: Number.POSITIVE_INFINITY });
    for (let job = 0; job < jobs; job++) fleet.assigned(server);
  }
  return fleet;
}

const options = fc.record({ choices: fc.integer({ min: 1, max: 4 }), replacement: fc.boolean() });

describe("jsq-d on a graph", () => {
  // Rutten and Mukherjee (2023), proof of Proposition 3.9, (4.12), which `jsqDLaw` has for a neighbourhood on its own.
  it("chooses each server of the neighbourhood with the probability that (4.12) gives, and no other", () => {
    const graph = readEdgeList("0,0\n2,0\n3,0\n5,0\n6,0\n1,1", 7, 2);
    const queueLengths = [1, 0, 0, 1, 0, 2, 0];
    const jobs = 40_000;
    for (const choices of [1, 2, 3, 5]) {
      for (const replacement of [true, false]) {
        const policy = jsqDOnGraph(graph, { choices, replacement })(
          fleetWith(queueLengths),
          randomStream("1", "policy"),
        );
        expect(policy.name).toBe("jsq-d");
        const counts = new Array<number>(7).fill(0);
        for (let job = 0; job < jobs; job++) counts[policy.choose(ANY_JOB, 0)]++;
        const neighbours = [...neighboursOf(graph.serversOf, 0)];
        const probabilities = jsqDLaw(choices, replacement)(
          neighbours.map((server) => queueLengths[server]),
          neighbours.map(() => 1),
        );
        for (const [position, server] of neighbours.entries()) {
          const [p, found] = [probabilities[position], counts[server] / jobs];
          // Five standard errors; what cannot happen must not.
          expect(Math.abs(found - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / jobs));
        }
        expect(counts[1] + counts[4]).toBe(0);
        expect(policy.choose({ ...ANY_JOB, type: 1 }, 0)).toBe(1);
      }
    }
  });

  it("draws distinct servers each as often, and all of a neighbourhood that is no larger than d", () => {
    const graph = completeGraph(6, 1);
    for (const choices of [2, 3]) {
      const fleet = fleetWith([1, 1, 1, 1, 1, 1]);
      const policy = jsqDOnGraph(graph, { choices, replacement: false })(fleet, randomStream("1", "policy"));
      const counts = new Array<number>(6).fill(0);
      for (let job = 0; job < 6000; job++) counts[policy.choose(ANY_JOB, 0)]++;
      expect(chiSquareUniform(counts, 1e-4)).toBeLessThan(1);
    }
    const fleet = fleetWith([3, 2, 1, 0, 1, 2]);
    const policy = jsqDOnGraph(graph, { choices: 9, replacement: false })(fleet, randomStream("1", "policy"));
    for (let job = 0; job < 100; job++) expect(policy.choose(ANY_JOB, 0)).toBe(3);
  });

  it("sends nothing to a server that has left, and blocks where a type has no server", () => {
    const graph = readEdgeList("0,0\n1,0", 2, 2);
    for (const replacement of [true, false]) {
      const dispatcher = new Dispatcher(jsqDOnGraph(graph, { choices: 2, replacement }), randomStream("1", "policy"));
      const [gone] = [dispatcher.join({ buffer: 100 }), dispatcher.join({ buffer: 100 })];
      dispatcher.fleet.leave(gone);
      const sent = Array.from({ length: 100 }, (_, job) => dispatcher.submit(0, 0, job));
      expect(new Set(sent.filter((server) => server !== NO_SERVER))).toEqual(new Set([1]));
      expect(dispatcher.submit(0, 0, 100, 1)).toBe(NO_SERVER);
    }
  });

  it("never joins a queue longer than another that every draw could have named", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        options,
        fc.array(fc.nat(4), { minLength: 8, maxLength: 8 }),
        (seed, jsqD, queueLengths) => {
          const graph = erdosRenyiGraph(8, 5, 4, randomStream(String(seed), "graph"));
          const policy = jsqDOnGraph(graph, jsqD)(fleetWith(queueLengths), randomStream(String(seed), "policy"));
          for (let type = 0; type < 5; type++) {
            const neighbours = [...neighboursOf(graph.serversOf, type)];
            const server = policy.choose({ ...ANY_JOB, type }, 0);
            if (neighbours.length === 0) expect(server).toBe(NO_SERVER);
            else expect(neighbours).toContain(server);
            if (!jsqD.replacement && jsqD.choices >= neighbours.length && neighbours.length > 0)
              expect(queueLengths[server]).toBe(Math.min(...neighbours.map((other) => queueLengths[other])));
          }
        },
      ),
    );
  });
});

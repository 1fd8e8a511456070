import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeGraph } from "../../../model/graphs/complete.js";
import { readEdgeList } from "../../../model/graphs/edge-list.js";
import { graphProperties } from "../../../model/graphs/properties.js";
import { SpatialChain } from "../../../simulator/spatial-chain.js";
import { averageOverComponents, type Component, componentsOf } from "../../../theory/power-of-d/components.js";
import { exactJsqD } from "../../../theory/power-of-d/exact-jsq-d.js";
import { expectMean } from "../../support/batch-mean.js";

/** Task type 0 can be done by servers 0 and 2, type 1 by 1, 3 and 4, type 2 by nobody; server 5 can do nothing. */
const SPLIT = readEdgeList("0,0\n2,0\n1,1\n3,1\n4,1", 6, 3);

/** The middle of the exact mean queue and of the fractions of servers with at least i jobs. */
const exact = ({ graph, arrivalRate }: Component): number[] | undefined => {
  const law = exactJsqD({ servers: graph.servers, arrivalRate, choices: 2, replacement: true }, 1e-3);
  if (law === undefined) return undefined;
  return [law.meanQueue, ...law.tail].map(({ low, high }) => (low + high) / 2);
};

describe("the components of a graph", () => {
  it("are its parts, with the jobs that they get", () => {
    const components = componentsOf(SPLIT, 0.3);
    expect(components.map(({ servers }) => [...servers])).toEqual([[0, 2], [1, 3, 4], [5]]);
    expect(components.map(({ arrivalRate }) => arrivalRate)).toEqual(
      [0.3, 0.6 / 3, 0].map((rate) => expect.closeTo(rate, 14)),
    );
    expect(components.map(({ graph }) => [...graph.serversOf.members])).toEqual([[0, 1], [0, 1, 2], []]);
    const whole = completeGraph(7, 3);
    expect(componentsOf(whole, 0.5)).toEqual([
      { graph: whole, arrivalRate: 0.5, servers: Int32Array.of(0, 1, 2, 3, 4, 5, 6) },
    ]);
  });

  it("are as many as there are, keep every edge and every job", () => {
    const edge = fc.record({ server: fc.nat(9), type: fc.nat(6) });
    fc.assert(
      fc.property(
        fc.uniqueArray(edge, { selector: ({ server, type }) => server * 7 + type, minLength: 1 }),
        (edges) => {
          const graph = readEdgeList(edges.map(({ server, type }) => `${server},${type}`).join("\n"), 10, 7);
          const properties = graphProperties(graph, 0.7);
          const components = componentsOf(graph, 0.7);
          expect(components.length).toBe(properties.components - properties.isolatedTypes);
          const inAll = components.reduce((sum, part) => sum + part.graph.serversOf.members.length, 0);
          expect(inAll).toBe(edges.length);
          const jobs = components.reduce((sum, part) => sum + part.arrivalRate * part.servers.length, 0);
          expect(jobs).toBeCloseTo(0.7 * 10 * (1 - properties.isolatedTypes / 7), 10);
          expect(components.flatMap(({ servers }) => [...servers]).sort((a, b) => a - b)).toEqual([
            ...Array(10).keys(),
          ]);
          for (const { graph: part } of components) expect(graphProperties(part, 1).components).toBe(1);
        },
      ),
    );
  });

  it("are averaged over servers or over jobs", () => {
    const components = componentsOf(SPLIT, 0.3);
    const size = ({ servers }: Component): number[] => [servers.length];
    expect(averageOverComponents(components, "servers", size)).toEqual([(2 * 2 + 3 * 3) / 6]);
    expect(averageOverComponents(components, "jobs", size)?.[0]).toBeCloseTo(2.5, 12);
    expect(averageOverComponents(components, "servers", () => [1, 0.5], [1])).toEqual([1, 5 / 12]);
    expect(averageOverComponents(components, "servers", () => undefined)).toBeUndefined();
    expect(averageOverComponents(components.slice(2), "jobs", size)).toBeUndefined();
  });

  it("predict together what a simulation of the whole graph sees", () => {
    const edges = "0,0\n1,0\n2,1\n3,1\n4,1\n5,2\n6,2\n7,2\n8,2\n9,2";
    const graph = readEdgeList(edges, 10, 3);
    const predicted = averageOverComponents(componentsOf(graph, 0.4), "servers", exact, [0, 1]) ?? [];
    const chain = new SpatialChain({ graph, arrivalRate: 0.4, choices: 2, replacement: true, seed: "components" });
    const batches = Array.from({ length: 31 }, () => {
      chain.restartStatistics();
      chain.runUntil(chain.now + 3000);
      return chain.statistics().meanQueueLength;
    });
    expectMean(batches.slice(1), predicted[0], 0.05, 2e-3);
    // A third of the jobs goes to two servers, and so on: loads 2/3, 4/9 and 4/15.
    expect(predicted[2]).toBeCloseTo((2 * (2 / 3) + 3 * (4 / 9) + 5 * (4 / 15)) / 10, 3);
  });

  it("of one task type each are those solved elsewhere", () => {
    const edges = [0, 1, 2, 3, 4].map((server) => `${server},0\n${server + 5},1`).join("\n");
    const whole = averageOverComponents(componentsOf(readEdgeList(edges, 10, 2), 0.8), "servers", (component) => {
      const law = exactJsqD({ servers: 5, arrivalRate: component.arrivalRate, choices: 2, replacement: true }, 1e-2);
      return law && [(law.meanQueue.low + law.meanQueue.high) / 2];
    });
    expect(whole?.[0]).toBeCloseTo(1.9235, 2);
  });
});

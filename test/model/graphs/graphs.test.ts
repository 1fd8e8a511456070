import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { type CompatibilityGraph, neighboursOf } from "../../../model/graphs/compatibility-graph.js";
import { completeGraph } from "../../../model/graphs/complete.js";
import { readEdgeList } from "../../../model/graphs/edge-list.js";
import { erdosRenyiGraph } from "../../../model/graphs/erdos-renyi.js";
import { geometricGraph, radiusFor } from "../../../model/graphs/geometric.js";
import { parseGraphFamily } from "../../../model/graphs/index.js";
import { torusGraph } from "../../../model/graphs/lattice.js";
import { graphProperties, randomRoutingShares } from "../../../model/graphs/properties.js";
import { regularGraph } from "../../../model/graphs/regular.js";
import { randomStream } from "../../../model/random.js";
import { countComponents, edgesByServer, edgesByType } from "./graph-oracle.js";

const random = (seed: number | string) => randomStream(String(seed), "graph");
const sizes = { servers: fc.integer({ min: 3, max: 60 }), taskTypes: fc.integer({ min: 1, max: 60 }), seed: fc.nat() };

/** Graphs of every family, small. */
const anyGraph = fc
  .record(sizes)
  .chain(({ servers, taskTypes, seed }) =>
    fc.constantFrom(
      completeGraph(servers, taskTypes),
      regularGraph(servers, servers, Math.min(3, servers), random(seed)),
      erdosRenyiGraph(servers, taskTypes, Math.min(2, servers), random(seed)),
      geometricGraph({ servers, taskTypes, dimension: 2, norm: 2, radius: 0.2 }, random(seed)),
      torusGraph(servers, 1),
      torusGraph(27, 3),
    ),
  );

describe("every graph", () => {
  it("has the same edges from both sides", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(edgesByServer(graph)).toEqual(edgesByType(graph));
      }),
    );
  });

  it("has the properties that a naive count gives, (2.1) and (2.3)", () => {
    fc.assert(
      fc.property(anyGraph, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (graph, arrivalRate) => {
        const { servers, taskTypes, serversOf } = graph;
        const found = graphProperties(graph, arrivalRate);
        const shares = Array.from({ length: servers }, () => 0);
        let gamma = 0;
        for (let type = 0; type < taskTypes; type++) {
          const neighbours = neighboursOf(serversOf, type);
          gamma += 1 / neighbours.length / taskTypes;
          for (const server of neighbours) shares[server] += servers / taskTypes / neighbours.length;
        }
        expect(found.edges).toBe(edgesByType(graph).length);
        expect(found.components).toBe(countComponents(graph));
        expect(found.rho).toBeCloseTo(arrivalRate * Math.max(...shares), 10);
        expect(shares[found.mostLoadedServer]).toBeCloseTo(Math.max(...shares), 10);
        expect(found.phi).toBeCloseTo(Math.max(...shares.map((share) => Math.abs(share - 1))), 10);
        if (found.isolatedTypes === 0) expect(found.gamma).toBeCloseTo(gamma, 10);
        else expect(found.gamma).toBe(Number.POSITIVE_INFINITY);
        expect(Array.from(randomRoutingShares(graph), (share) => share.toFixed(9))).toEqual(
          shares.map((share) => share.toFixed(9)),
        );
      }),
    );
  });
});

describe("random geometric graphs", () => {
  it("join exactly those that are near, the shortest way around the torus", () => {
    const options = fc.record({
      ...sizes,
      dimension: fc.integer({ min: 1, max: 3 }),
      norm: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
      radius: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(options, ({ seed, ...given }) => {
        const graph = geometricGraph(given, random(seed));
        const { dimension, norm, radius } = given;
        const near: string[] = [];
        for (let server = 0; server < given.servers; server++) {
          for (let type = 0; type < given.taskTypes; type++) {
            const apart = Array.from({ length: dimension }, (_, axis) => {
              const from = graph.positions?.servers[dimension * server + axis] ?? Number.NaN;
              const to = graph.positions?.taskTypes[dimension * type + axis] ?? Number.NaN;
              return Math.min(...[-1, 0, 1].map((turn) => Math.abs(from - to + turn)));
            });
            const distance =
              norm === Infinity ? Math.max(...apart) : apart.reduce((s, a) => s + a ** norm, 0) ** (1 / norm);
            if (distance <= radius) near.push(`${server}-${type}`);
          }
        }
        expect(edgesByType(graph)).toEqual(near.sort());
      }),
    );
  });

  it.each([
    [1, 2],
    [2, 1],
    [2, 2],
    [2, Number.POSITIVE_INFINITY],
    [3, 2.5],
  ])("have the mean degree asked for in dimension %d with norm %d", (dimension, norm) => {
    const [servers, taskTypes, meanDegree] = [3000, 3000, 20];
    const graph = geometricGraph(
      { servers, taskTypes, dimension, norm, radius: radiusFor(meanDegree, servers, dimension, norm) },
      random(dimension),
    );
    const { typeDegrees } = graphProperties(graph, 0.8);
    // Pairs of positions are uncorrelated: the edges have the variance of a binomial number. Six standard errors.
    expect(Math.abs(typeDegrees.mean - meanDegree)).toBeLessThan(6 * Math.sqrt(meanDegree / taskTypes));
  });

  it("refuse a radius around the torus and a degree that no radius gives", () => {
    const options = { servers: 10, taskTypes: 10, dimension: 2, norm: 2, radius: 0.6 };
    expect(() => geometricGraph(options, random(1))).toThrow("radius 0.6");
    expect(() => radiusFor(9, 10, 2, 2)).toThrow("at most 7");
    // A square of side 1/2 around every one of 10^5 positions holds a quarter of 10^10 pairs.
    const large = { servers: 1e5, taskTypes: 1e5, dimension: 2, norm: Number.POSITIVE_INFINITY, radius: 0.25 };
    expect(() => geometricGraph(large, random(1))).toThrow("a graph of about 2500000000 edges is too large");
  });
});

describe("random regular graphs", () => {
  it("have the degree asked for on both sides, and phi 0", () => {
    const graph = regularGraph(40, 60, 4, random(1));
    expect(new Set(graph.serversOf.degrees)).toEqual(new Set([4]));
    expect(new Set(graph.typesOf.degrees)).toEqual(new Set([6]));
    expect(graphProperties(graph, 0.8).phi).toBeCloseTo(0, 12);
    expect(graphProperties(graph, 0.8).gamma).toBeCloseTo(1 / 4, 12);
  });

  it("pair half-edges uniformly: a given edge is there with probability degree^2 / edges", () => {
    const graphs = 4000;
    const hits = Array.from({ length: graphs }, (_, seed) => {
      const graph = regularGraph(6, 6, 2, random(seed));
      return neighboursOf(graph.serversOf, 2).filter((server) => server === 5).length;
    }).reduce((sum, count) => sum + count, 0);
    const [mean, secondMoment] = [4 / 12, 4 / 12 + (2 * 1 * 2 * 1) / (12 * 11)];
    expect(Math.abs(hits / graphs - mean)).toBeLessThan(5 * Math.sqrt((secondMoment - mean ** 2) / graphs));
  });

  it("refuse half-edges that cannot be paired", () => {
    expect(() => regularGraph(4, 6, 3, random(1))).toThrow("4.50");
    expect(() => regularGraph(4, 4, 5, random(1))).toThrow("at most 4");
  });
});

describe("bipartite Erdos-Renyi graphs", () => {
  it("have each edge with the same probability, also the first and the last one", () => {
    const [servers, graphs] = [8, 4000];
    const counts = new Float64Array(servers);
    for (let seed = 0; seed < graphs; seed++) {
      for (const server of neighboursOf(erdosRenyiGraph(servers, 2, 2, random(seed)).serversOf, 1)) counts[server]++;
    }
    for (const count of counts)
      expect(Math.abs(count / graphs - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / graphs));
  });

  it("are complete at the greatest mean degree, and refuse a greater one", () => {
    expect(edgesByType(erdosRenyiGraph(5, 4, 5, random(1)))).toEqual(edgesByType(completeGraph(5, 4)));
    expect(() => erdosRenyiGraph(5, 4, 5.1, random(1))).toThrow(UserError);
  });
});

describe("grids without borders", () => {
  it("have a type between every two servers next to each other", () => {
    expect(edgesByType(torusGraph(4, 1))).toEqual(["0-0", "1-0", "1-1", "2-1", "2-2", "3-2", "3-3", "0-3"].sort());
    const graph = torusGraph(9, 2);
    expect(graph.taskTypes).toBe(18);
    expect(new Set(graph.typesOf.degrees)).toEqual(new Set([4]));
    // Server 8 is in the last row and column: its neighbours are 7, 6, 5 and 2.
    const beside = Array.from(neighboursOf(graph.typesOf, 8), (type) =>
      neighboursOf(graph.serversOf, type).find((server) => server !== 8),
    );
    expect(beside.sort()).toEqual([2, 5, 6, 7]);
  });

  it("refuse servers that fill no grid, naming a number that does", () => {
    expect(() => torusGraph(10, 2)).toThrow("e.g. 9");
    expect(() => torusGraph(2, 1)).toThrow("e.g. 3");
    expect(() => torusGraph(1e8, 1)).toThrow("a grid of 100000000 servers has more than 100000000 edges");
  });
});

describe("a list of edges", () => {
  it("is read with or without a header, comments and empty lines, in any order", () => {
    const expected = ["0-0", "1-0", "1-1"];
    for (const text of ["0,0\n1,0\n1,1", "server,type\r\n1, 1\r\n\r\n1,0\r\n0,0\r\n", "# mine\n1 1\n0 0\n1\t0\n"]) {
      expect(edgesByType(readEdgeList(text, 2, 2))).toEqual(expected);
    }
  });

  it("gives back any graph written to it", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const edges = [...new Set(edgesByType(graph))].sort();
        const text = edges.map((edge) => edge.replace("-", ",")).join("\n");
        expect(edgesByType(readEdgeList(text, graph.servers, graph.taskTypes))).toEqual(edges);
      }),
    );
  });

  it.each([
    ["0,0\n1,x", "line 2", '"1,x"'],
    ["0,0\n\n-1,0", "line 3", '"-1,0"'],
    ["0,0,1", "line 1", '"0,0,1"'],
    ["0,0\n2,1", "line 2", "server 2"],
    ["server,type\n0,0\n1,7", "line 3", "task type 7"],
    ["0,0\n1,1\n0,0", "line 3", "line 1"],
  ])("%j is refused, naming %s and %s", (text, line, what) => {
    const reading = () => readEdgeList(text, 2, 2);
    expect(reading).toThrow(UserError);
    expect(reading).toThrow(line);
    expect(reading).toThrow(what);
  });
});

describe("a family of graphs", () => {
  it.each([
    ["ladder", "use one of complete | regular:DEGREE"],
    ["regular:2.5", 'graph "regular:2.5": degree = 2.5: must be a whole number >= 1'],
    ["torus:", 'graph "torus:": dimension = : must be a whole number >= 1'],
    ["erdos-renyi:0", 'graph "erdos-renyi:0": meanDegree = 0: must be a number > 0'],
    ["geometric:radius=far", 'graph "geometric:radius=far": meanDegree = radius=far: must be a number > 0'],
    ["geometric:4,2,0.5", "norm = 0.5: must be at least 1, or infinity"],
    ["geometric:4,2,2,1", '"4,2,2,1" has more values than there are options'],
  ])("written %s is refused, naming what there is", (text, message) => {
    expect(() => parseGraphFamily(text)).toThrow(UserError);
    expect(() => parseGraphFamily(text)).toThrow(message);
  });

  it("decides how many task types there are where it must: as many as a grid has edges", () => {
    expect(parseGraphFamily("ring").taskTypesFor?.(9)).toBe(9);
    expect(parseGraphFamily("torus:2").taskTypesFor?.(9)).toBe(18);
    expect(parseGraphFamily("regular:3").taskTypesFor).toBeUndefined();
  });
});

describe("large graphs", () => {
  // The bound of 1 GB on N = 10^5 and mean degree 316 is checked by its parts: two lists of edges of four bytes each.
  it("take eight bytes per edge and two lists of vertices", () => {
    const graph: CompatibilityGraph = geometricGraph(
      { servers: 20_000, taskTypes: 20_000, dimension: 2, norm: 2, radius: radiusFor(141, 20_000, 2, 2) },
      random(1),
    );
    const { edges } = graphProperties(graph, 0.8);
    const bytes = [graph.serversOf, graph.typesOf]
      .flatMap(({ starts, degrees, members }) => [starts, degrees, members])
      .reduce((sum, array) => sum + array.byteLength, 0);
    expect(bytes).toBe(8 * edges + 4 * 4 * 20_000);
  });
});

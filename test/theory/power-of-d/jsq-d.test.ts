import { describe, expect, it } from "vitest";
import { completeGraph } from "../../../model/graphs/complete.js";
import { readEdgeList } from "../../../model/graphs/edge-list.js";
import { geometricGraph, radiusFor } from "../../../model/graphs/geometric.js";
import { torusGraph } from "../../../model/graphs/lattice.js";
import { regularGraph } from "../../../model/graphs/regular.js";
import { randomStream } from "../../../model/random.js";
import { SpatialChain, type SpatialChainOptions } from "../../../simulator/spatial-chain.js";
import { distinctDraws } from "../../../theory/power-of-d/distinct-draws.js";
import { independentQueues } from "../../../theory/power-of-d/independent-queues.js";
import { independentRegularQueues } from "../../../theory/power-of-d/independent-regular-queues.js";
import { JsqDTrajectory, jsqDFixedPoint, jsqDSojournTail, meanOfTail } from "../../../theory/power-of-d/mean-field.js";
import { pairApproximation } from "../../../theory/power-of-d/pair-approximation.js";
import { jsqDRefinement } from "../../../theory/power-of-d/refined-mean-field.js";
import { jsqDTailBounds } from "../../../theory/power-of-d/tail-bounds.js";
import { expectMean } from "../../support/batch-mean.js";

const graphSeed = randomStream("1", "graph");

/** Means over stretches of a run after a warm-up, of the queue and of the tail at a level; of JSQ(2) unless told otherwise. */
function simulated(options: Omit<SpatialChainOptions, "choices" | "seed"> & { choices?: number }, time: number) {
  const chain = new SpatialChain({ choices: 2, seed: "1", ...options });
  chain.runUntil(100);
  return Array.from({ length: 25 }, () => {
    chain.restartStatistics();
    chain.runUntil(chain.now + time / 25);
    return chain.statistics();
  });
}

describe("the fixed point and the differential equations of JSQ(d)", () => {
  it("are lambda^((d^i - 1) / (d - 1)), and lambda^i for one choice", () => {
    for (const [arrivalRate, choices] of [
      [0.8, 2],
      [0.95, 3],
    ]) {
      for (const [level, fraction] of jsqDFixedPoint(arrivalRate, choices).entries()) {
        expect(fraction).toBeCloseTo(arrivalRate ** ((choices ** level - 1) / (choices - 1)), 12);
      }
    }
    expect(jsqDFixedPoint(0.5, 1)[10]).toBeCloseTo(2 ** -10, 14);
  });

  it("have sojourn times whose mean is Little's, and which for one choice are those of M/M/1", () => {
    for (const [arrivalRate, choices] of [
      [0.7, 1],
      [0.8, 2],
      [0.95, 3],
    ]) {
      const tail = jsqDSojournTail(arrivalRate, choices);
      // Simpson's rule, to far beyond where the tail is noticeable.
      const step = 0.01;
      let mean = 0;
      for (let time = 0; time < 100; time += 2 * step)
        mean += (step / 3) * (tail(time) + 4 * tail(time + step) + tail(time + 2 * step));
      expect(mean).toBeCloseTo(meanOfTail(jsqDFixedPoint(arrivalRate, choices)) / arrivalRate, 7);
      if (choices > 1) continue;
      for (const time of [0, 1, 5, 20]) expect(tail(time)).toBeCloseTo(Math.exp(-(1 - arrivalRate) * time), 12);
    }
  });

  it("lead from any start to the fixed point and stay there, (3.5)", () => {
    const fixedPoint = jsqDFixedPoint(0.8, 2);
    for (const start of [[1], [1, 1, 1, 1], fixedPoint]) {
      const trajectory = new JsqDTrajectory(0.8, 2, start);
      const end = trajectory.at(150);
      for (const [level, fraction] of fixedPoint.entries()) expect(end[level]).toBeCloseTo(fraction, 7);
    }
    expect(meanOfTail(new JsqDTrajectory(0.8, 2, fixedPoint).at(1))).toBeCloseTo(meanOfTail(fixedPoint), 9);
  });

  it("are Euler's solution in small steps", () => {
    const state = new Float64Array(12);
    const step = 1e-4;
    for (let time = 0; time < 3 - step / 2; time += step) {
      const before = state.slice();
      for (let k = 0; k < 11; k++) {
        const below = k === 0 ? 1 : before[k - 1];
        state[k] += step * (0.8 * (below ** 2 - before[k] ** 2) - (before[k] - before[k + 1]));
      }
    }
    const found = new JsqDTrajectory(0.8, 2, [1]).at(3);
    // Euler's error over three units of time is of the order of the step.
    for (let level = 1; level < 8; level++) expect(Math.abs(found[level] - state[level - 1])).toBeLessThan(3 * step);
  });

  it("conserve the flow: the busy fraction grows by lambda less itself and less what waits", () => {
    const trajectory = new JsqDTrajectory(0.6, 2, [1]);
    const [first, second] = [meanOfTail(trajectory.at(1)), meanOfTail(trajectory.at(1.001))];
    expect((second - first) / 0.001).toBeCloseTo(0.6 - trajectory.at(1.001)[1], 3);
  });
});

describe("the refined mean-field approximation on a complete graph", () => {
  // Gast and Van Houdt (2017), worked out independently: mean queue 2.3527 + 3.9864 / N at lambda 0.9.
  it.each([
    [0.9, 10, 2.7513],
    [0.9, 20, 2.552],
    [0.9, 100, 2.3925],
    [0.9, 50, 2.4324],
    [0.7, 10, 1.215],
    [0.95, 10, 4.1017],
  ])("has the checked mean queue at lambda %d, N %d", (arrivalRate, servers, expected) => {
    const { fixedPoint, correction } = jsqDRefinement(arrivalRate, 2);
    const shift = correction.reduce((sum, value) => sum + value, 0);
    expect(meanOfTail(fixedPoint) + shift / servers).toBeCloseTo(expected, 4);
  });

  // Long independent simulations. What is left out is smaller than the next term of a geometric series, V^2 / (N^2 E[q]).
  it.each([
    [0.9, 10, 2.8003, 0.0015],
    [0.9, 50, 2.435, 0.0011],
    [0.7, 10, 1.2193, 0.0003],
    [0.95, 10, 4.2993, 0.005],
  ])("is within its stated error of long simulations at lambda %d, N %d", (arrivalRate, servers, expected, error) => {
    const { fixedPoint, correction } = jsqDRefinement(arrivalRate, 2);
    const [limit, shift] = [meanOfTail(fixedPoint), correction.reduce((sum, value) => sum + value, 0) / servers];
    expect(Math.abs(limit + shift - expected)).toBeLessThan(shift ** 2 / limit + error);
    expect(Math.abs(limit + shift - expected)).toBeLessThan(Math.abs(limit - expected) / 4);
  });

  it("needs no correction for one choice, nor for the busy fraction", () => {
    expect(jsqDRefinement(0.8, 1).correction.every((value) => value === 0)).toBe(true);
    expect(jsqDRefinement(0.8, 2).correction[1]).toBeCloseTo(0, 8);
  });

  it("predicts the fluctuations over time", () => {
    const servers = 200;
    const chain = new SpatialChain({
      graph: completeGraph(servers, 1),
      arrivalRate: 0.8,
      choices: 2,
      replacement: true,
      seed: "1",
    });
    chain.runUntil(50);
    const { variance } = jsqDRefinement(0.8, 2);
    const looks = Array.from({ length: 6000 }, () => {
      chain.runUntil(chain.now + 5);
      return chain.occupancy();
    });
    for (const level of [1, 2, 3]) {
      const mean = looks.reduce((sum, occupancy) => sum + occupancy[level], 0) / looks.length;
      const squares = looks.map((occupancy) => servers * (occupancy[level] - mean) ** 2);
      const batched = Array.from({ length: 30 }, (_, batch) =>
        squares.slice(200 * batch, 200 * (batch + 1)).reduce((sum, value) => sum + value / 200, 0),
      );
      // Terms of order 1 / N: a few parts in 200 of the variance.
      expectMean(batched, variance[level], 0.2, (5 / servers) * variance[level]);
    }
  });
});

describe("the pair approximation", () => {
  // Worked out independently, at lambda 0.7.
  it.each([
    ["ring", 2, false, 1.2553],
    ["square grid", 4, false, 1.1804],
    ["ring with replacement", 2, true, 1.5408],
  ])("has the checked mean of the %s", (_, serverDegree, replacement, expected) => {
    const { tail } = pairApproximation({ arrivalRate: 0.7, typeDegree: 2, serverDegree, replacement });
    expect(meanOfTail(tail)).toBeCloseTo(expected, 4);
    expect(tail[1]).toBeCloseTo(0.7, 7);
  });

  it("tends to the fixed point as both degrees grow", () => {
    for (const replacement of [true, false]) {
      const { tail: found } = pairApproximation({
        arrivalRate: 0.8,
        typeDegree: 3000,
        serverDegree: 3000,
        replacement,
      });
      for (const [level, fraction] of jsqDFixedPoint(0.8, 2).entries())
        expect(Math.abs(found[level] - fraction)).toBeLessThan(1e-3);
    }
  });

  // Of what it corrects, the queues of independent servers, it leaves out less than a quarter.
  it.each([
    [3, 3, true],
    [3, 3, false],
    [3, 6, true],
    [5, 5, false],
    [2, 4, false],
  ])(
    "is near simulated random regular graphs: types of degree %d, servers of %d, replacement %s",
    (c, k, replacement) => {
      const servers = 3000;
      const graph = regularGraph(servers, (servers * k) / c, c, graphSeed);
      const mean = meanOfTail(
        pairApproximation({ arrivalRate: 0.8, typeDegree: c, serverDegree: k, replacement }).tail,
      );
      const independent = meanOfTail(independentQueues({ graph, arrivalRate: 0.8, choices: 2, replacement }) ?? []);
      const finite = jsqDRefinement(0.8, 2).correction.reduce((sum, value) => sum + value, 0) / servers;
      expectMean(
        simulated({ graph, arrivalRate: 0.8, replacement }, 600).map(({ meanQueueLength }) => meanQueueLength),
        mean,
        0.025,
        Math.abs(mean - independent) / 4 + finite,
      );
    },
  );
});

describe("independent queues", () => {
  it("are the fixed point on a complete graph of many servers, and on any graph drawn without replacement from equal queues", () => {
    for (const [level, fraction] of jsqDFixedPoint(0.7, 2).entries()) {
      const ring = independentQueues({ graph: torusGraph(20, 1), arrivalRate: 0.7, choices: 2, replacement: false });
      expect(ring?.[level] ?? 0).toBeCloseTo(fraction, 6);
    }
  });

  it("are exact for one choice: each server an M/M/1 queue with the load that random routing gives it", () => {
    const graph = readEdgeList("0,0\n1,0\n1,1\n2,2\n0,2", 3, 3);
    const tail = independentQueues({ graph, arrivalRate: 0.5, choices: 1, replacement: true });
    for (let level = 1; level < 6; level++) {
      expect(tail?.[level]).toBeCloseTo((0.5 ** level + 0.75 ** level + 0.25 ** level) / 3, 7);
    }
  });

  it("have no stationary state from lambda = 1 on", () => {
    const graph = completeGraph(4, 1);
    for (const [arrivalRate, isStationary] of [
      [0.9, true],
      [1, false],
      [1.2, false],
    ] as const) {
      const tail = independentQueues({ graph, arrivalRate, choices: 2, replacement: false });
      expect(tail !== undefined).toBe(isStationary);
    }
  });

  it("know most of what a geometric graph adds to the limit", () => {
    const [servers, meanDegree] = [1000, 58];
    const radius = radiusFor(meanDegree, servers, 2, 2);
    const graph = geometricGraph({ servers, taskTypes: servers, dimension: 2, norm: 2, radius }, graphSeed);
    const tail = independentQueues({ graph, arrivalRate: 0.8, choices: 2, replacement: true }) ?? [];
    // What is left out is less than if neighbourhoods were closed systems of their own.
    const apart = jsqDRefinement(0.8, 2).correction.reduce((sum, value) => sum + value, 0) / meanDegree;
    const found = simulated({ graph, arrivalRate: 0.8, replacement: true }, 1200);
    expectMean(
      found.map(({ meanQueueLength }) => meanQueueLength),
      meanOfTail(tail),
      0.03,
      apart,
    );
    expect(meanOfTail(tail)).toBeGreaterThan(meanOfTail(jsqDFixedPoint(0.8, 2)) + 2 * apart);
  });

  it("have no stationary state where a server is overloaded", () => {
    const graph = readEdgeList("0,0\n0,1\n1,2", 3, 3);
    expect(independentQueues({ graph, arrivalRate: 0.8, choices: 2, replacement: true })).toBeUndefined();
  });
});

describe("the bounds of the tail", () => {
  it("are lambda / d_w^(d-1) and lambda on regular graphs, and hold in simulation", () => {
    const graph = regularGraph(300, 300, 3, graphSeed);
    const system = { graph, arrivalRate: 0.8, choices: 2, replacement: true };
    const { least, most } = jsqDTailBounds(system);
    expect(least).toBeCloseTo(0.8 / 3, 12);
    expect(most).toBeCloseTo(0.8, 12);
    const batches = simulated(system, 3000);
    for (let level = 1; level < 8; level++) {
      const average = batches.reduce((sum, { queueTail }) => sum + (queueTail[level] ?? 0) / batches.length, 0);
      // Equality at level 1, up to chance.
      expect(average).toBeLessThan(1.02 * most ** level);
      expect(average).toBeGreaterThan(0.98 * least ** level);
    }
    expect(jsqDTailBounds({ ...system, replacement: false }).least).toBe(0);
    expect(jsqDTailBounds({ ...system, graph: readEdgeList("0,0\n1,1", 2, 2), replacement: false }).least).toBe(0.8);
  });
});

describe("independent queues on a regular graph", () => {
  /** Every sequence of draws by itself. */
  function distinctOfAll(choices: number, degree: number): number[] {
    const counts = new Array<number>(Math.min(choices, degree) + 1).fill(0);
    for (let sequence = 0; sequence < degree ** choices; sequence++) {
      const drawn = new Set(Array.from({ length: choices }, (_, i) => Math.floor(sequence / degree ** i) % degree));
      counts[drawn.size] += 1 / degree ** choices;
    }
    return counts;
  }

  it("count the different servers that draws name", () => {
    for (const [choices, degree] of [
      [1, 1],
      [2, 3],
      [4, 3],
      [3, 5],
      [5, 4],
    ]) {
      const found = distinctDraws(choices, degree, true);
      for (const [number, probability] of distinctOfAll(choices, degree).entries())
        expect(found[number]).toBeCloseTo(probability, 12);
      expect(distinctDraws(choices, degree, false)).toEqual([...new Array(Math.min(choices, degree)).fill(0), 1]);
    }
  });

  it("are those of the graph itself for two choices, and the fixed point without replacement", () => {
    for (const replacement of [true, false]) {
      const graph = regularGraph(60, 60, 3, graphSeed);
      const expected = independentQueues({ graph, arrivalRate: 0.8, choices: 2, replacement }) ?? [];
      const system = { arrivalRate: 0.8, choices: 2, typeDegree: 3, replacement };
      for (const [level, fraction] of independentRegularQueues(system).entries())
        expect(fraction).toBeCloseTo(expected[level] ?? 0, 6);
    }
    const distinct = independentRegularQueues({ arrivalRate: 0.8, choices: 3, typeDegree: 4, replacement: false });
    for (const [level, fraction] of jsqDFixedPoint(0.8, 3).entries()) expect(distinct[level]).toBeCloseTo(fraction, 12);
  });

  // Off by less than if each neighbourhood were a closed system, which it is where servers have one type.
  it.each([
    [3, 3, 3, true],
    [3, 4, 4, false],
    [4, 3, 1, true],
  ])(
    "are near simulated graphs for more choices: %d of %d servers, of %d types, replacement %s",
    (d, c, k, replacement) => {
      const graph = regularGraph(3000, (3000 * k) / c, c, graphSeed);
      const tail = independentRegularQueues({ arrivalRate: 0.8, choices: d, typeDegree: c, replacement });
      const closed = jsqDRefinement(0.8, d).correction.reduce((sum, value) => sum + Math.abs(value), 0) / c;
      expectMean(
        simulated({ graph, arrivalRate: 0.8, choices: d, replacement }, 600).map(
          ({ meanQueueLength }) => meanQueueLength,
        ),
        meanOfTail(tail),
        0.05,
        closed,
      );
    },
  );
});

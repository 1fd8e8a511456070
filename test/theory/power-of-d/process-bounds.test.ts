import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { graphProperties } from "../../../model/graphs/properties.js";
import { regularGraph } from "../../../model/graphs/regular.js";
import { quickRandomStream } from "../../../model/random.js";
import { SpatialChain } from "../../../simulator/spatial-chain.js";
import { JsqDTrajectory, jsqDFixedPoint, meanOfTail } from "../../../theory/power-of-d/mean-field.js";
import {
  distanceOfStarts,
  distanceToLimit,
  mixingTime,
  timeNearLimit,
} from "../../../theory/power-of-d/process-bounds.js";

const loads = fc.double({ min: 0.05, max: 0.97, noNaN: true });
const choices = fc.integer({ min: 1, max: 6 });

describe("the bound of two starts in order (Rutten and Mukherjee 2023, Theorem 3.8)", () => {
  it("is rho/(1 - rho) or more at first, falls to 0, and falls below what its time is asked for then", () => {
    fc.assert(
      fc.property(loads, choices, (rho, d) => {
        const system = { rho, choices: d };
        expect(distanceOfStarts(system, 0)).toBeGreaterThanOrEqual((rho / (1 - rho)) * (1 - 1e-9));
        expect(distanceOfStarts(system, 100)).toBeLessThan(distanceOfStarts(system, 0));
        const time = mixingTime(system, 0.1 * distanceOfStarts(system, 0));
        expect(distanceOfStarts(system, time) / distanceOfStarts(system, 0)).toBeCloseTo(0.1, 6);
      }),
    );
  });

  it("holds of the complete graph with many servers, where the distance is that of (3.5) from its fixed point", () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 2, max: 4 }), (lambda, d) => {
        const course = new JsqDTrajectory(lambda, d, [1]);
        const stationary = meanOfTail(jsqDFixedPoint(lambda, d));
        for (const time of [0, 1, 5, 20])
          expect(stationary - meanOfTail(course.at(time))).toBeLessThan(
            distanceOfStarts({ rho: lambda, choices: d }, time),
          );
      }),
      { numRuns: 30 },
    );
  });

  it("says nothing of graphs whose rho(G) is 1 or more", () => {
    expect(distanceOfStarts({ rho: 1.1, choices: 2 }, 10)).toBe(Number.POSITIVE_INFINITY);
    expect(mixingTime({ rho: 1, choices: 2 }, 0.1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the bound of the distance to (3.5) from empty (Rutten and Mukherjee 2023, Theorem 3.10)", () => {
  it("is its right side, at d = 2, rho = 0.8, phi = 0.1, gamma = 0.01, t = 0.1", () => {
    const system = { arrivalRate: 0.8, choices: 2, rho: 0.8, phi: 0.1, gamma: 0.01 };
    // K = 3, c = 6 (2 (2.4 + 3)^2 + 1) = 355.92.
    const expected = 2 * 0.01 * 0.08 + 12 * Math.exp(3.5592) * (0.01 * 4 * 0.01 + 0.4 * 2.6 * 0.01);
    expect(distanceToLimit(system, 0.1)).toBeCloseTo(expected, 10);
    expect(distanceToLimit(system, timeNearLimit(system, 1))).toBeCloseTo(1, 6);
  });

  it("holds for a while of a regular graph that is simulated", () => {
    const [arrivalRate, servers, degree] = [0.8, 400, 100];
    const graph = regularGraph(servers, servers, degree, quickRandomStream("bounds", "graph"));
    const system = { ...graphProperties(graph, arrivalRate), arrivalRate, choices: 2 };
    const times = Array.from({ length: 21 }, (_, k) => k / 200);
    const course = new JsqDTrajectory(arrivalRate, 2, [1]);
    const limit = times.map((time) => course.at(time));
    let greatest = 0;
    for (let run = 0; run < 20; run++) {
      const chain = new SpatialChain({ graph, arrivalRate, choices: 2, replacement: true, seed: `bounds-${run}` });
      const squares = times.map((time, k) => {
        chain.runUntil(time);
        const occupancy = chain.occupancy();
        return limit[k].reduce((sum, q, i) => sum + (q - (occupancy[i] ?? 0)) ** 2, 0);
      });
      greatest += Math.max(...squares) / 20;
    }
    const bound = distanceToLimit(system, 0.1);
    expect(bound).toBeLessThan(20);
    expect(greatest).toBeGreaterThan(0);
    expect(greatest).toBeLessThan(bound);
    expect(distanceToLimit(system, 20)).toBe(Number.POSITIVE_INFINITY);
  });
});

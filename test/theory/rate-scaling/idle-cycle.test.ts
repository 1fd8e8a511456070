import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { average, type CycleFunction, poissonSolution, product } from "../../../theory/rate-scaling/idle-cycle.js";

const coefficients = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 4 });
const functions = fc.record({ idle: coefficients, busy: coefficients });
const cycles = fc.record({
  hitRate: fc.double({ min: 0.2, max: 4, noNaN: true }),
  serviceRate: fc.double({ min: 0.2, max: 4, noNaN: true }),
});
const at = (polynomial: readonly number[], x: number) => polynomial.reduceRight((sum, c) => c + sum * x, 0);
const idleTime: CycleFunction = { idle: [0, 1], busy: [0, 1] };

describe("a server's idle cycle at fixed rates", () => {
  it("has E[I] = 1/r, whatever its own rate (Theorem 2.9)", () => {
    fc.assert(
      fc.property(cycles, (cycle) => {
        expect(average(cycle, idleTime)).toBeCloseTo(1 / cycle.hitRate, 12);
      }),
    );
  });

  it("solves the Poisson equation: generator of u = average(f) - f in every state", () => {
    fc.assert(
      fc.property(cycles, functions, fc.double({ min: 0, max: 3, noNaN: true }), (cycle, f, x) => {
        const u = poissonSolution(cycle, f);
        const mean = average(cycle, f);
        const slope = u.idle.slice(1).map((c, k) => (k + 1) * c);
        const whileIdle = at(slope, x) + cycle.hitRate * (at(u.busy, x) - at(u.idle, x));
        const whileBusy = cycle.serviceRate * (u.idle[0] - at(u.busy, x));
        const scale = 1 + Math.abs(whileIdle) + Math.max(...u.idle.map(Math.abs)) * 100;
        expect(Math.abs(whileIdle - (mean - at(f.idle, x))) / scale).toBeLessThan(1e-12);
        expect(Math.abs(whileBusy - (mean - at(f.busy, x))) / scale).toBeLessThan(1e-12);
      }),
    );
  });

  it("gives the noise of the idle time in its closed form 2 lambda a^2 (a^2 + a b + b^2)", () => {
    fc.assert(
      fc.property(cycles, (cycle) => {
        const a = 1 / cycle.hitRate;
        const b = 1 / cycle.serviceRate;
        const centred = { idle: [-a, 1], busy: [-a, 1] };
        const noise = 2 * average(cycle, product(centred, poissonSolution(cycle, idleTime)));
        expect(noise / ((2 * a * a * (a * a + a * b + b * b)) / (a + b))).toBeCloseTo(1, 11);
      }),
    );
  });
});

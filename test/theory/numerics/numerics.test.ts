import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdaptiveIntegrator } from "../../../theory/numerics/adaptive-integrator.js";
import { increasingRoot } from "../../../theory/numerics/increasing-root.js";
import { solveTridiagonal } from "../../../theory/numerics/tridiagonal.js";
import { denseSolve } from "../../support/dense-solve.js";

describe("solveTridiagonal", () => {
  it("agrees with dense elimination", () => {
    const entry = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry, entry), { minLength: 1, maxLength: 12 }), (rows) => {
        const n = rows.length;
        const below = Float64Array.from(rows, ([b]) => b);
        const above = Float64Array.from(rows, ([, a]) => a);
        const diagonal = new Float64Array(n).fill(2.5);
        const right = rows.map(([, , r]) => r);
        const dense = rows.map((_, i) =>
          rows.map((__, j) => (i === j ? diagonal[i] : j === i - 1 ? below[i] : j === i + 1 ? above[i] : 0)),
        );
        const expected = denseSolve(dense, right);
        solveTridiagonal({ below, diagonal, above }, right).forEach((x, i) => {
          expect(x).toBeCloseTo(expected[i], 12);
        });
      }),
    );
  });
});

describe("increasingRoot", () => {
  it("finds roots of any size from any guess", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        (e, f) => {
          const root = Math.exp(e);
          expect(increasingRoot((x) => x ** 3 / root ** 3 - root / x, Math.exp(f))! / root).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it("says so when there is none", () => {
    expect(increasingRoot(() => -1, 1)).toBeUndefined();
    expect(increasingRoot(() => 1, 1)).toBeUndefined();
  });
});

describe("AdaptiveIntegrator", () => {
  it("follows y' = 1 - y, z' = 1/z^2 to 8 digits", () => {
    const integrator = new AdaptiveIntegrator(
      ([y, z], into) => {
        into[0] = 1 - y;
        into[1] = 1 / z ** 2;
      },
      Float64Array.of(3, 1e-5),
      1e-10,
    );
    integrator.advanceTo(2);
    expect(integrator.state[0]).toBeCloseTo(1 + 2 * Math.exp(-2), 8);
    expect(integrator.state[1]).toBeCloseTo(6 ** (1 / 3), 8);
  });

  it("steps back from where the equation has no value: a vessel that runs empty, y' = -sqrt(y) (Torricelli)", () => {
    const vessel = new AdaptiveIntegrator(
      ([y], into) => {
        into[0] = -Math.sqrt(y);
      },
      Float64Array.of(1),
      1e-10,
    );
    for (const time of [1.99, 1.9999]) {
      vessel.advanceTo(time);
      expect(vessel.state[0] / (1 - time / 2) ** 2).toBeCloseTo(1, 5);
    }
  });
});

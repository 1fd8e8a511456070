import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoordinateRanking } from "../../../model/coordinate-ranking.js";
import { linear, logShare, parseUtility, quadratic, type Utility } from "../../../model/utility-functions.js";
import { poissonLaw } from "../../../theory/queues/poisson.js";
import { conservativeUtility, greedyUtility, suboptimalLoads } from "../../../theory/utility/greedy-suboptimality.js";
import {
  meanOptimalUtility,
  optimalAssignment,
  optimalOccupancy,
  optimalUtility,
} from "../../../theory/utility/optimal-assignment.js";
import { poissonPoolOccupancy, poissonPoolUtility } from "../../../theory/utility/poisson-pools.js";
import { ranksBetter } from "../../support/ranks-better.js";

const tableOne = { utilities: [logShare(20), logShare(30)], fractions: [0.5, 0.5] };
const anyUtility: fc.Arbitrary<Utility> = fc.oneof(
  fc.double({ min: 1, max: 50, noNaN: true }).map(logShare),
  fc.integer({ min: -3, max: 3 }).map(linear),
  fc.tuple(fc.integer({ min: -2, max: 5 }), fc.integer({ min: 0, max: 3 })).map(([a, b]) => quadratic(a, b, 1e9)),
);

describe("the ranking of coordinates, Goldsztajn, Borst and van Leeuwaarden (2023), section 2.3", () => {
  it("enumerates them in the order of the definition", () => {
    fc.assert(
      fc.property(fc.array(anyUtility, { minLength: 1, maxLength: 4 }), (utilities) => {
        const ranking = new CoordinateRanking(utilities);
        const ranked = Array.from({ length: 40 }, (_, k): [number, number] => [
          ranking.classAt(k + 1),
          ranking.levelAt(k + 1),
        ]);
        // The oracle sorts all coordinates of up to 40 tasks, of which the best 40 cannot go beyond.
        const all = utilities.flatMap((_, i) => Array.from({ length: 40 }, (_, j): [number, number] => [i, j + 1]));
        all.sort((a, b) => (ranksBetter(utilities, a, b) ? -1 : 1));
        expect(ranked).toEqual(all.slice(0, 40));
      }),
    );
  });

  it("breaks ties by dictionary order", () => {
    const ranking = new CoordinateRanking([linear(1), parseUtility("piecewise-linear:2@1,1")]);
    expect([1, 2, 3].map((rank) => [ranking.classAt(rank), ranking.levelAt(rank)])).toEqual([
      [1, 1],
      [0, 1],
      [0, 2],
    ]);
  });
});

describe("the optimal assignment, (4) and (5)", () => {
  it("is that of section 3.4.1 for rho = 9.75: 8 tasks in class 1, 11 and 12 in equal parts of class 2", () => {
    const found = optimalAssignment(tableOne, 9.75);
    expect(found.fullLevels).toEqual([8, 11]);
    expect([found.partialClass, found.partialLevel, found.partialFraction]).toEqual([1, 12, 0.25]);
    expect(found.integral).toBe(false);
  });

  it("is that of section 3.4.1 for rho = 10: 8 tasks in class 1 and 12 in class 2", () => {
    const found = optimalAssignment(tableOne, 10);
    expect(found.fullLevels).toEqual([8, 12]);
    expect([found.partialFraction, found.integral, found.rank]).toEqual([0, true, 21]);
  });

  it("has the upper bounds of Table 1, to the six digits of an independent computation", () => {
    expect(optimalUtility(tableOne, 9.75)).toBeCloseTo(9.173116, 6);
    expect(optimalUtility(tableOne, 10)).toBeCloseTo(9.162907, 6);
  });

  it("fills the classes of Figure 3, right, in the order that section 2.3.1 describes", () => {
    const classes = {
      utilities: [linear(1), quadratic(2, 1 / 20, Number.POSITIVE_INFINITY), parseUtility("piecewise-linear:1.5@20,0")],
      fractions: [0.5, 0.25, 0.25],
    };
    const tasks = (load: number): number[] => {
      const assignment = optimalAssignment(classes, load);
      return classes.fractions.map((fraction, i) =>
        Array.from({ length: 60 }, (_, j) => optimalOccupancy(classes, assignment, i, j + 1) / fraction).reduce(
          (sum, part) => sum + part,
        ),
      );
    };
    // Only class 2 grows up to 1.25, only class 3 up to 6.25, only class 1 beyond 7.5.
    expect(tasks(1.25)).toEqual([0, 5, 0]);
    expect(tasks(6.25)).toEqual([0, 5, 20]);
    expect(tasks(7.5)).toEqual([0, 10, 20]);
    expect(tasks(10)).toEqual([5, 10, 20]);
  });

  it("uses up the load, and no exchange of tasks between two coordinates is better", () => {
    fc.assert(
      fc.property(
        fc.array(anyUtility, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (utilities, load) => {
          const fractions = utilities.map(() => 1 / utilities.length);
          const classes = { utilities, fractions };
          const found = optimalAssignment(classes, load);
          const levels = Array.from({ length: 60 }, (_, j) => j + 1);
          const coordinates = utilities.flatMap((_, i) => levels.map((j) => ({ i, j })));
          const occupied = coordinates.map(({ i, j }) => optimalOccupancy(classes, found, i, j));
          expect(occupied.reduce((sum, part) => sum + part, 0)).toBeCloseTo(load, 6);
          const marginals = coordinates.map(({ i, j }) => utilities[i].marginal(j - 1));
          const worstUsed = Math.min(...marginals.filter((_, k) => occupied[k] > 0));
          const bestLeft = Math.max(...marginals.filter((_, k) => occupied[k] < fractions[coordinates[k].i] - 1e-6));
          expect(worstUsed).toBeGreaterThanOrEqual(bestLeft);
        },
      ),
    );
  });

  it.each([
    [[0.5, 0.6], /sum to 1\.1/],
    [[1], /1 fractions for 2 utilities/],
    [[1, 0], /must be > 0/],
  ])("refuses the fractions %j", (fractions, message) =>
    expect(() => optimalUtility({ ...tableOne, fractions }, 1)).toThrow(message),
  );
});

describe("the bound E[u*(S/n)], S Poisson", () => {
  it("has the values of an independent computation for n = 100", () => {
    expect(meanOptimalUtility(tableOne, 100, 10)).toBeCloseTo(9.152054, 6);
    expect(meanOptimalUtility(tableOne, 100, 9.75)).toBeCloseTo(9.169055, 6);
  });

  it("rises with n towards u*(rho), which it never exceeds", () => {
    const bounds = [5, 50, 500, 5000].map((pools) => meanOptimalUtility(tableOne, pools, 10));
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    expect(bounds[3]).toBeLessThan(optimalUtility(tableOne, 10));
  });

  it("comes from a Poisson law: probabilities, mean and variance", () => {
    for (const mean of [0.2, 3, 950]) {
      const { from, probabilities } = poissonLaw(mean);
      const moment = (power: number): number =>
        probabilities.reduce((sum, probability, k) => sum + probability * (from + k) ** power, 0);
      expect(moment(1)).toBeCloseTo(mean, 9);
      expect(moment(2) / (mean * (mean + 1))).toBeCloseTo(1, 12);
      if (mean < 100) expect(probabilities[0]).toBeCloseTo(Math.exp(-mean), 14);
    }
  });
});

describe("pools that are sent tasks at random", () => {
  const classes = {
    utilities: [linear(2), logShare(5), quadratic(3, 1, Number.POSITIVE_INFINITY)],
    fractions: [0.5, 0.25, 0.25],
  };

  it("have Poisson tasks: the mean of a linear utility, and of a quadratic one by the variance", () => {
    const ofOne = (utility: Utility, load: number) =>
      poissonPoolUtility({ utilities: [utility], fractions: [1] }, [load]);
    for (const load of [0, 0.3, 7]) {
      expect(ofOne(linear(2), load)).toBeCloseTo(2 * load, 9);
      // E[3 S - S^2], where E[S^2] = load + load^2.
      expect(ofOne(quadratic(3, 1, Number.POSITIVE_INFINITY), load)).toBeCloseTo(3 * load - (load + load ** 2), 9);
    }
  });

  it("have tails that sum to their loads, and none where no task is sent", () => {
    const loads = [0, 4, 0.5];
    for (const [i, load] of loads.entries()) {
      let sum = 0;
      for (let j = 1; j < 60; j++) sum += poissonPoolOccupancy(classes, loads, i, j);
      expect(sum).toBeCloseTo(classes.fractions[i] * load, 9);
    }
  });
});

describe("the example of section 9.3", () => {
  it.each([0.01, 0.05, 0.1, 0.12, 0.2, 0.4])(
    "has loads at which JLMU is worse, to their very ends: epsilon %f",
    (epsilon) => {
      const { upTo, shown } = suboptimalLoads(epsilon);
      const worse = (load: number): boolean => greedyUtility(epsilon, load) < conservativeUtility(load);
      expect([0.01, 0.5, 0.999].map((part) => worse(part * upTo))).toEqual([true, true, true]);
      expect([1.001, 2, 10].map((part) => worse(part * upTo))).toEqual([false, false, false]);
      // The bound of the paper shows some of them, if any: epsilon rho + rho/(rho + 1) < 1 - exp(-rho).
      expect(shown === undefined).toBe(epsilon > 0.135);
      if (shown === undefined) return;
      expect(shown.from).toBeGreaterThan(0);
      expect(shown.to).toBeLessThan(upTo);
      for (const end of [shown.from, shown.to])
        expect(epsilon * end + end / (end + 1)).toBeCloseTo(1 - Math.exp(-end), 9);
    },
  );

  it("has none where a task in pool one is worth half of one in pool two", () => {
    expect(suboptimalLoads(0.5)).toEqual({ upTo: 0, shown: undefined });
  });

  /** The paper's sufficient condition that JLMU loses. */
  const greedyLosesByPaper = (epsilon: number, load: number): boolean =>
    epsilon * load + load / (1 + load) < -Math.expm1(-load);

  it("has JLMU lose wherever the paper's sufficient condition says so", () => {
    for (const epsilon of [0.01, 0.05, 0.1]) {
      for (let load = 0.05; load < 10; load += 0.05) {
        if (greedyLosesByPaper(epsilon, load)) {
          expect(greedyUtility(epsilon, load)).toBeLessThan(conservativeUtility(load));
        }
      }
    }
    // The paper's condition holds in an interval that starts above 0, and for large loads JLMU wins.
    expect([0.01, 1, 10].map((load) => greedyLosesByPaper(0.05, load))).toEqual([false, true, false]);
    expect(greedyUtility(0.05, 10)).toBeGreaterThan(conservativeUtility(10));
  });
});

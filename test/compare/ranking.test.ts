import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Contender, perComparison, rank, replicationsToDecide } from "../../compare/ranking.js";
import { randomStream } from "../../model/random.js";
import { gaussian } from "../support/gaussian.js";

const RULE = { within: 0.05, floor: 0, sequence: { bestAt: 40, missing: 0.001 } };

function contender(values: readonly number[]): Contender {
  return { pooled: values.reduce((sum, value) => sum + value, 0) / values.length, values };
}

/** Values around these means, which have most of their noise in common. */
function field(means: readonly number[], count: number, seed: string, common = 1, own = 0.05): Contender[] {
  const random = randomStream(seed, "field");
  const shared = Array.from({ length: count }, () => common * gaussian(random));
  return means.map((mean) => contender(shared.map((noise) => mean + noise + own * gaussian(random))));
}

describe("the ranking of contenders", () => {
  it("eliminates what is certainly worse on the same jobs, far sooner than absolute values would tell", () => {
    const { leader, eliminated, isDecided } = rank(field([10, 10.6, 12], 30, "worse"), RULE);
    expect({ leader, eliminated, isDecided }).toEqual({ leader: 0, eliminated: [1, 2], isDecided: true });
    // With the same noise of its own to each, nothing is known.
    expect(rank(field([10, 10.6, 12], 30, "worse", 0, 3), RULE)).toMatchObject({ eliminated: [], isDecided: false });
  });

  it("finds that contenders cannot be told apart once they are certainly near", () => {
    const near = field([10, 10.001], 40, "near");
    expect(rank(near, RULE)).toMatchObject({ eliminated: [], isDecided: true });
    expect(rank(near, { ...RULE, within: 0.0005 })).toMatchObject({ eliminated: [], isDecided: false });
    expect(rank(near, { ...RULE, within: 0.0005, floor: 0.5 })).toMatchObject({ eliminated: [], isDecided: true });
  });

  it("never eliminates the leader, whatever the values", () => {
    const values = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), (all) => {
        const contenders = all.map(contender);
        const { leader, eliminated } = rank(contenders, RULE);
        expect(eliminated).not.toContain(leader);
        for (const { pooled } of contenders) expect(pooled).toBeGreaterThanOrEqual(contenders[leader].pooled);
      }),
    );
  });

  it("selects wrongly no more often than it may, however often it looks", () => {
    // The worst case: all others are worse by as much as matters. Looks at 10, 12, 14, ... until it is decided.
    const trials = 400;
    const missing = 0.1;
    const rule = { within: 0.05, floor: 0, sequence: { bestAt: 40, missing: perComparison(missing, 1, 5) } };
    let wrong = 0;
    for (let trial = 0; trial < trials; trial++) {
      let left = field([10, 10.5, 10.5, 10.5, 10.5], 400, `trial ${trial}`, 1, 1).map(({ values }, number) => ({
        number,
        values,
      }));
      for (let count = 10; count <= 400; count += 2) {
        const seen = left.map(({ values }) => contender(values.slice(0, count)));
        const { eliminated, isDecided } = rank(seen, rule);
        left = left.filter((_, i) => !eliminated.includes(i));
        if (isDecided) break;
      }
      if (!left.some(({ number }) => number === 0)) wrong++;
    }
    expect(wrong).toBeLessThan(trials * missing + 5 * Math.sqrt(trials * missing * (1 - missing)));
  });

  it("expects as many replications as it takes", () => {
    const [one, other] = field([10, 10.2], 200, "expected", 1, 0.3);
    const expected = replicationsToDecide(one, other, RULE);
    const first = (count: number) => [one, other].map(({ values }) => contender(values.slice(0, count)));
    const took = Array.from({ length: 190 }, (_, i) => i + 10).find((count) => {
      const { eliminated, isDecided } = rank(first(count), RULE);
      return eliminated.length > 0 || isDecided;
    });
    expect(took).toBeGreaterThan(expected / 3);
    expect(took).toBeLessThan(expected * 3);
  });
});

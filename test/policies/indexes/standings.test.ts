import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PrefixSums } from "../../../model/prefix-sums.js";
import { ABOVE, AT, BELOW, type Standing } from "../../../model/standing.js";
import { Standings } from "../../../policies/indexes/standings.js";

const CLASSES = 3;
const standing = fc.constantFrom<Standing>(BELOW, AT, ABOVE);
const operation = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), server: fc.nat(11), standing }),
  fc.record({ kind: fc.constant("lower" as const), serverClass: fc.nat(CLASSES - 1), to: fc.nat(3) }),
  fc.record({ kind: fc.constant("leave" as const), server: fc.nat(11) }),
);

describe("Standings", () => {
  it("are those of a naive table, whatever happens to servers and thresholds", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
        const fast = new Standings();
        const naive = new Map<number, { readonly serverClass: number; standing: Standing }>();
        for (const step of operations) {
          if (step.kind === "lower") {
            for (const known of naive.values()) {
              if (known.serverClass !== step.serverClass) continue;
              if (known.standing === AT) known.standing = ABOVE;
              else if (known.standing === BELOW && step.to === 0) known.standing = AT;
            }
            fast.lower(step.serverClass, step.to);
          } else if (step.kind === "leave") {
            if (naive.delete(step.server)) fast.remove(step.server % CLASSES, step.server);
          } else {
            const serverClass = step.server % CLASSES;
            if (naive.has(step.server)) fast.set(serverClass, step.server, step.standing);
            else fast.add(serverClass, step.server, step.standing);
            naive.set(step.server, { serverClass, standing: step.standing });
          }
          expectSame(fast, naive);
        }
      }),
    );
  });
});

function expectSame(
  fast: Standings,
  naive: ReadonlyMap<number, { readonly serverClass: number; readonly standing: Standing }>,
): void {
  const those = (fits: (serverClass: number, standing: Standing) => boolean): number[] =>
    [...naive]
      .filter(([, known]) => fits(known.serverClass, known.standing))
      .map(([server]) => server)
      .sort();
  const drawn = (count: number, at: (index: number) => number): number[] =>
    Array.from({ length: count }, (_, index) => at(index)).sort();
  for (const [server, known] of naive) expect(fast.standing(known.serverClass, server)).toBe(known.standing);
  expect(fast.below).toBe(those((_, s) => s === BELOW).length);
  for (let c = 0; c < CLASSES; c++) {
    expect(fast.size(c)).toBe(those((other) => other === c).length);
    expect(drawn(fast.belowOf(c), (index) => fast.at(c, index))).toEqual(those((o, s) => o === c && s === BELOW));
    expect(drawn(fast.notAboveOf(c), (index) => fast.at(c, index))).toEqual(those((o, s) => o === c && s !== ABOVE));
    expect(drawn(fast.below - fast.belowOf(c), (index) => fast.belowExcept(c, index))).toEqual(
      those((o, s) => o !== c && s === BELOW),
    );
  }
}

describe("PrefixSums", () => {
  it("are the sums of the numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(70), fc.nat(9)), { maxLength: 60 }), (additions) => {
        const sums = new PrefixSums();
        const numbers = new Array<number>(72).fill(0);
        for (const [index, amount] of additions) {
          sums.add(index, amount);
          numbers[index] += amount;
        }
        const before = (index: number): number => numbers.slice(0, index).reduce((sum, amount) => sum + amount, 0);
        expect(sums.total).toBe(before(72));
        for (let index = 0; index < 72; index++) expect(sums.before(index)).toBe(before(index));
        for (let sum = 0; sum < sums.total; sum++) {
          const found = sums.find(sum);
          expect(before(found)).toBeLessThanOrEqual(sum);
          expect(before(found + 1)).toBeGreaterThan(sum);
        }
      }),
    );
  });
});

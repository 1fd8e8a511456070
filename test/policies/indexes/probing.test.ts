import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fleet } from "../../../policies/indexes/fleet.js";
import { HashRing } from "../../../policies/indexes/hash-ring.js";
import { ProbePool } from "../../../policies/indexes/probe-pool.js";
import { RecentQuantile } from "../../../policies/indexes/recent-quantile.js";

describe("a quantile of the latest", () => {
  it("is that of the sorted latest 128", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 400 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, level) => {
          const quantile = new RecentQuantile();
          for (const value of values) quantile.add(value);
          const latest = values.slice(-128).sort((a, b) => a - b);
          const naive = latest.find((value) => latest.filter((one) => one <= value).length >= level * latest.length);
          expect(quantile.at(level)).toBe(level === 0 ? 0 : (naive ?? 0));
        },
      ),
    );
  });

  it("takes numbers that are too large for the largest it knows", () => {
    const quantile = new RecentQuantile();
    quantile.add(5000);
    expect(quantile.at(1)).toBe(1023);
  });
});

interface Answer {
  readonly server: number;
  jobs: number;
  readonly latency: number;
  readonly at: number;
  uses: number;
}

/** From the first choice to the last. */
function ranked(answers: readonly Answer[], threshold: number): Answer[] {
  const hot = ({ jobs }: Answer): boolean => jobs > threshold;
  return answers.toSorted((a, b) => {
    if (hot(a) !== hot(b)) return hot(a) ? 1 : -1;
    return hot(a) ? a.jobs - b.jobs : a.latency - b.latency;
  });
}

describe("a pool of answers", () => {
  it("is a list of limited length, under any mix of answers, uses and removals", () => {
    const step = fc.record({
      what: fc.constantFrom("add", "add", "add", "use", "worst", "oldest", "expire", "leave"),
      number: fc.nat(9),
      latency: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const pool = new ProbePool(4);
        let naive: Answer[] = [];
        for (const [now, { what, number, latency }] of steps.entries()) {
          // Equal latencies or jobs would be told apart by age alone.
          if (what === "add") {
            pool.add(number, number, latency + now / 1000, now, 1 + (number % 3));
            naive = [
              ...naive,
              { server: number, jobs: number, latency: latency + now / 1000, at: now, uses: 1 + (number % 3) },
            ].slice(-4);
          } else if (what === "use" && naive.length > 0) {
            const [best] = ranked(naive, 4);
            expect(pool.use(pool.best(4))).toBe(best.server);
            best.jobs++;
            if (--best.uses === 0) naive = naive.filter((answer) => answer !== best);
          } else if (what === "worst" && naive.length > 0) {
            // The first among equals is removed, as it is older.
            const worst = ranked(naive.toReversed(), 4).at(-1);
            pool.removeWorst(4);
            naive = naive.filter((answer) => answer !== worst);
          } else if (what === "oldest") {
            pool.removeOldest();
            naive = naive.slice(1);
          } else if (what === "expire") {
            pool.expire(now - number);
            naive = naive.filter(({ at }) => at >= now - number);
          } else if (what === "leave") {
            pool.removed(number);
            naive = naive.filter(({ server }) => server !== number);
          }
          expect(pool.size).toBe(naive.length);
        }
      }),
    );
  });
});

describe("a hash ring", () => {
  const ringOf = (rates: readonly number[], points: number): HashRing => {
    const fleet = new Fleet();
    for (const rate of rates) fleet.join({ buffer: 1, rate });
    return new HashRing(fleet, points);
  };

  it("has as many points of a server as it is fast, and one at least", () => {
    for (const [rates, points] of [
      [[1, 2, 5], 8],
      [[1, 1, 1000], 4],
      [[3], 1],
    ] as const) {
      const ring = ringOf(rates, points);
      const meanRate = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      const counts = rates.map(() => 0);
      for (let point = 0; point < ring.size; point++) counts[ring.serverAt(point)]++;
      expect(counts).toEqual(rates.map((rate) => Math.max(1, Math.round((points * rate) / meanRate))));
    }
  });

  it("sends a key that changes its server when one joins to the one that joined, and each server some", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (servers, points) => {
        const [before, after] = [servers, servers + 1].map((count) => ringOf(new Array<number>(count).fill(1), points));
        const owners = Array.from({ length: 200 }, (_, key) => ({
          was: before.serverAt(before.pointOf(key)),
          is: after.serverAt(after.pointOf(key)),
        }));
        expect(owners.filter(({ was, is }) => was !== is && is !== servers)).toEqual([]);
      }),
    );
    const ring = ringOf([1, 1, 1], 100);
    const owned = Array.from({ length: 300 }, (_, key) => ring.serverAt(ring.pointOf(key)));
    for (const server of [0, 1, 2]) expect(owned.filter((owner) => owner === server).length).toBeGreaterThan(50);
  });
});

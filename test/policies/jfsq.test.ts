import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { QueuesByRate } from "../../policies/indexes/queues-by-rate.js";
import { ShortestByRate } from "../../policies/indexes/shortest-by-rate.js";
import { ANY_JOB, NO_SERVER } from "../../policies/policy.js";
import { chiSquareUniform } from "../support/chi-square.js";
import { fleetOf, leastBy, operations, perform } from "../support/fleet-operations.js";

/** Probability that a chi-square test below rejects the true law. */
const FALSE_ALARM = 1e-6;

/** The servers that may be chosen, by a scan of all. */
function naiveCandidates(fleet: Fleet): number[] {
  const tied = leastBy(fleet, (server) => fleet.queueLength(server));
  const fastest = Math.max(...tied.map((server) => fleet.rate(server)));
  return tied.filter((server) => fleet.rate(server) === fastest);
}

describe("jfsq", () => {
  it("knows the fastest of the shortest queues, by a scan of all, however servers come, work and go", () => {
    fc.assert(
      fc.property(operations, fc.string(), fc.integer({ min: 0, max: 9 }), (steps, seed, servers) => {
        const fleet = fleetOf(servers);
        const order = new ShortestByRate(fleet, (server) => fleet.rate(server));
        fleet.keep(order);
        const unordered = new QueuesByRate(fleet);
        fleet.keep(unordered);
        const policy = policyNamed("jfsq")(fleet, randomStream(seed, "policy"));
        const lowest = policyNamed("jfsq:lowest-number")(fleet, randomStream(seed, "policy"));
        for (const step of steps) {
          perform(fleet, step, () => policy.choose(ANY_JOB, 0));
          const naive = fleet.members.size === 0 ? [] : naiveCandidates(fleet);
          expect(Array.from({ length: order.candidates }, (_, i) => order.candidateAt(i))).toEqual(naive);
          const found = Array.from({ length: unordered.candidates }, (_, i) => unordered.candidateAt(i));
          expect(found.toSorted((a, b) => a - b)).toEqual(naive);
          expect(lowest.choose(ANY_JOB, 0)).toBe(naive[0] ?? NO_SERVER);
          const chosen = policy.choose(ANY_JOB, 0);
          if (naive.length === 0) expect(chosen).toBe(NO_SERVER);
          else expect(naive).toContain(chosen);
        }
      }),
    );
  });

  it("breaks ties among equally fast servers uniformly, or by their numbers if asked to", () => {
    const fleet = new Fleet();
    for (const rate of [2, 1, 2, 2, 3, 2]) fleet.join({ buffer: 5, rate });
    fleet.assigned(4);
    fleet.assigned(2);
    const count = (name: string): number[] => {
      const policy = policyNamed(name)(fleet, randomStream("1", "policy"));
      const counts = new Array<number>(6).fill(0);
      for (let job = 0; job < 6000; job++) counts[policy.choose(ANY_JOB, 0)]++;
      return counts;
    };
    const counts = count("jfsq");
    expect([counts[1], counts[2], counts[4]]).toEqual([0, 0, 0]);
    expect(chiSquareUniform([counts[0], counts[3], counts[5]], FALSE_ALARM)).toBeLessThan(1);
    expect(count("jfsq:lowest-number")).toEqual([6000, 0, 0, 0, 0, 0]);
    expect(count("jsq:lowest-number")).toEqual([6000, 0, 0, 0, 0, 0]);
  });

  it("refuses an unknown rule for ties", () => {
    for (const name of ["jfsq:first", "jsq:", "jsq:lowest-numbers"]) {
      const [policy] = name.split(":");
      expect(() => policyNamed(name)).toThrow(UserError);
      expect(() => policyNamed(name)).toThrow(
        `must be uniform or lowest-number; write ${policy}[:ties=uniform|lowest-number]`,
      );
    }
  });
});

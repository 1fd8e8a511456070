import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fleet } from "../../dispatcher/fleet.js";
import { policyNamed } from "../../dispatcher/policies/index.js";
import { NO_SERVER } from "../../dispatcher/policies/policy.js";
import { QueuesByRate } from "../../dispatcher/queues-by-rate.js";
import { ShortestByRate } from "../../dispatcher/shortest-by-rate.js";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { chiSquareUniform } from "../support/chi-square.js";

/** Probability that a chi-square test below rejects the true law. */
const FALSE_ALARM = 1e-6;

type Operation = { readonly kind: "join" | "leave" | "route" | "assign" | "end"; readonly pick: number };

const operations = fc.array(
  fc.record<Operation>({
    kind: fc.constantFrom("join", "leave", "route", "route", "route", "assign", "end", "end", "end"),
    pick: fc.nat(1000),
  }),
  { minLength: 50, maxLength: 250 },
);
const RATES = [0.3, 1, 1, 1.8, 0.5, 0.7, 1.3, 0.5, 2.1];

/** The servers that may be chosen, by a scan of all. */
function naiveCandidates(fleet: Fleet): number[] {
  const members = Array.from({ length: fleet.members.size }, (_, i) => fleet.members.at(i));
  const shortest = Math.min(...members.map((server) => fleet.queueLength(server)));
  const tied = members.filter((server) => fleet.queueLength(server) === shortest);
  const fastest = Math.max(...tied.map((server) => fleet.rate(server)));
  return tied.filter((server) => fleet.rate(server) === fastest).sort((a, b) => a - b);
}

function perform(fleet: Fleet, { kind, pick }: Operation, choose: () => number): void {
  const { members } = fleet;
  const any = members.size === 0 ? NO_SERVER : members.at(pick % members.size);
  if (kind === "join") fleet.join(Number.POSITIVE_INFINITY, RATES[pick % RATES.length]);
  else if (any === NO_SERVER) return;
  else if (kind === "leave" && members.size > 1) fleet.leave(any);
  else if (kind === "assign") fleet.assigned(any);
  else if (kind === "end" && fleet.queueLength(any) > 0) fleet.ended(any);
  else if (kind === "route") fleet.assigned(choose());
}

describe("jfsq", () => {
  it("knows the fastest of the shortest queues, by a scan of all, however servers come, work and go", () => {
    fc.assert(
      fc.property(operations, fc.string(), fc.integer({ min: 0, max: 9 }), (steps, seed, servers) => {
        const fleet = new Fleet();
        for (let i = 0; i < servers; i++) fleet.join(Number.POSITIVE_INFINITY, RATES[i % RATES.length]);
        const order = new ShortestByRate(fleet, (server) => fleet.rate(server));
        fleet.keep(order);
        const unordered = new QueuesByRate(fleet);
        fleet.keep(unordered);
        const policy = policyNamed("jfsq")(fleet, randomStream(seed, "policy"));
        const lowest = policyNamed("jfsq:lowest-number")(fleet, randomStream(seed, "policy"));
        for (const step of steps) {
          perform(fleet, step, () => policy.choose(0));
          const naive = fleet.members.size === 0 ? [] : naiveCandidates(fleet);
          expect(Array.from({ length: order.candidates }, (_, i) => order.candidateAt(i))).toEqual(naive);
          const found = Array.from({ length: unordered.candidates }, (_, i) => unordered.candidateAt(i));
          expect(found.toSorted((a, b) => a - b)).toEqual(naive);
          expect(lowest.choose(0)).toBe(naive[0] ?? NO_SERVER);
          const chosen = policy.choose(0);
          if (naive.length === 0) expect(chosen).toBe(NO_SERVER);
          else expect(naive).toContain(chosen);
        }
      }),
    );
  });

  it("breaks ties among equally fast servers uniformly, or by their numbers if asked to", () => {
    const fleet = new Fleet();
    for (const rate of [2, 1, 2, 2, 3, 2]) fleet.join(5, rate);
    fleet.assigned(4);
    fleet.assigned(2);
    const count = (name: string): number[] => {
      const policy = policyNamed(name)(fleet, randomStream("1", "policy"));
      const counts = new Array<number>(6).fill(0);
      for (let job = 0; job < 6000; job++) counts[policy.choose(0)]++;
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
      expect(() => policyNamed(name)).toThrow(
        new UserError(`policy "${name}": use ${policy}:uniform or ${policy}:lowest-number`),
      );
    }
  });
});

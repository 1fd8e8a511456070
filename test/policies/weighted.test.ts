import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { Fleet } from "../../policies/indexes/fleet.js";
import { LeastKey } from "../../policies/indexes/least-key.js";
import { ANY_JOB, NO_SERVER } from "../../policies/policy.js";
import { fleetOf, leastBy, membersOf, operations, perform } from "../support/fleet-operations.js";

const UNLIMITED = Number.POSITIVE_INFINITY;

function fleetWith(servers: readonly { readonly rate: number; readonly queue?: number }[]): Fleet {
  const fleet = new Fleet();
  for (const { rate, queue = 0 } of servers) {
    const server = fleet.join({ buffer: UNLIMITED, rate });
    for (let job = 0; job < queue; job++) fleet.assigned(server);
  }
  return fleet;
}

/** How often each server is chosen where nothing changes. */
function counts(name: string, fleet: Fleet, jobs: number): number[] {
  const policy = policyNamed(name)(fleet, randomStream(name, "policy"));
  const found = membersOf(fleet).map(() => 0);
  for (let job = 0; job < jobs; job++) found[policy.choose(ANY_JOB, job)]++;
  return found;
}

describe("weighted-random", () => {
  it("chooses every server as often as it is fast, also after one has left", () => {
    const fleet = fleetWith([{ rate: 1 }, { rate: 5 }, { rate: 2 }, { rate: 1 }]);
    const policy = policyNamed("weighted-random")(fleet, randomStream("1", "policy"));
    const shares = (): number[] => {
      const found = [0, 0, 0, 0];
      for (let job = 0; job < 40_000; job++) found[policy.choose(ANY_JOB, 0)]++;
      return found.map((count) => count / 40_000);
    };
    // Five standard deviations of a fraction.
    const within = (shares: readonly number[], expected: readonly number[]): void => {
      for (const [server, p] of expected.entries())
        expect(Math.abs(shares[server] - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 40_000));
    };
    within(shares(), [1 / 9, 5 / 9, 2 / 9, 1 / 9]);
    fleet.leave(1);
    within(shares(), [1 / 4, 0, 2 / 4, 1 / 4]);
  });
});

describe("weighted-round-robin", () => {
  it("takes the turns that nginx documents for weights 5, 1 and 1: a, a, b, a, c, a, a", () => {
    const fleet = fleetWith([{ rate: 5 }, { rate: 1 }, { rate: 1 }]);
    const policy = policyNamed("weighted-round-robin")(fleet, randomStream("1", "policy"));
    const turns = Array.from({ length: 14 }, () => policy.choose(ANY_JOB, 0));
    expect(turns).toEqual([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0]);
  });

  it("always takes a server of the most credit, as nginx keeps account for each, until servers come or go", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }), (weights) => {
        const fleet = fleetWith(weights.map((rate) => ({ rate })));
        const policy = policyNamed("weighted-round-robin")(fleet, randomStream("1", "policy"));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const credits = weights.map(() => 0);
        const taken = weights.map(() => 0);
        for (let job = 0; job < 2 * total; job++) {
          for (const [server, weight] of weights.entries()) credits[server] += weight;
          const server = policy.choose(ANY_JOB, 0);
          expect(credits[server]).toBe(Math.max(...credits));
          credits[server] -= total;
          taken[server]++;
        }
        expect(taken).toEqual(weights.map((weight) => 2 * weight));
      }),
    );
  });

  it("starts anew when a server joins or leaves, and has no turn where there is no server", () => {
    const fleet = new Fleet();
    const policy = policyNamed("weighted-round-robin")(fleet, randomStream("1", "policy"));
    expect(policy.choose(ANY_JOB, 0)).toBe(NO_SERVER);
    for (const rate of [2, 1]) fleet.join({ buffer: 1, rate });
    expect([0, 1, 2].map(() => policy.choose(ANY_JOB, 0))).toEqual([0, 1, 0]);
    fleet.leave(0);
    expect([0, 1].map(() => policy.choose(ANY_JOB, 0))).toEqual([1, 1]);
  });
});

describe("servers by their least key", () => {
  it.each([
    ["sed", (queue: number, rate: number) => Math.fround((queue + 1) / rate)],
    ["least-connections", (queue: number, rate: number) => Math.fround(queue / rate)],
    ["least-connections:haproxy", (queue: number, rate: number) => (queue === 0 ? 0 : Math.fround((queue + 1) / rate))],
  ])("%s: those of a scan of all, however servers come, work and go", (name, key) => {
    fc.assert(
      fc.property(operations, fc.string(), fc.integer({ min: 0, max: 9 }), (steps, seed, servers) => {
        const fleet = fleetOf(servers);
        const order = new LeastKey(fleet, key);
        fleet.keep(order);
        const policy = policyNamed(name)(fleet, randomStream(seed, "policy"));
        for (const step of steps) {
          perform(fleet, step, () => policy.choose(ANY_JOB, 0));
          const naive = leastBy(fleet, (server) => key(fleet.queueLength(server), fleet.rate(server)));
          const found = Array.from({ length: order.candidates }, (_, i) => order.candidateAt(i));
          expect(found.toSorted((a, b) => a - b)).toEqual(naive);
          const chosen = policy.choose(ANY_JOB, 0);
          if (naive.length === 0) expect(chosen).toBe(NO_SERVER);
          else expect(naive).toContain(chosen);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are as many as there are by the rule, whatever rounding makes of its quotients", () => {
    // 6 / 1.8 and 3 / 0.9 and 1 / 0.3 differ in their last digits.
    const fleet = fleetWith([{ rate: 1.8, queue: 5 }, { rate: 0.9, queue: 2 }, { rate: 0.3 }]);
    for (const count of counts("sed", fleet, 3000)) expect(count).toBeGreaterThan(900);
  });

  it("are chosen at random, each as often, whatever their rates", () => {
    // (1 + 1)/2 = (0 + 1)/1 = (2 + 1)/3: three rates, four servers.
    const fleet = fleetWith([
      { rate: 2, queue: 1 },
      { rate: 1 },
      { rate: 3, queue: 2 },
      { rate: 1 },
      { rate: 1, queue: 1 },
    ]);
    const found = counts("sed", fleet, 8000);
    expect(found[4]).toBe(0);
    for (const count of found.slice(0, 4))
      expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(8000 * 0.25 * 0.75));
  });
});

describe("sed-d", () => {
  it("takes the one of shortest expected delay where it sees all, and samples twice what it may draw twice", () => {
    const fleet = fleetWith([
      { rate: 2, queue: 1 },
      { rate: 1, queue: 1 },
      { rate: 3, queue: 1 },
    ]);
    expect(counts("sed-d:3", fleet, 500)).toEqual([0, 0, 500]);
    // The worst is chosen if it is drawn twice: one in nine.
    const [, worst] = counts("sed-d:d=2:replacement=yes", fleet, 9000);
    expect(Math.abs(worst - 1000)).toBeLessThan(5 * Math.sqrt(9000 * (1 / 9) * (8 / 9)));
  });
});

describe("least-connections as Envoy counts", () => {
  it("gives turns as often as weight / (jobs + 1)^bias", () => {
    const servers = [
      { rate: 4, queue: 1 },
      { rate: 1, queue: 0 },
      { rate: 3, queue: 2 },
    ];
    for (const bias of [0, 1, 2]) {
      const frequencies = servers.map(({ rate, queue }) => rate / (queue + 1) ** bias);
      const total = frequencies.reduce((sum, one) => sum + one, 0);
      const found = counts(`least-connections:variant=envoy:bias=${bias}`, fleetWith(servers), 6000);
      for (const [server, frequency] of frequencies.entries())
        expect(Math.abs(found[server] - (6000 * frequency) / total)).toBeLessThanOrEqual(2);
    }
  });

  it("is the only one with a bias", () => {
    expect(() => policyNamed("least-connections:variant=nginx:bias=2")).toThrow(UserError);
    expect(() => policyNamed("least-connections:variant=nginx:bias=2")).toThrow("BIAS only for envoy");
  });
});

import { describe, expect, it } from "vitest";
import { fastestFirst, parseServiceRates } from "../../../model/service-rates.js";
import { sizeConditions } from "../../../theory/heavy-traffic/jfsq-assumptions.js";
import {
  clippedMoment,
  decayExponents,
  fastBusyEvent,
  fastServers,
  type HeterogeneousFleet,
  limitQueue,
  meanQueueBound,
  outsideCollapse,
  stateSpaceCollapse,
  subHalfinWhittFactor,
  superHalfinWhittFactor,
  surelyBusyEvent,
  surelyBusyServers,
  waitingBounds,
  waitingOrders,
} from "../../../theory/heavy-traffic/jfsq-bounds.js";
import { ExactFleet } from "../../../theory/queues/exact-fleet.js";
import { jfsqLaw } from "../../../theory/queues/routing-laws.js";

function fleetOf(servers: number, alpha: number, rates = "equal", buffer = 2): HeterogeneousFleet {
  return { servers, alpha, rates: fastestFirst(parseServiceRates(rates).ofServers(servers, "1")), buffer };
}

describe("the fastest servers (Liu and Ying 2025, sections 2 and 3)", () => {
  it("that carry the load are lambda n of equal ones, and fewer where they differ", () => {
    expect(fastServers(fleetOf(100, 0.5))).toBe(90);
    expect(surelyBusyServers(fleetOf(100, 0.5), 0.2)).toBe(80);
    expect(fastServers(fleetOf(100, 0.5, "two-class:0.5,3"))).toBe(80);
    expect(fastServers(fleetOf(100, 0.5, "linear:3"))).toBeLessThan(90);
    // The rates sum to n: all of them do no more than that.
    expect(surelyBusyServers(fleetOf(100, 0.5, "linear:3"), 0)).toBe(100);
  });

  it("give the factors k_sub and k_super of heterogeneity", () => {
    const fleet = fleetOf(100, 0.25, "two-class:0.5,3", 5);
    expect(fleet.rates[0]).toBeCloseTo(1.5, 12);
    expect(subHalfinWhittFactor(fleet)).toBeCloseTo((16 * 4 * 1.5) / 0.25, 9);
    expect(superHalfinWhittFactor(fleet, 2)).toBeCloseTo((24 * 2 * 4 * 1.5) / 0.5, 9);
  });
});

describe("the assumptions of Theorems 1 and 2", () => {
  it("need a number of servers beyond any practical one, which is named", () => {
    const conditions = sizeConditions(fleetOf(1000, 0.08), 1);
    expect(conditions.map(({ holds }) => holds)).toEqual([false, false, false]);
    const needed = Math.max(...conditions.map(({ holdsFrom }) => holdsFrom));
    expect(Math.log10(needed)).toBeGreaterThan(18);
    expect(Math.log10(needed)).toBeLessThan(20);
    expect(conditions[1].meaning).toMatch(/from about \d\.\de\+1\d servers on; this fleet has 1000/);
  });

  it("hold from that number on, and not at half of it", () => {
    for (const alpha of [0.5, 0.7]) {
      const [{ holdsFrom }] = sizeConditions(fleetOf(10, alpha), 1);
      const at = (servers: number): boolean => {
        const rates = [1, 1];
        return sizeConditions({ servers, alpha, rates, buffer: 2 }, 1)[0].holds;
      };
      expect(at(holdsFrom)).toBe(true);
      expect(at(holdsFrom / 2)).toBe(false);
    }
  });
});

describe("an assumption that no number of servers meets", () => {
  it("says so: alpha 1 leaves no power of n against the logarithms of Assumption 2", () => {
    const [condition] = sizeConditions({ servers: 1e6, alpha: 1, rates: [1, 1], buffer: 2 }, 1);
    expect(condition).toMatchObject({ holds: false, holdsFrom: Number.POSITIVE_INFINITY });
    expect(condition.meaning).toBe("holds for no number of servers; this fleet has 1000000");
  });
});

describe("the bounds of Theorems 1 and 2, and of the lemmas", () => {
  // Outside the assumptions, where they still hold with room to spare: the exact chain of four servers.
  it.each([
    [0.3, "equal"],
    [0.3, "list:1.6,1.2,0.8,0.4"],
    [0.7, "list:1.6,1.2,0.8,0.4"],
  ])("hold by far for four servers at alpha = %d with rates %s", (alpha, rates) => {
    const fleet = fleetOf(4, alpha, rates, 3);
    const exact = new ExactFleet({
      totalArrivalRate: 4 - 4 ** (1 - alpha),
      serviceRates: fleet.rates,
      buffer: 3,
      routing: jfsqLaw,
    });
    for (const moment of [1, 2]) {
      const { threshold, atMost } = clippedMoment(fleet, moment);
      const mean = (q: Uint16Array): number => q.reduce((sum, jobs) => sum + jobs, 0) / 4;
      expect(exact.mean((q) => Math.max(0, mean(q) - threshold) ** moment)).toBeLessThanOrEqual(atMost);
    }
    const bounds = waitingBounds(fleet);
    expect(exact.arrivals.meanWaitingTime).toBeLessThan(bounds.meanWaitingTime);
    expect(exact.arrivals.waitingProbability).toBeLessThanOrEqual(bounds.waitingProbability);
    expect(exact.arrivals.blockedFraction).toBeLessThanOrEqual(bounds.blockedFraction);
  });

  it("use the constant of the proof in Theorem 2 (1)", () => {
    const fleet = fleetOf(10_000, 0.25);
    const factor = subHalfinWhittFactor(fleet);
    expect(clippedMoment(fleet, 2).atMost).toBeCloseTo(17 * ((4 * factor) / 1000) ** 2, 6);
    expect(clippedMoment(fleet, 1).threshold).toBeCloseTo(0.9 + 0.1 * (1 - 4 / (factor * 0.5)), 9);
    expect(clippedMoment(fleetOf(10_000, 0.5), 1).atMost).toBeCloseTo(20 / 100, 9);
  });

  it("name the events of the lemmas", () => {
    const fleet = fleetOf(10_000, 0.25);
    const square = Math.log(10_000) ** 2;
    expect(surelyBusyEvent(fleet, 0.2).threshold).toBeCloseTo(1 + 8 * square, 9);
    expect(surelyBusyEvent(fleet, 0.2).probabilityAtLeast).toBeCloseTo(1 - Math.exp(-0.2 * square), 12);
    expect(fastBusyEvent(fleet).threshold).toBeCloseTo(500 * Math.log(10_000), 6);
    const sub = stateSpaceCollapse(fleet, 1);
    expect(sub.waitingOffset).toBe(0);
    expect(sub.busyTarget).toBeCloseTo(9000 + (1 - 1 / 8) * 1000, 6);
    expect(sub.threshold).toBeCloseTo((1 - 3 / 16) * 1000, 6);
    const above = stateSpaceCollapse(fleetOf(10_000, 0.75), 1);
    expect(above.busyTarget).toBe(10_000);
    expect(above.threshold).toBeCloseTo(5, 9);
    // Equal rates: epsilon is 1, which is not capped from Halfin-Whitt on.
    expect(above.waitingOffset).toBeCloseTo(24 * 1000 * Math.log(10_000), 3);
  });

  it("cover by the lemmas' own conditions what the theorems do not: Lemma 4 at n = 20000, alpha = 1/2, equal rates", () => {
    const fleet = fleetOf(20_000, 0.5);
    expect(outsideCollapse(fleet, 1)).toBeUndefined();
    expect(sizeConditions(fleet, 1)[0].holds).toBe(false);
    // sqrt n against 12 log n: 100 are below 110.5, and twice the moment needs twice as much.
    expect(outsideCollapse(fleetOf(10_000, 0.5), 1)).toBe("n^(1 - alpha) = 100 is below 12 r mu_1 log n = 111");
    expect(outsideCollapse(fleet, 2)).toMatch(/^n\^\(1 - alpha\) = 141 is below/);
    // Lemma 3: n^(1 - 2 alpha) against 128 * 2 log n / epsilon^2 with epsilon 1/2.
    const least = (servers: number): number => 1024 * Math.log(servers);
    expect(outsideCollapse(fleetOf(1e6, 0.1), 1)).toBeUndefined();
    expect(1e6 ** 0.8).toBeGreaterThan(least(1e6));
    expect(outsideCollapse(fleetOf(10_000, 0.1), 1)).toMatch(
      /^n\^\(1 - 2 alpha\) = 1.58e\+3 is below 128 .* = 9.43e\+3$/,
    );
  });

  it("bound the mean queue (after Theorem 2), which tends to N_2/n, or to 1", () => {
    const above = fleetOf(10_000, 0.5);
    expect(meanQueueBound(above)).toBeCloseTo(1 + (24 * Math.log(10_000) + 20) / 100, 9);
    expect(limitQueue(above)).toBe(1);
    const below = fleetOf(10_000, 0.25, "two-class:0.5,3");
    expect(limitQueue(below)).toBeCloseTo(fastServers(below) / 10_000, 12);
    const { threshold, atMost } = clippedMoment(below, 1);
    expect(meanQueueBound(below)).toBeCloseTo(threshold + atMost, 12);
  });

  it("decay in n at the orders of Theorem 1", () => {
    expect(decayExponents({ alpha: 0.3 })).toEqual({ meanWaitingTime: 0.3, waitingProbability: 0.5 });
    expect(decayExponents({ alpha: 0.75 })).toEqual({ meanWaitingTime: 0.25, waitingProbability: 0.25 });
    // Where logarithms no longer count, the orders decay with these exponents.
    for (const alpha of [0.3, 0.75]) {
      const [near, far] = [1e290, 1e300].map((servers) => waitingOrders({ servers, alpha }));
      for (const name of ["meanWaitingTime", "waitingProbability"] as const)
        expect(Math.log10(near[name] / far[name]) / 10).toBeCloseTo(decayExponents({ alpha })[name], 2);
    }
  });
});

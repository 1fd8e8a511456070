import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { exponential, randomStream } from "../../../model/random.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";
import {
  blockedFraction,
  idlePeriodMoments,
  idleTimeNoise,
  meanIdleTime,
} from "../../../theory/rate-scaling/idle-period.js";
import { idleMomentsByBruteForce, meanAndError, simulateLossSystem } from "./loss-system-oracle.js";

const systems = fc.record({
  servers: fc.integer({ min: 1, max: 200 }),
  arrivalRate: fc.double({ min: 0.05, max: 3, noNaN: true }),
  serviceRate: fc.double({ min: 0.2, max: 4, noNaN: true }),
  messageDelay: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
});

describe("idlePeriodMoments", () => {
  it("is exponential for one server", () => {
    const { first, second, third, fourth } = idlePeriodMoments({ servers: 1, arrivalRate: 0.5, serviceRate: 3 });
    [first, second, third, fourth].forEach((moment, i) => {
      expect(moment).toBeCloseTo([2, 8, 48, 384][i], 10);
    });
  });

  it("agrees with the full generator on all sets of busy servers, n = 2, 3, 5", () => {
    for (const servers of [2, 3, 5]) {
      for (const arrivalRate of [0.3, 0.8, 2]) {
        const system = { servers, arrivalRate, serviceRate: 1.4 };
        const moments = idlePeriodMoments(system);
        const expected = idleMomentsByBruteForce(system, 4);
        expect(moments.first / expected[1]).toBeCloseTo(1, 11);
        expect(moments.second / expected[2]).toBeCloseTo(1, 11);
        expect(moments.third / expected[3]).toBeCloseTo(1, 11);
        expect(moments.fourth / expected[4]).toBeCloseTo(1, 11);
      }
    }
  });

  it("meets Palm's identity E[L] = 1/(lambda (1 - B)) - 1/mu, with a delay too", () => {
    fc.assert(
      fc.property(systems, (system) => {
        const { arrivalRate, serviceRate } = system;
        const expected = 1 / (arrivalRate * (1 - blockedFraction(system))) - 1 / serviceRate;
        // Where the idle period is nearly nothing, the right side is a difference of large numbers.
        expect(idlePeriodMoments(system).first).toBeCloseTo(expected, 9);
      }),
    );
  });

  it("shifts all moments by a delay as d + L' does", () => {
    const delayed = { servers: 7, arrivalRate: 0.8, serviceRate: 1.5, messageDelay: 0.25 };
    const apart = { ...delayed, serviceRate: 1 / (1 / 1.5 + 0.25), messageDelay: 0 };
    const m = idlePeriodMoments(delayed);
    const central = (k: readonly number[]) => [k[1] - k[0] ** 2, k[2] - 3 * k[1] * k[0] + 2 * k[0] ** 3];
    const p = idlePeriodMoments(apart);
    expect(m.first).toBeCloseTo(p.first + 0.25, 12);
    central([m.first, m.second, m.third]).forEach((value, i) => {
      expect(value).toBeCloseTo(central([p.first, p.second, p.third])[i], 11);
    });
    const fourth = (q: typeof m) => q.fourth - 4 * q.third * q.first + 6 * q.second * q.first ** 2 - 3 * q.first ** 4;
    expect(fourth(m)).toBeCloseTo(fourth(p), 11);
  });

  it("refuses impossible systems", () => {
    const good = { servers: 2, arrivalRate: 1, serviceRate: 1 };
    for (const bad of [
      { servers: 0 },
      { servers: 2.5 },
      { arrivalRate: 0 },
      { serviceRate: -1 },
      { messageDelay: -0.1 },
    ]) {
      expect(() => idlePeriodMoments({ ...good, ...bad })).toThrow(UserError);
    }
  });
});

describe("the loss system in direct simulation", () => {
  const batches = 40;
  const delays = ["none", "constant", "exponential"] as const;
  it.each(delays)("has these idle moments, mean idle time and blocking; delay: %s (99.99 % intervals)", (law) => {
    const messageDelay = law === "none" ? 0 : 0.1;
    const system = { servers: 5, arrivalRate: 0.8, serviceRate: 1.5, messageDelay };
    const random = randomStream("idle-period", law);
    const delay = law === "exponential" ? () => exponential(random, messageDelay) : () => messageDelay;
    const seen = simulateLossSystem(system, delay, random, batches, 10_000);
    const moments = idlePeriodMoments(system);
    const meanPower = (k: number) =>
      seen.map((batch) => batch.idlePeriods.reduce((sum, x) => sum + x ** k, 0) / batch.idlePeriods.length);
    // Beyond the mean and blocking, where only the mean delay counts, the delayed law is an approximation: second order in d.
    const slack = (messageDelay ** 2 * system.arrivalRate) / 2;
    const expectNear = (values: readonly number[], expected: number, allowed: number) => {
      const { mean, error } = meanAndError(values);
      expect(Math.abs(mean - expected)).toBeLessThan(4.4 * error + allowed);
    };
    expectNear(meanPower(1), moments.first, 0);
    expectNear(
      seen.map((batch) => batch.blocked),
      blockedFraction(system),
      0,
    );
    expectNear(
      seen.map((batch) => batch.meanIdleTime),
      meanIdleTime(system),
      slack,
    );
    expectNear(meanPower(2), moments.second, 4 * slack);
    if (law === "none") {
      expectNear(meanPower(3), moments.third, 0);
      expectNear(meanPower(4), moments.fourth, 0);
    }
  });
});

describe("meanIdleTime", () => {
  it("is 1/lambda - 1/mu for many servers (Theorem 2.9), and at most 1/lambda for any (Remark 2.8 corrected)", () => {
    expect(meanIdleTime({ servers: 100_000, arrivalRate: 0.8, serviceRate: 1.6 })).toBeCloseTo(0.625, 4);
    fc.assert(
      fc.property(systems, (system) => {
        const idle = meanIdleTime({ ...system, messageDelay: 0 });
        expect(idle).toBeLessThanOrEqual((1 + 1e-12) / system.arrivalRate);
      }),
    );
  });

  it("falls with the arrival rate and rises with the service rate", () => {
    fc.assert(
      fc.property(systems, (system) => {
        const idle = meanIdleTime(system);
        expect(meanIdleTime({ ...system, arrivalRate: system.arrivalRate * 1.05 })).toBeLessThan(idle);
        expect(meanIdleTime({ ...system, serviceRate: system.serviceRate * 1.05, messageDelay: 0 })).toBeGreaterThan(
          meanIdleTime({ ...system, messageDelay: 0 }) * (1 - 1e-12),
        );
      }),
    );
  });
});

describe("idleTimeNoise", () => {
  it("is 2 lambda a^2 (a^2 + a b + b^2) for many servers, a = 1/lambda - 1/mu, b = 1/mu", () => {
    const a = 1 / 0.8 - 1 / 1.6;
    const b = 1 / 1.6;
    const expected = 2 * 0.8 * a * a * (a * a + a * b + b * b);
    expect(idleTimeNoise({ servers: 200_000, arrivalRate: 0.8, serviceRate: 1.6 })).toBeCloseTo(expected, 4);
  });

  it("is that of exponential idle periods for one server", () => {
    // For n = 1, L ~ Exp(lambda): V = 2 e^2 (b + a e), e = 1/lambda and a the idle share, from the Poisson equation.
    const idleShare = 1.5 / (1.5 + 0.8);
    const expected = (2 / 0.8 ** 2) * (1 / 1.5 + idleShare / 0.8);
    expect(idleTimeNoise({ servers: 1, arrivalRate: 0.8, serviceRate: 1.5 })).toBeCloseTo(expected, 12);
  });
});

describe("blockedFraction", () => {
  it("is Erlang B of the time for which a server is out of reach", () => {
    expect(blockedFraction({ servers: 4, arrivalRate: 0.5, serviceRate: 2, messageDelay: 0.3 })).toBeCloseTo(
      erlangB(4, 4 * 0.5 * 0.8),
      15,
    );
  });
});

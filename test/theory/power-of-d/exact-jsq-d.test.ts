import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { policyNamed } from "../../../policies/index.js";
import { Chain } from "../../../simulator/chain.js";
import { type Enclosure, exactJsqD, type JsqDModel, MOST_STATES } from "../../../theory/power-of-d/exact-jsq-d.js";
import { ExactFleet } from "../../../theory/queues/exact-fleet.js";
import { jsqDLaw } from "../../../theory/queues/routing-laws.js";
import { expectMean } from "../../support/batch-mean.js";

const holds = ({ low, high }: Enclosure, value: number, rounding = 1e-9): void => {
  expect(low).toBeLessThanOrEqual(value + rounding);
  expect(high).toBeGreaterThanOrEqual(value - rounding);
};

describe("the exact law of JSQ(d) with infinite buffers", () => {
  it.each([
    [2, 5, true, 1.9235, 0.0001, 0.06645],
    [2, 3, true, 2.2126, 0.0001, undefined],
    [2, 2, true, 2.614, 0.0005, undefined],
    [2, 2, false, 2.365, 0.0005, undefined],
    [5, 5, true, 1.514, 0.0005, undefined],
    [5, 5, false, 1.4035, 0.0005, undefined],
  ] as const)(
    "of %i of %i servers, replacement %s, lambda 0.8, is the one solved elsewhere",
    (choices, servers, replacement, mean, rounding, tail) => {
      const law = exactJsqD({ servers, arrivalRate: 0.8, choices, replacement }, 5e-3);
      expect(law?.meanQueue.high).toBeLessThan(mean * 1.012);
      holds(law?.meanQueue ?? { low: 0, high: 0 }, mean, rounding);
      if (tail !== undefined) holds(law?.tail[5] ?? { low: 0, high: 0 }, tail, 5e-6);
    },
  );

  it("is that of buffers so large that nothing is blocked", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 2, max: 5 }),
        fc.boolean(),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        (servers, choices, replacement, arrivalRate) => {
          const law = exactJsqD({ servers, arrivalRate, choices, replacement }, 1e-5);
          const routing = jsqDLaw(choices, replacement);
          const serviceRates = new Array<number>(servers).fill(1);
          const fleet = new ExactFleet({ totalArrivalRate: servers * arrivalRate, serviceRates, buffer: 16, routing });
          expect(law?.meanQueue.high).toBeLessThan((law?.meanQueue.low ?? 0) * (1 + 3e-5));
          const perServer = fleet.mean((jobs) => jobs.reduce((sum, length) => sum + length, 0)) / servers;
          holds(law?.meanQueue ?? { low: 0, high: 0 }, perServer, 1e-7);
          for (const level of [1, 2, 3]) {
            const fraction =
              fleet.mean((jobs) => jobs.reduce((sum, length) => sum + (length >= level ? 1 : 0), 0)) / servers;
            holds(law?.tail[level] ?? { low: 0, high: 0 }, fraction, 1e-7);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("has a busy fraction of lambda, and is what a simulation of ten servers sees", () => {
    const model = { servers: 10, arrivalRate: 0.5, choices: 2, replacement: false };
    const law = exactJsqD(model, 1e-3);
    holds(law?.tail[1] ?? { low: 0, high: 0 }, 0.5);
    const { low, high } = law?.meanQueue ?? { low: 0, high: 0 };
    const policy = policyNamed("jsq-d");
    const chain = new Chain({
      servers: 10,
      arrivalRate: 0.5,
      serviceRate: 1,
      buffer: Number.POSITIVE_INFINITY,
      policy,
      seed: "exact-jsq-d",
    });
    chain.run(20_000);
    const means = Array.from({ length: 30 }, () => {
      chain.restartStatistics();
      chain.run(40_000);
      return chain.statistics().meanQueueLength;
    });
    expectMean(means, (low + high) / 2, 0.02, (high - low) / 2);
  });

  it("is a product where queues do not depend on each other", () => {
    for (const model of [
      { servers: 7, arrivalRate: 0.9, choices: 1, replacement: true },
      { servers: 1, arrivalRate: 0.9, choices: 3, replacement: false },
    ]) {
      const law = exactJsqD(model, 1e-6);
      holds(law?.meanQueue ?? { low: 0, high: 0 }, 9, 1e-9);
      holds(law?.tail[5] ?? { low: 0, high: 0 }, 0.9 ** 5);
    }
  });

  it("is finite at the ends of the range, and undefined where there are too many states", () => {
    const of = (changes: Partial<JsqDModel>) =>
      exactJsqD({ servers: 3, arrivalRate: 0.5, choices: 2, replacement: true, ...changes }, 1e-3);
    expect(of({ arrivalRate: 1e-200 })?.meanQueue.high).toBeCloseTo(1e-200, 205);
    expect(of({ arrivalRate: 1e-200, servers: 10 })?.meanQueue.low).toBeGreaterThan(0.999e-200);
    expect(of({ arrivalRate: 0.999 })).toBeUndefined();
    expect(of({ servers: 1000 })).toBeUndefined();
    expect(of({ choices: 1000 })?.states).toBeLessThan(MOST_STATES);
    expect(() => of({ arrivalRate: 1 })).toThrow(UserError);
    expect(() => of({ servers: 0 })).toThrow(/number of servers 0/);
    expect(() => of({ choices: 0.5 })).toThrow(/number of choices 0.5/);
  });
});

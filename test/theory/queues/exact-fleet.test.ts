import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";
import { ExactFleet, type FleetModel, stateCount } from "../../../theory/queues/exact-fleet.js";
import { jfsqLaw, jiqLaw, jsqDLaw, jsqLaw, type RoutingLaw, randomLaw } from "../../../theory/queues/routing-laws.js";
import { stationaryDistribution } from "../../../theory/queues/stationary-distribution.js";
import { meanQueueLengths } from "../../support/mean-queue-lengths.js";

const equal = (servers: number): number[] => new Array<number>(servers).fill(1);
const solve = (model: Partial<FleetModel>): ExactFleet =>
  new ExactFleet({ totalArrivalRate: 1, serviceRates: [1], buffer: 5, routing: randomLaw, ...model });

describe("the exact stationary state", () => {
  it("of JFSQ with three different servers is the one solved elsewhere", () => {
    const serviceRates = [1.8, 0.9, 0.3];
    const fleet = solve({ totalArrivalRate: 2.4, serviceRates, buffer: 6, routing: jfsqLaw });
    expect(fleet.stateCount).toBe(343);
    const [first, second, third] = meanQueueLengths(fleet, serviceRates);
    expect(first).toBeCloseTo(1.73508, 5);
    expect(second).toBeCloseTo(1.753298, 6);
    expect(third).toBeCloseTo(2.123693, 6);
    expect(fleet.arrivals.waitingProbability).toBeCloseTo(0.636311, 6);
    expect(fleet.arrivals.blockedFraction).toBeCloseTo(0.00628426, 8);
    expect(fleet.arrivals.meanWaitingTime).toBeCloseTo(1.322027, 6);
  });

  it.each([
    ["JSQ", jsqLaw, 4.918752],
    ["JSQ(2) without replacement, which is JSQ", jsqDLaw(2, false), 4.918752],
    ["JSQ(2) with replacement", jsqDLaw(2, true), 5.267842],
  ])("of two servers with buffers of 40 under %s is the one solved elsewhere", (_, routing, expected) => {
    const fleet = solve({ totalArrivalRate: 1.8, serviceRates: equal(2), buffer: 40, routing });
    expect(fleet.stateCount).toBe(861);
    for (const mean of meanQueueLengths(fleet, equal(2))) expect(mean).toBeCloseTo(expected, 6);
  });

  it("of one server is M/M/1/b", () => {
    const [load, buffer] = [0.9, 7];
    const fleet = solve({ totalArrivalRate: load, buffer });
    const law = fleet.totalQueueLaw();
    for (let jobs = 0; jobs <= buffer; jobs++)
      expect(law[jobs]).toBeCloseTo(((1 - load) * load ** jobs) / (1 - load ** (buffer + 1)), 13);
    expect(fleet.arrivals.blockedFraction).toBeCloseTo(law[buffer], 13);
  });

  it("under random routing is a product: every server is M/M/1/b by itself", () => {
    const serviceRates = [0.7, 1, 1, 1.3];
    const fleet = solve({ totalArrivalRate: 3.2, serviceRates, buffer: 5, routing: randomLaw });
    const means = meanQueueLengths(fleet, serviceRates);
    for (const [server, rate] of serviceRates.entries()) {
      const alone = solve({ totalArrivalRate: 0.8, serviceRates: [rate] }).mean(([jobs]) => jobs);
      expect(means[server]).toBeCloseTo(alone, 10);
    }
  });

  it("with unit buffers loses by Erlang's formula, under every policy that finds an idle server", () => {
    for (const routing of [jsqLaw, jiqLaw, jfsqLaw, jsqDLaw(12, false)]) {
      const fleet = solve({ totalArrivalRate: 9, serviceRates: equal(12), buffer: 1, routing });
      expect(fleet.arrivals.blockedFraction).toBeCloseTo(erlangB(12, 9), 12);
    }
  });

  it("keeps Little's law: jobs in the system = accepted rate x (waiting + service), under every policy", () => {
    const laws: RoutingLaw[] = [randomLaw, jsqLaw, jiqLaw, jfsqLaw, jsqDLaw(2, true), jsqDLaw(3, false)];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0.5, 1, 1.7), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(...laws),
        (serviceRates, totalArrivalRate, buffer, routing) => {
          const fleet = solve({ totalArrivalRate, serviceRates, buffer, routing });
          const { blockedFraction, meanWaitingTime } = fleet.arrivals;
          const inQueue = fleet.mean((jobs) => jobs.reduce((sum, length) => sum + Math.max(0, length - 1), 0));
          expect(inQueue).toBeCloseTo(totalArrivalRate * (1 - blockedFraction) * meanWaitingTime, 10);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same whether equal servers are lumped or told apart", () => {
    for (const routing of [jsqLaw, jiqLaw, jsqDLaw(2, true), jfsqLaw]) {
      const model = { totalArrivalRate: 2.5, buffer: 4, routing };
      const lumped = solve({ ...model, serviceRates: [1, 1, 1] });
      const apart = solve({ ...model, serviceRates: [1, 1 + 1e-12, 1 - 1e-12], routing: (q) => routing(q, [1, 1, 1]) });
      expect(lumped.stateCount).toBeLessThan(apart.stateCount);
      expect(apart.arrivals.meanWaitingTime).toBeCloseTo(lumped.arrivals.meanWaitingTime, 9);
      expect(apart.mean((q) => Math.max(...q))).toBeCloseTo(
        lumped.mean((q) => Math.max(...q)),
        9,
      );
    }
  });

  it("has as many states as it says", () => {
    expect(stateCount(equal(10), 6)).toBe(8008);
    expect(stateCount([1.8, 0.9, 0.3], 6)).toBe(343);
    expect(stateCount([2, 2, 1], 3)).toBe(40);
    expect(solve({ totalArrivalRate: 3, serviceRates: [2, 2, 1], buffer: 3, routing: jsqLaw }).stateCount).toBe(40);
  });

  it("refuses a system that is too large, and says how large it is", () => {
    expect(() => solve({ serviceRates: equal(10), buffer: 20 })).toThrow(UserError);
    expect(() => solve({ serviceRates: equal(10), buffer: 20 })).toThrow(/30045015 states/);
  });
});

describe("a stationary distribution", () => {
  it("is refused where there is none to be found: a chain whose last state has no way out", () => {
    const trap = {
      levels: Int32Array.of(0, 1),
      starts: Int32Array.of(0, 0, 1),
      sources: Int32Array.of(0),
      rates: Float64Array.of(1),
      exitRates: Float64Array.of(1, 0),
    };
    expect(() => stationaryDistribution(trap)).toThrow(
      "no convergence to the stationary distribution after 20000 sweeps over 2 states",
    );
  });
});

describe("routing laws", () => {
  it("of JSQ(d) are those of all draws, counted one by one", () => {
    const queueLengths = [2, 0, 1, 0, 3];
    for (const replacement of [false, true]) {
      for (const choices of [1, 2, 3]) {
        const law = jsqDLaw(choices, replacement)(queueLengths, equal(5));
        const counted = new Array<number>(5).fill(0);
        const draw = (drawn: readonly number[], probability: number): void => {
          if (drawn.length === choices) {
            const shortest = Math.min(...drawn.map((server) => queueLengths[server]));
            const tied = drawn.filter((server) => queueLengths[server] === shortest);
            for (const server of tied) counted[server] += probability / tied.length;
            return;
          }
          const left = [...queueLengths.keys()].filter((server) => replacement || !drawn.includes(server));
          for (const server of left) draw([...drawn, server], probability / left.length);
        };
        draw([], 1);
        for (const [server, probability] of counted.entries()) expect(law[server]).toBeCloseTo(probability, 12);
      }
    }
  });
});

describe("the message delay", () => {
  it("lengthens what a server that becomes idle is taken for busy, once for each busy period", () => {
    // One server with a buffer of 1: busy for 1/mu + delay, idle for 1/lambda.
    const [rate, delay, arrivalRate] = [2, 0.1, 3];
    const alone = solve({ totalArrivalRate: arrivalRate, serviceRates: [rate], buffer: 1, messageDelay: delay });
    const busy = 1 / rate + delay;
    expect(alone.arrivals.blockedFraction).toBeCloseTo(busy / (busy + 1 / arrivalRate), 12);
    // Under heavy load there are few busy periods, and so little of it.
    const loss = (load: number): number => {
      const model = { totalArrivalRate: 2 * load, serviceRates: equal(2), buffer: 30, routing: jsqLaw };
      const jobs = (fleet: ExactFleet): number => fleet.mean((q) => q[0] + q[1]);
      return jobs(solve({ ...model, messageDelay: 0.02 })) / jobs(solve(model)) - 1;
    };
    expect(loss(0.9)).toBeLessThan(0.02);
    expect(loss(0.9)).toBeGreaterThan(0);
  });
});

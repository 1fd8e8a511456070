import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../model/errors.js";
import { randomStream } from "../../../model/random.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";
import { MOST_SERVERS, randomIdleServerLaw } from "../../../theory/queues/random-idle-server.js";
import { classMeasures, type RateClass } from "../../../theory/rate-scaling/class-chain.js";
import { busyFractionFixedPoint } from "../../../theory/rate-scaling/idle-fixed-point.js";
import { idlePeriodMoments, meanIdleTime } from "../../../theory/rate-scaling/idle-period.js";
import { denseSolve } from "../../support/dense-solve.js";
import { meanAndError, simulateLossSystem } from "./loss-system-oracle.js";

const ratesOf = (classes: readonly RateClass[]): number[] =>
  classes.flatMap(({ servers, rate }) => new Array<number>(servers).fill(rate));
const close = (actual: number, expected: number, digits: number): void => {
  expect(Math.abs(actual / expected - 1)).toBeLessThan(10 ** -digits);
};

/** Server 0 in the chain on all 2^n sets of busy servers, without any use of reversibility. */
function byBruteForce(rates: readonly number[], arrivalRate: number) {
  const size = 2 ** rates.length;
  const generator = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let state = 0; state < size; state++) {
    const idle = rates.filter((_, v) => ((state >> v) & 1) === 0).length;
    for (const [v, mu] of rates.entries()) {
      const rate = ((state >> v) & 1) === 0 ? (arrivalRate * rates.length) / idle : mu;
      generator[state][state ^ (1 << v)] += rate;
      generator[state][state] -= rate;
    }
  }
  const transposed = generator.map((_, i) => generator.map((row) => row[i]));
  transposed[0] = new Array<number>(size).fill(1);
  const stationary = denseSolve(transposed, [1, ...new Array<number>(size - 1).fill(0)]);
  const whileIdle = [...Array(size).keys()].filter((state) => (state & 1) === 0);
  const start = whileIdle.map((state) => stationary[state | 1]);
  const busy = start.reduce((a, b) => a + b, 0);
  const negated = whileIdle.map((i) => whileIdle.map((j) => -generator[i][j]));
  const mean = (values: readonly number[]): number => values.reduce((sum, x, i) => sum + (x * start[i]) / busy, 0);
  const once = denseSolve(
    negated,
    whileIdle.map(() => 1),
  );
  const [first, second] = [mean(once), 2 * mean(denseSolve(negated, once))];
  const service = 1 / rates[0];
  return {
    busy,
    blocked: stationary[size - 1],
    meanIdlePeriod: first,
    meanIdleTime: (second / 2 + first * service) / (first + service),
  };
}

describe("servers of several classes of rates under JIQ", () => {
  it("are those solved elsewhere", () => {
    const wide = randomIdleServerLaw([...new Array(50).fill(0.5), ...new Array(50).fill(6)], 0.8);
    expect(wide.busyFraction).toBeCloseTo(0.477875, 6);
    expect(wide.meanServiceTime).toBeCloseTo(0.597343, 6);
    const small = randomIdleServerLaw([...new Array(10).fill(1.6), ...new Array(20).fill(0.7)], 0.7);
    expect(small.busyFraction).toBeCloseTo(0.719878, 6);
    expect(small.blockedFraction).toBeCloseTo(0.017684, 6);
    expect(small.meanServiceTime).toBeCloseTo(1.04691, 6);
  });

  it("are the chain on all sets of busy servers", () => {
    const rate = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ servers: fc.integer({ min: 1, max: 3 }), rate }), { minLength: 1, maxLength: 2 }),
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        (classes, arrivalRate) => {
          const [first] = classMeasures(classes, arrivalRate);
          const law = randomIdleServerLaw(ratesOf(classes), arrivalRate);
          const oracle = byBruteForce(ratesOf(classes), arrivalRate);
          close(first.busyFraction, oracle.busy, 9);
          close(first.meanIdlePeriod, oracle.meanIdlePeriod, 9);
          close(first.meanIdleTime, oracle.meanIdleTime, 9);
          close(law.blockedFraction, oracle.blocked, 9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of equal rates are M/M/n/n, in whatever way they are put into classes", () => {
    for (const [n, lambda, mu] of [
      [1, 0.8, 1.2],
      [25, 0.8, 1.58],
      [300, 1, 0.9],
    ] as const) {
      const law = randomIdleServerLaw(new Array(n).fill(mu), lambda);
      expect(law.blockedFraction).toBeCloseTo(erlangB(n, (n * lambda) / mu), 12);
      expect(law.meanServiceTime).toBeCloseTo(1 / mu, 12);
    }
    const system = { servers: 25, arrivalRate: 0.8, serviceRate: 1.58 };
    const split = [10, 3, 12].map((servers) => ({ servers, rate: 1.58 }));
    for (const one of classMeasures(split, 0.8)) {
      close(one.meanIdlePeriod, idlePeriodMoments(system).first, 11);
      close(one.meanIdleTime, meanIdleTime(system), 11);
    }
  });

  it("agree between classes and single servers, keep Theorem 2.3 and the bounds of the busy fraction", () => {
    const rate = fc.double({ min: 0.02, max: 20, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ servers: fc.integer({ min: 1, max: 8 }), rate }), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        (classes, lambda) => {
          const rates = ratesOf(classes);
          const { busyFraction, blockedFraction, meanServiceTime, busyCount } = randomIdleServerLaw(rates, lambda);
          const measures = classMeasures(classes, lambda);
          const busy = measures.reduce((sum, one, k) => sum + one.busyFraction * classes[k].servers, 0);
          close(busyFraction, busy / rates.length, 9);
          expect(busyCount.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
          // What completes is what is accepted.
          const completed = measures.reduce(
            (sum, one, k) => sum + one.busyFraction * classes[k].servers * classes[k].rate,
            0,
          );
          const accepted = 1 - blockedFraction;
          if (accepted > 1e-6) close(completed, lambda * rates.length * accepted, 7);
          const mean = rates.reduce((sum, one) => sum + one, 0) / rates.length;
          expect(meanServiceTime * mean).toBeGreaterThan(1 - 1e-9);
          for (const one of measures) expect(one.meanIdleTime * lambda).toBeLessThan(1 + 1e-9);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("come to the fluid limit, at the speed of 1/n", () => {
    const error = (n: number): number => {
      const rates = [...new Array(n).fill(0.5), ...new Array(n).fill(6)];
      return (randomIdleServerLaw(rates, 0.8).busyFraction - busyFractionFixedPoint(rates, 0.8)) * n;
    };
    expect(error(400) / error(200)).toBeCloseTo(1, 1);
    expect(error(200)).toBeLessThan(-0.01);
  });

  it("are what a long simulation of one class sees", () => {
    const system = { servers: 4, arrivalRate: 0.9, serviceRate: 1.3 };
    const batches = simulateLossSystem(system, () => 0, randomStream("class-chain", "loss"), 40, 5000);
    const { mean, error } = meanAndError(batches.map((batch) => batch.meanIdleTime));
    const [one] = classMeasures([{ servers: 4, rate: 1.3 }], 0.9);
    expect(Math.abs(mean - one.meanIdleTime)).toBeLessThan(4 * error);
  });

  it("are finite at the ends of the range, and 5000 servers of different rates are solved", () => {
    for (const lambda of [1e-150, 1, 1e150]) {
      for (const rates of [
        [1e-150, 1e150],
        [1, 1],
        [1e150, 1e150],
      ]) {
        const classes = rates.map((rate) => ({ servers: 3, rate }));
        for (const one of classMeasures(classes, lambda))
          for (const value of Object.values(one)) expect(Number.isFinite(value)).toBe(true);
        const { busyFraction, meanServiceTime } = randomIdleServerLaw(ratesOf(classes), lambda);
        expect(busyFraction).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(meanServiceTime)).toBe(true);
      }
    }
    const many = Float64Array.from({ length: MOST_SERVERS }, (_, v) => 0.5 + v / MOST_SERVERS);
    expect(randomIdleServerLaw(many, 0.8).busyFraction).toBeCloseTo(busyFractionFixedPoint(many, 0.8), 3);
    // Few large classes: 10^5 states each.
    const [slow] = classMeasures(
      [320, 310].map((servers, k) => ({ servers, rate: 0.7 + k })),
      0.8,
    );
    expect(slow.meanIdleTime).toBeGreaterThan(0);
  });

  it("are refused where there are too many, or a rate is none", () => {
    expect(() => randomIdleServerLaw([1, 0], 1)).toThrow(/service rate 0/);
    expect(() => randomIdleServerLaw([], 1)).toThrow(UserError);
    expect(() => randomIdleServerLaw(new Array(MOST_SERVERS + 1).fill(1), 1)).toThrow(/at most 5000/);
    expect(() => classMeasures([{ servers: 1, rate: 1 }], Number.NaN)).toThrow(/arrival rate NaN/);
    expect(() => classMeasures([{ servers: 1.5, rate: 1 }], 1)).toThrow(/1.5 servers/);
    expect(() =>
      classMeasures(
        [
          { servers: 999, rate: 1 },
          { servers: 999, rate: 2 },
        ],
        1,
      ),
    ).toThrow(/1000000 states/);
  });
});

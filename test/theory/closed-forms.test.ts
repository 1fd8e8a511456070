import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { exponential, quickRandomStream, type RandomStream, uniformIndex } from "../../model/random.js";
import { lateBindingSojourn } from "../../theory/power-of-d/late-binding.js";
import { redundancySojourn } from "../../theory/power-of-d/redundancy.js";
import { jiqManyDispatchers } from "../../theory/queues/jiq-many-dispatchers.js";
import { expectMean } from "../support/batch-mean.js";

const BATCHES = 20;
const drawDistinct = (random: RandomStream, n: number, d: number): number[] => {
  const drawn: number[] = [];
  while (drawn.length < d) {
    const server = uniformIndex(random, n);
    if (!drawn.includes(server)) drawn.push(server);
  }
  return drawn;
};

describe("late binding", () => {
  it("is as solved elsewhere, and M/M/1 for one choice", () => {
    expect(lateBindingSojourn(0.8, 2)).toBeCloseTo(1.59633, 6);
    expect(lateBindingSojourn(0.9, 3)).toBeCloseTo(1.487517, 6);
    expect(lateBindingSojourn(0.9, 1)).toBeCloseTo(10, 12);
    // sum of z^k / (k + 1) = -log(1 - z) / z.
    expect(lateBindingSojourn(0.999, 2)).toBeCloseTo(-Math.log(1 - 0.999 ** 2) / 0.999 ** 2, 12);
    expect(lateBindingSojourn(1e-300, 100)).toBe(1);
    expect(lateBindingSojourn(1 - 1e-5, 2)).toBeGreaterThan(5);
    expect(() => lateBindingSojourn(1 - 1e-12, 2)).toThrow(/too near 1/);
    expect(() => lateBindingSojourn(1, 2)).toThrow(UserError);
    expect(() => lateBindingSojourn(0.5, 0)).toThrow(/choices 0/);
  });

  it("is what simulated servers show, which jobs join by the work that is left", () => {
    const [n, lambda] = [1000, 0.7];
    const random = quickRandomStream("closed-forms", "late-binding");
    const freeAt = new Float64Array(n);
    let now = 0;
    const batches = Array.from({ length: BATCHES + 2 }, () => {
      let sum = 0;
      for (let job = 0; job < 10 * n; job++) {
        now += exponential(random, 1 / (n * lambda));
        const [one, other] = drawDistinct(random, n, 2);
        const server = freeAt[one] < freeAt[other] ? one : other;
        freeAt[server] = Math.max(now, freeAt[server]) + exponential(random, 1);
        sum += freeAt[server] - now;
      }
      return sum / (10 * n);
    });
    expectMean(batches.slice(2), lateBindingSojourn(lambda, 2), 0.03, 0.005);
  });
});

describe("redundancy", () => {
  it("is as solved elsewhere, and in closed form at both ends", () => {
    expect(redundancySojourn(10, 2, 0.7)).toBeCloseTo(1.101627, 6);
    expect(redundancySojourn(10, 3, 0.8)).toBeCloseTo(0.944472, 6);
    // One copy: M/M/1. All servers: M/M/1 of rate n.
    expect(redundancySojourn(7, 1, 0.9)).toBeCloseTo(10, 10);
    expect(redundancySojourn(7, 7, 0.9)).toBeCloseTo(10 / 7, 10);
    expect(redundancySojourn(1, 1, 1e-300)).toBe(1);
    expect(redundancySojourn(100_000, 50_000, 0.5)).toBeGreaterThan(0);
    expect(() => redundancySojourn(3, 4, 0.5)).toThrow(/choices 4/);
    expect(() => redundancySojourn(0, 1, 0.5)).toThrow(UserError);
    expect(() => redundancySojourn(3, 2, 1)).toThrow(/arrival rate 1/);
  });

  it("is what four simulated servers show", () => {
    const [n, d, lambda] = [4, 2, 0.6];
    const random = quickRandomStream("closed-forms", "redundancy");
    /** In order of arrival; a server works at the first job that has a copy there. */
    const jobs: number[][] = [];
    const batches = Array.from({ length: BATCHES + 1 }, () => {
      let [time, integral] = [0, 0];
      for (let event = 0; event < 100_000; event++) {
        const gap = exponential(random, 1 / (n + n * lambda));
        time += gap;
        integral += gap * jobs.length;
        if (random() * (n + n * lambda) > n) jobs.push(drawDistinct(random, n, d));
        else {
          const server = uniformIndex(random, n);
          const served = jobs.findIndex((copies) => copies.includes(server));
          if (served >= 0) jobs.splice(served, 1);
        }
      }
      return integral / time / (n * lambda);
    });
    expectMean(batches.slice(1), redundancySojourn(n, d, lambda), 0.03);
  });
});

describe("jiq with many dispatchers", () => {
  it("is as solved elsewhere", () => {
    const ten = jiqManyDispatchers(0.8, 10);
    expect(ten.uninformed).toBeCloseTo(0.30453, 5);
    expect(ten.meanQueue).toBeCloseTo(1.05767, 5);
    const four = jiqManyDispatchers(0.7, 4);
    expect(four.uninformed).toBeCloseTo(0.41483, 5);
    expect(four.meanQueue).toBeCloseTo(0.98645, 5);
  });

  it("comes to JIQ with one dispatcher, and to random routing, and is finite in between", () => {
    expect(jiqManyDispatchers(0.8, 1000).meanQueue).toBeLessThan(0.805);
    expect(jiqManyDispatchers(0.8, 1e-6).meanQueue).toBeCloseTo(4, 3);
    for (const arrivalRate of [1e-9, 0.5, 1 - 1e-9]) {
      for (const perDispatcher of [1e-9, 1, 30, 1000]) {
        const { uninformed, meanQueue } = jiqManyDispatchers(arrivalRate, perDispatcher);
        expect(uninformed).toBeGreaterThanOrEqual(0);
        expect(uninformed).toBeLessThanOrEqual(1);
        expect(meanQueue).toBeGreaterThanOrEqual(arrivalRate);
        expect(Number.isFinite(meanQueue)).toBe(true);
      }
    }
    expect(() => jiqManyDispatchers(1, 10)).toThrow(UserError);
    expect(() => jiqManyDispatchers(0.5, 0)).toThrow(/0 servers for each/);
    expect(() => jiqManyDispatchers(0.5, 1e9)).toThrow(/at most 1000/);
  });

  it("has fewer tokens and longer queues the longer messages take, and never more than random routing", () => {
    for (const arrivalRate of [1e-9, 0.5, 0.95, 1 - 1e-9]) {
      for (const perDispatcher of [1e-9, 1, 30, 1000]) {
        let before = jiqManyDispatchers(arrivalRate, perDispatcher);
        for (const delay of [1e-6, 0.1, 1, 1000]) {
          const late = jiqManyDispatchers(arrivalRate, perDispatcher, delay);
          expect(late.uninformed).toBeGreaterThanOrEqual(before.uninformed * (1 - 1e-9));
          expect(late.meanQueue).toBeGreaterThanOrEqual(before.meanQueue * (1 - 1e-9));
          expect(late.meanQueue).toBeLessThanOrEqual((arrivalRate / (1 - arrivalRate)) * (1 + 1e-9));
          before = late;
        }
      }
    }
    expect(() => jiqManyDispatchers(0.5, 10, -1)).toThrow(/message delay -1/);
  });

  it("is what simulated dispatchers show", () => {
    const [r, dispatchers, lambda] = [4, 250, 0.7];
    const n = r * dispatchers;
    const random = quickRandomStream("closed-forms", "dispatchers");
    const jobs = new Int32Array(n);
    const tokens = Array.from({ length: dispatchers }, (): number[] => []);
    const place = new Int32Array(n);
    const putToken = (server: number): void => {
      place[server] = uniformIndex(random, dispatchers);
      tokens[place[server]].push(server);
    };
    for (let server = 0; server < n; server++) putToken(server);
    let inSystem = 0;
    const batches = Array.from({ length: BATCHES + 3 }, () => {
      let integral = 0;
      for (let event = 0; event < 100 * n; event++) {
        integral += inSystem;
        if (random() * (1 + lambda) > 1) {
          const mine = tokens[uniformIndex(random, dispatchers)];
          const server = mine.length > 0 ? mine[uniformIndex(random, mine.length)] : uniformIndex(random, n);
          if (jobs[server] === 0) {
            const holder = tokens[place[server]];
            holder.splice(holder.indexOf(server), 1);
          }
          jobs[server]++;
          inSystem++;
        } else {
          const server = uniformIndex(random, n);
          if (jobs[server] === 0) continue;
          inSystem--;
          if (--jobs[server] === 0) putToken(server);
        }
      }
      return integral / (100 * n) / n;
    });
    expectMean(batches.slice(3), jiqManyDispatchers(lambda, r).meanQueue, 0.02, 0.005);
  });
});

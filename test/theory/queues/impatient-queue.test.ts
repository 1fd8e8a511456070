import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, type RandomStream, randomStream } from "../../../model/random.js";
import { erlangB } from "../../../theory/queues/erlang-b.js";
import { type ImpatientQueue, impatientQueue } from "../../../theory/queues/impatient-queue.js";
import { pooledSystem } from "../../../theory/queues/pooled-system.js";

const WARM_UP_JOBS = 2000;
const JOBS = 40_000;
const REPLICATIONS = 25;

/** First in first out at k workers, told job by job: a job whose turn comes too late takes no time (Kiefer and Wolfowitz 1955). */
function naively(random: RandomStream, load: number, workers: number, timeout: number): ImpatientQueue {
  const freeAt = new Array<number>(workers).fill(0);
  let [now, start, abandoned, timedOut, waits, sojourns, work] = [0, 0, 0, 0, 0, 0, 0];
  const mean = (): number => freeAt.reduce((sum, time) => sum + Math.max(now, time), 0) / workers;
  for (let job = 0; job < WARM_UP_JOBS + JOBS; job++) {
    if (job === WARM_UP_JOBS) {
      start = mean();
      [abandoned, timedOut, waits, sojourns, work] = [0, 0, 0, 0, 0];
    }
    now += exponential(random, 1 / (load * workers));
    const size = exponential(random, 1);
    const first = freeAt.indexOf(Math.min(...freeAt));
    const wait = Math.max(0, freeAt[first] - now);
    const isServed = wait <= timeout;
    const sojourn = wait + (isServed ? size : 0);
    sojourns += sojourn;
    if (sojourn > timeout) timedOut++;
    if (!isServed) abandoned++;
    else {
      freeAt[first] = now + sojourn;
      waits += wait;
      work += size;
    }
  }
  return {
    abandonedFraction: abandoned / JOBS,
    timedOutFraction: timedOut / JOBS,
    meanWaitingTime: waits / (JOBS - abandoned),
    meanSojournTime: sojourns / JOBS,
    busyFraction: work / workers / (mean() - start),
  };
}

const settings = fc.record({
  arrivalRate: fc.double({ min: 0.05, max: 20, noNaN: true }),
  rate: fc.double({ min: 0.1, max: 5, noNaN: true }),
  workers: fc.integer({ min: 1, max: 20 }),
});

describe("M/M/k + D (Barrer 1957; Baccelli and Hebuterne 1981)", () => {
  for (const [load, workers, timeout] of [
    [0.8, 1, 3],
    [1, 1, 5],
    [1.5, 1, 10],
    [0.9, 3, 0.5],
    [2, 4, 2],
  ]) {
    it(`agrees with a queue told job by job: load ${load}, ${workers} workers, timeout ${timeout}`, () => {
      const seen = Array.from({ length: REPLICATIONS }, (_, i) =>
        naively(randomStream(String(i), `impatient/${load}/${workers}`), load, workers, timeout),
      );
      const predicted = impatientQueue(load * workers, 1, workers, timeout);
      for (const name of Object.keys(predicted) as (keyof ImpatientQueue)[]) {
        const values = seen.map((one) => one[name]);
        const mean = values.reduce((sum, value) => sum + value, 0) / REPLICATIONS;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (REPLICATIONS - 1);
        // 4.5 standard errors with 24 degrees of freedom: one in 7000, of 25 with fixed seeds.
        expect(Math.abs(mean - predicted[name]), name).toBeLessThan(4.5 * Math.sqrt(variance / REPLICATIONS));
      }
    });
  }

  it("becomes M/M/k for clients that wait long, and the loss system of Erlang (1917) for clients that do not wait", () => {
    fc.assert(
      fc.property(settings, ({ arrivalRate, rate, workers }) => {
        const offered = arrivalRate / rate;
        const hasty = impatientQueue(arrivalRate, rate, workers, 1e-9);
        expect(hasty.abandonedFraction).toBeCloseTo(erlangB(workers, offered), 6);
        fc.pre(offered < 0.95 * workers);
        const { waitingProbability } = pooledSystem({
          ...{ totalArrivalRate: arrivalRate, serviceRates: new Array<number>(workers).fill(rate) },
          capacity: Number.POSITIVE_INFINITY,
        });
        const patient = impatientQueue(arrivalRate, rate, workers, 1e4 / rate);
        const wait = waitingProbability / (workers * rate - arrivalRate);
        expect(patient.meanWaitingTime).toBeCloseTo(wait, 6);
        expect(patient.meanSojournTime).toBeCloseTo(wait + 1 / rate, 6);
        expect(patient.timedOutFraction).toBeCloseTo(0, 9);
      }),
    );
  });

  it("has finite values in their range at any load, and fewer that give up the longer clients wait", () => {
    fc.assert(
      fc.property(
        settings,
        fc.double({ min: 0.01, max: 2000, noNaN: true }),
        ({ arrivalRate, rate, workers }, timeout) => {
          const found = impatientQueue(arrivalRate, rate, workers, timeout);
          for (const fraction of [found.abandonedFraction, found.timedOutFraction, found.busyFraction]) {
            expect(fraction).toBeGreaterThanOrEqual(0);
            expect(fraction).toBeLessThanOrEqual(1 + 1e-9);
          }
          expect(found.timedOutFraction).toBeGreaterThanOrEqual(found.abandonedFraction);
          expect(found.meanWaitingTime).toBeLessThanOrEqual(timeout * (1 + 1e-9));
          expect(found.meanSojournTime).toBeLessThan(Number.POSITIVE_INFINITY);
          const longer = impatientQueue(arrivalRate, rate, workers, 1.1 * timeout);
          expect(longer.abandonedFraction).toBeLessThanOrEqual(found.abandonedFraction + 1e-12);
        },
      ),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noServerTotals } from "../../model/totals.js";
import type { ParallelServer } from "../../server-node/disciplines/parallel-server.js";
import { Pool } from "../../server-node/disciplines/pool.js";
import { ProcessorSharing } from "../../server-node/disciplines/processor-sharing.js";

interface Job {
  readonly arrival: number;
  readonly work: number;
}
interface Departure {
  readonly number: number;
  readonly time: number;
  readonly waited: number;
}

const jobs = fc
  .array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0.01, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((list) => {
    let arrival = 0;
    return list.map(([gap, work]): Job => {
      arrival += gap;
      return { arrival, work };
    });
  });
const rates = fc.double({ min: 0.1, max: 5, noNaN: true });
const workerCounts = fc.integer({ min: 1, max: 5 });

/** First in first out at k workers: each job starts when it has arrived and a worker is free (Kiefer and Wolfowitz 1955). */
function naiveFifo(list: readonly Job[], rate: number, workers: number): Departure[] {
  const freeAt = new Array<number>(workers).fill(0);
  return list.map(({ arrival, work }, i) => {
    const first = freeAt.indexOf(Math.min(...freeAt));
    const start = Math.max(arrival, freeAt[first]);
    freeAt[first] = start + work / rate;
    return { number: i + 1, time: freeAt[first], waited: start - arrival };
  });
}

/** Processor sharing told job by job: between events every job loses its share of the work. */
function naiveSharing(list: readonly Job[], rate: number, workers: number): Departure[] {
  const left = new Map<number, number>();
  const departures: Departure[] = [];
  let now = 0;
  for (let next = 0; next < list.length || left.size > 0; ) {
    const share = rate * Math.min(1, workers / left.size);
    const [number, least] = [...left].reduce((a, b) => (b[1] < a[1] ? b : a), [0, Number.POSITIVE_INFINITY]);
    const end = now + least / share;
    const arrival = list[next]?.arrival ?? Number.POSITIVE_INFINITY;
    const event = Math.min(end, arrival);
    for (const [job, work] of left) left.set(job, work - share * (event - now));
    now = event;
    if (end <= arrival) {
      left.delete(number);
      departures.push({ number, time: now, waited: 0 });
    } else left.set(++next, list[next - 1].work);
  }
  return departures;
}

/** Lets a server serve all jobs, and looks at it now and then on the way. */
function serve(server: ParallelServer, list: readonly Job[]): Departure[] {
  const departures: Departure[] = [];
  const totals = noServerTotals();
  const completeUntil = (now: number): void => {
    while (server.dueTime <= now) {
      const time = server.dueTime;
      const timeAtServer = server.completeNext();
      const number = server.lastCompleted;
      expect(timeAtServer).toBeCloseTo(time - list[number - 1].arrival, 9);
      departures.push({ number, time, waited: server.lastWaited });
    }
  };
  for (const { arrival, work } of list) {
    completeUntil(arrival);
    if (work > 5) server.observe(arrival, totals);
    expect(server.accept(arrival, work)).toBe(true);
  }
  completeUntil(Number.MAX_VALUE);
  return departures;
}

function expectSame(found: readonly Departure[], told: readonly Departure[]): void {
  const byNumber = (list: readonly Departure[]): Departure[] => list.toSorted((a, b) => a.number - b.number);
  expect(found.length).toBe(told.length);
  for (const [i, { number, time, waited }] of byNumber(told).entries()) {
    const one = byNumber(found)[i];
    expect(one.number).toBe(number);
    expect(Math.abs(one.time - time)).toBeLessThan(1e-9 * Math.max(1, time));
    expect(Math.abs(one.waited - waited)).toBeLessThan(1e-9 * Math.max(1, time));
  }
}

/** The books of a server that has served all jobs. */
function expectBooks(server: ParallelServer, list: readonly Job[], told: readonly Departure[], capacity: number): void {
  const end = Math.max(...told.map(({ time }) => time)) + 1;
  const totals = noServerTotals();
  server.observe(end, totals);
  const work = list.reduce((sum, one) => sum + one.work, 0);
  const times = told.reduce((sum, { number, time }) => sum + time - list[number - 1].arrival, 0);
  expect(totals.observedTime).toBeCloseTo(end, 9);
  expect(totals.workDone).toBeCloseTo(work, 7);
  expect(totals.busyTime).toBeCloseTo(work / capacity, 7);
  expect(totals.queueLengthIntegral).toBeCloseTo(times, 6);
  expect(totals.waitingTime).toBeCloseTo(
    told.reduce((sum, { waited }) => sum + waited, 0),
    6,
  );
  expect(totals).toMatchObject({ begun: list.length, completed: list.length });
}

describe("k workers, first in first out", () => {
  it("serve every job as the workload vector of Kiefer and Wolfowitz (1955) says, and keep their books", () => {
    fc.assert(
      fc.property(jobs, rates, workerCounts, (list, rate, workers) => {
        const server = new Pool({ buffer: Number.POSITIVE_INFINITY, rate, workers, now: 0 });
        const told = naiveFifo(list, rate, workers);
        expectSame(serve(server, list), told);
        expectBooks(server, list, told, rate * workers);
      }),
    );
  });

  it("start nothing of what they have abandoned", () => {
    const server = new Pool({ buffer: 4, rate: 1, workers: 2, now: 0 });
    for (const work of [5, 5, 1, 1]) server.accept(0, work);
    expect(server.accept(0, 1)).toBe(false);
    server.dropAll(1);
    expect([server.queueLength, server.dueTime]).toEqual([0, Number.POSITIVE_INFINITY]);
    server.accept(2, 3);
    expect(server.dueTime).toBe(5);
    expect([server.completeNext(), server.lastCompleted]).toEqual([3, 5]);
  });
});

describe("processor sharing", () => {
  it("ends every job when a naive account of all remaining work does, and keeps its books", () => {
    fc.assert(
      fc.property(jobs, rates, workerCounts, (list, rate, workers) => {
        const server = new ProcessorSharing({ buffer: Number.POSITIVE_INFINITY, rate, workers, now: 0 });
        const told = naiveSharing(list, rate, workers);
        expectSame(serve(server, list), told);
        expectBooks(server, list, told, rate * workers);
      }),
    );
  });

  it("shares one worker: two jobs of work 1 and 2 that come together end at 2 and 3", () => {
    const server = new ProcessorSharing({ buffer: 2, rate: 1, workers: 1, now: 0 });
    expect([1, 2, 3].map((work) => server.accept(0, work))).toEqual([true, true, false]);
    expect([server.dueTime, server.completeNext(), server.lastCompleted]).toEqual([2, 2, 1]);
    expect([server.dueTime, server.completeNext(), server.lastCompleted]).toEqual([3, 3, 2]);
  });

  it("forgets the work of jobs that it abandons", () => {
    const server = new ProcessorSharing({ buffer: 9, rate: 1, workers: 1, now: 0 });
    server.accept(0, 4);
    server.accept(1, 4);
    server.dropAll(3);
    expect([server.queueLength, server.dueTime]).toEqual([0, Number.POSITIVE_INFINITY]);
    server.accept(4, 2);
    expect([server.dueTime, server.completeNext(), server.lastCompleted]).toEqual([6, 2, 3]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noServerTotals } from "../../model/totals.js";
import { Pool } from "../../server-node/disciplines/pool.js";

const RATE = 2;
/** Tasks as the time since the task before arrived, and the work. */
const tasks = fc.array(
  fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0.01, max: 10, noNaN: true })),
  { minLength: 1, maxLength: 30 },
);

describe("a pool", () => {
  it("serves every task from its arrival for its work over the rate, and completes them in the order of their ends", () => {
    fc.assert(
      fc.property(tasks, (sequence) => {
        const pool = new Pool({ buffer: Number.POSITIVE_INFINITY, rate: RATE, now: 0 });
        const completed: (readonly [number: number, end: number, timeAtPool: number])[] = [];
        const completeUntil = (time: number): void => {
          while (pool.dueTime <= time) {
            const end = pool.dueTime;
            const timeAtPool = pool.completeNext();
            completed.push([pool.lastCompleted, end, timeAtPool]);
          }
        };
        let now = 0;
        const told = sequence.map(([gap, work], index) => {
          now += gap;
          completeUntil(now);
          expect(pool.accept(now, work)).toBe(true);
          return [index + 1, now + work / RATE, work / RATE, now] as const;
        });
        completeUntil(Number.MAX_VALUE);
        const ordered = [...told].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
        expect(completed.map(([number]) => number)).toEqual(ordered.map(([number]) => number));
        for (const [k, [, end, timeAtPool]] of completed.entries()) {
          expect(end).toBe(ordered[k][1]);
          expect(timeAtPool).toBeCloseTo(ordered[k][2], 9);
        }
        expectTotals(pool, told);
      }),
    );
  });

  it.each<[string, (pool: Pool) => unknown]>([
    ["a server holds at least one job, not 0", () => new Pool({ buffer: 0, rate: 1, now: 0 })],
    ["a worker serves at a rate > 0, not 0", () => new Pool({ buffer: 1, rate: 0, now: 0 })],
    ["jobs due at 5 are completed before one is accepted at 6", (pool) => pool.accept(6, 1)],
    ["time does not go back from 3 to 2", (pool) => pool.observe(2, noServerTotals())],
  ])("says when it is misused that %s", (invariant, misuse) => {
    const pool = new Pool({ buffer: 9, rate: RATE, now: 0 });
    pool.accept(3, 4);
    expect(() => misuse(pool)).toThrow(new Error(`assertion failed: ${invariant}`));
    expect(pool.accept(5, 4)).toBe(true);
    expect(pool.rateAt()).toBe(RATE);
  });

  it("has no task to complete when it is empty", () => {
    const pool = new Pool({ buffer: 1, rate: 1, now: 0 });
    expect(() => pool.completeNext()).toThrow(new Error("assertion failed: a job is in service and will be completed"));
  });

  it("takes no more tasks than its buffer holds", () => {
    const pool = new Pool({ buffer: 2, rate: 1, now: 0 });
    expect([1, 2, 3].map((work) => pool.accept(0, work))).toEqual([true, true, false]);
    pool.completeNext();
    expect(pool.accept(1, 1)).toBe(true);
    expect([pool.queueLength, pool.accepted]).toEqual([2, 3]);
  });
});

/** The totals against sums over the tasks themselves, at a time when all have ended. */
function expectTotals(
  pool: Pool,
  told: readonly (readonly [number: number, end: number, time: number, arrival: number])[],
): void {
  const until = Math.max(...told.map(([, end]) => end)) + 1;
  const totals = noServerTotals();
  pool.observe(until, totals);
  const total = told.reduce((sum, [, , time]) => sum + time, 0);
  let busyTime = 0;
  let idleTimeIntegral = 0;
  let [free, lastIdle] = [0, 0];
  for (const [, end, , arrival] of told) {
    // A pool that empties at the moment of an arrival has been idle for no time.
    if (arrival >= free) {
      lastIdle = arrival - free;
      idleTimeIntegral += lastIdle ** 2 / 2;
    }
    const more = Math.max(0, end - Math.max(arrival, free));
    busyTime += more;
    idleTimeIntegral += lastIdle * more;
    free = Math.max(free, end);
  }
  idleTimeIntegral += (until - free) ** 2 / 2;
  expect(totals.observedTime).toBeCloseTo(until, 9);
  expect(totals.queueLengthIntegral).toBeCloseTo(total, 7);
  expect(totals.workDone).toBeCloseTo(RATE * total, 7);
  expect(totals.busyTime).toBeCloseTo(busyTime, 7);
  expect(totals).toMatchObject({ begun: told.length, completed: told.length, waitingTime: 0 });
  expect(totals.idleTimeIntegral).toBeCloseTo(idleTimeIntegral, 6);
}

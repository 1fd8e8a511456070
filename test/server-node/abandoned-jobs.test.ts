import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import type { ServerModel } from "../../model/server-model.js";
import { noServerTotals } from "../../model/totals.js";
import { rateControlFor } from "../../server-node/rate-control/index.js";
import { serverFor } from "../../server-node/server-for.js";

interface Job {
  readonly arrival: number;
  readonly work: number;
}

interface Departure {
  readonly time: number;
  readonly waited: number;
  readonly isAbandoned: boolean;
}

const jobs = fc
  .array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0.01, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => {
    let arrival = 0;
    return list.map(([gap, work]): Job => {
      arrival += gap;
      return { arrival, work };
    });
  });

/** A job starts when it has arrived and a worker is free; if that is too late, it takes no time (after Kiefer and Wolfowitz 1955). */
function told(list: readonly Job[], workers: number, patience: number): Departure[] {
  const freeAt = new Array<number>(workers).fill(0);
  return list.map(({ arrival, work }) => {
    const first = freeAt.indexOf(Math.min(...freeAt));
    const start = Math.max(arrival, freeAt[first]);
    const isAbandoned = start - arrival > patience;
    if (!isAbandoned) freeAt[first] = start + work;
    return { time: isAbandoned ? start : freeAt[first], waited: start - arrival, isAbandoned };
  });
}

describe("servers with clients that give up", () => {
  it("leave out just the jobs whose turn comes too late, and keep their books", () => {
    fc.assert(
      fc.property(
        jobs,
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0.1, max: 15, noNaN: true }),
        (list, workers, patience) => {
          const model: ServerModel = {
            ...{ discipline: "fifo" as const, workers, buffer: Number.POSITIVE_INFINITY, abandonAfter: patience },
            ...{ rateControl: { kind: "fixed" as const }, initialRates: { law: "constant" as const, rate: 1 } },
          };
          const server = serverFor(model, rateControlFor(model.rateControl), 1, 0, randomStream("1", "services/0"));
          const found: Departure[] = [];
          const completeUntil = (now: number): void => {
            while (server.dueTime <= now) {
              const time = server.dueTime;
              server.completeNext();
              found[server.lastCompleted - 1] = {
                time,
                waited: server.lastWaited,
                isAbandoned: server.lastWasAbandoned,
              };
            }
          };
          for (const { arrival, work } of list) {
            completeUntil(arrival);
            expect(server.accept(arrival, work)).toBe(true);
          }
          completeUntil(Number.MAX_VALUE);
          const expected = told(list, workers, patience);
          for (const [i, { time, waited, isAbandoned }] of expected.entries()) {
            expect(found[i].isAbandoned).toBe(isAbandoned);
            expect(found[i].time).toBeCloseTo(time, 8);
            expect(found[i].waited).toBeCloseTo(waited, 8);
          }
          const totals = noServerTotals();
          const end = Math.max(...expected.map(({ time }) => time)) + 1;
          server.observe(end, totals);
          const served = expected.filter(({ isAbandoned }) => !isAbandoned);
          const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
          expect(totals).toMatchObject({
            completed: served.length,
            begun: served.length,
            abandoned: list.length - served.length,
          });
          expect(totals.waitingTime).toBeCloseTo(sum(served.map(({ waited }) => waited)), 6);
          expect(totals.workDone).toBeCloseTo(sum(list.map(({ work }, i) => (expected[i].isAbandoned ? 0 : work))), 6);
          expect(totals.queueLengthIntegral).toBeCloseTo(
            sum(list.map(({ arrival }, i) => expected[i].time - arrival)),
            6,
          );
        },
      ),
    );
  });
});

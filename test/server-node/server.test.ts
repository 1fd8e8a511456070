import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { powerCost, type SojournCost, sojournCosts } from "../../model/cost-functions.js";
import { noServerTotals, type ServerTotals } from "../../model/totals.js";
import { fixedRate } from "../../server-node/rate-control/fixed.js";
import { idleTimeRule } from "../../server-node/rate-control/idle-time-rule.js";
import { Server } from "../../server-node/server.js";
import { type Job, naiveHistory } from "./server-history.js";

const rules = [...sojournCosts.values()].map((g) => ({ g, h: powerCost(0.1, 2), inverseStep: 10 }));
const jobs = fc.array(
  fc.tuple(fc.double({ min: 0.001, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 3, noNaN: true })),
  { minLength: 1, maxLength: 25 },
);
const buffers = fc.constantFrom(1, 3, Number.POSITIVE_INFINITY);

function observe(server: Server, now: number): ServerTotals {
  const totals = noServerTotals();
  server.observe(now, totals);
  return totals;
}

/** Lets a server serve jobs until a time, looking at it at other times on the way. */
function serve(server: Server, sequence: readonly Job[], until: number, looks: readonly number[] = []) {
  const departures: number[] = [];
  const timesAtServer: number[] = [];
  const taken: boolean[] = [];
  const completeUntil = (now: number): void => {
    while (server.dueTime <= now) {
      departures.push(server.dueTime);
      timesAtServer.push(server.completeNext());
    }
  };
  let arrival = 0;
  const events = [
    ...sequence.map(([gap, work]) => {
      arrival += gap;
      return { time: arrival, work };
    }),
    ...looks.map((part) => ({ time: part * until, work: undefined })),
  ].toSorted((a, b) => a.time - b.time);
  for (const { time, work } of events.filter((event) => event.time <= until)) {
    completeUntil(time);
    if (work === undefined) observe(server, time);
    else taken.push(server.accept(time, work));
  }
  completeUntil(until);
  return { departures, timesAtServer, taken };
}

describe("a server of fixed rate", () => {
  it("is a first-in first-out queue: departures by Lindley's recursion, at any buffer", () => {
    fc.assert(
      fc.property(jobs, buffers, (sequence, buffer) => {
        const server = new Server({ buffer, rateControl: fixedRate(), initialRate: 2, now: 0 });
        const { departures, timesAtServer, taken } = serve(server, sequence, 1000);
        const expected: number[] = [];
        const sojourns: number[] = [];
        let arrival = 0;
        for (const [i, [gap, work]] of sequence.entries()) {
          arrival += gap;
          const present = expected.filter((departure) => departure > arrival).length;
          expect(taken[i]).toBe(present < buffer);
          if (present >= buffer) continue;
          const departure = Math.max(arrival, expected[expected.length - 1] ?? 0) + work / 2;
          expected.push(departure);
          sojourns.push(departure - arrival);
        }
        expect(departures.length).toBe(expected.length);
        for (const [i, departure] of departures.entries()) {
          expect(departure).toBeCloseTo(expected[i], 9);
          expect(timesAtServer[i]).toBeCloseTo(sojourns[i], 9);
        }
        expect(server.queueLength).toBe(0);
      }),
    );
  });

  it("starts a queued job when its predecessor was due, however late it is told", () => {
    const server = new Server({ buffer: 5, rateControl: fixedRate(), initialRate: 1, now: 0 });
    for (const work of [1, 2, 4]) server.accept(0, work);
    // Nobody calls until long after; every due time is as if somebody had.
    const due = [1, 3, 7].map((expected) => {
      expect(server.dueTime).toBe(expected);
      return server.completeNext();
    });
    expect(due).toEqual([1, 3, 7]);
    expect(observe(server, 10)).toEqual({
      observedTime: 10,
      busyTime: 7,
      // Idle from 7 to 10: the integral of the time since then.
      idleTimeIntegral: 4.5,
      workDone: 7,
      // Three jobs until 1, two until 3, one until 7; the second waited for 1, the third for 3.
      queueLengthIntegral: 11,
      waitingTime: 4,
      begun: 3,
      completed: 3,
      abandoned: 0,
    });
  });

  it("counts jobs, and refuses to be told of the past or to skip a due time", () => {
    const server = new Server({ buffer: 2, rateControl: fixedRate(), initialRate: 1, now: 0 });
    server.accept(1, 1);
    server.accept(1.5, 1);
    expect(server.queueLength).toBe(2);
    expect(server.accept(1.6, 1)).toBe(false);
    expect([server.accepted, server.lastCompleted]).toEqual([2, 0]);
    expect(() => server.accept(2.5, 1)).toThrow("assertion failed");
    server.completeNext();
    expect(server.lastCompleted).toBe(1);
    server.completeNext();
    expect(() => server.accept(0.5, 1)).toThrow("assertion failed");
    expect(() => server.completeNext()).toThrow("assertion failed");
  });
});

describe("a server that is misused", () => {
  const serverOf = (options: Partial<ConstructorParameters<typeof Server>[0]> = {}): Server =>
    new Server({ buffer: 2, rateControl: fixedRate(), initialRate: 1, now: 3, ...options });
  const busy = (): Server => {
    const server = serverOf();
    server.accept(4, 2);
    return server;
  };

  it.each<[string, () => unknown]>([
    ["a server holds at least one job, not 0", () => serverOf({ buffer: 0 })],
    ["a service rate is not negative: -1", () => serverOf({ initialRate: -1 })],
    ["jobs due at 6 are completed before one is accepted at 6.5", () => busy().accept(6.5, 1)],
    ["time does not go back from 3 to 2", () => serverOf().accept(2, 1)],
    ["a job is in service and will be completed", () => serverOf().completeNext()],
  ])("says that %s", (invariant, misuse) => {
    expect(misuse).toThrow(new Error(`assertion failed: ${invariant}`));
  });

  it("is not by the least buffer, by the rate 0, at which a job never ends, or at the very time that a job is due", () => {
    const still = serverOf({ buffer: 1, initialRate: 0 });
    expect([still.accept(3, 1), still.dueTime]).toEqual([true, Number.POSITIVE_INFINITY]);
    expect(() => still.completeNext()).toThrow("a job is in service and will be completed");
    expect(busy().accept(6, 1)).toBe(true);
  });
});

describe("a server under the rate rule", () => {
  const expectClose = (actual: number, expected: number): void =>
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(expected)));

  it("goes through idle and busy times, mid-service too, as the rule does in small steps, whoever looks on the way", () => {
    const parts = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        jobs,
        buffers,
        parts,
        fc.array(parts),
        (rule, sequence, buffer, part, looks) => {
          const until = part * sequence.reduce((sum, [gap, work]) => sum + gap + work, 0);
          const rateControl = idleTimeRule(rule.g, rule.h, rule.inverseStep);
          const server = new Server({ buffer, rateControl, initialRate: 0.5, now: 0 });
          const { departures, taken } = serve(server, sequence, until, looks);
          const expected = naiveHistory(rule, 0.5, sequence, buffer, until);
          expect(taken).toEqual(expected.taken);
          expect(departures.length).toBe(expected.departures.length);
          for (const [i, departure] of departures.entries()) expectClose(departure, expected.departures[i]);
          expectClose(server.rateAt(until), expected.rate);
          const totals = observe(server, until);
          for (const [name, value] of Object.entries(expected.totals))
            expectClose(totals[name as keyof ServerTotals], value);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on from the rate that it had when it abandoned a job, its idle time being 0 again", () => {
    const rule = idleTimeRule(sojournCosts.get("reciprocal") as SojournCost, powerCost(0.1, 2), 10);
    const server = new Server({ buffer: 1, rateControl: rule, initialRate: 0.2, now: 0 });
    server.accept(3, 100);
    server.dropAll(5);
    const { rate: afterIdle } = { ...rule.evolve(0.2, 0, true, 3) };
    const { rate: afterService } = { ...rule.evolve(afterIdle, 3, false, 2) };
    expectClose(server.rateAt(5), afterService);
    expectClose(server.rateAt(9), rule.evolve(afterService, 0, true, 4).rate);
  });

  it("has done just the work of a job when it is due: the integral of the rate over its service", () => {
    const server = new Server({
      buffer: 1,
      rateControl: idleTimeRule(sojournCosts.get("reciprocal") as SojournCost, powerCost(0.1, 2), 10),
      initialRate: 0.2,
      now: 0,
    });
    server.accept(3, 2);
    expectClose(observe(server, server.dueTime).workDone, 2);
    const due = server.dueTime;
    server.completeNext();
    expect(observe(server, due).workDone).toBe(2);
  });
});

describe("a server that waits for the load", () => {
  const { g, h, inverseStep } = rules[0];
  const made = (now: number, waitsForLoad: boolean): Server =>
    new Server({ buffer: 3, rateControl: idleTimeRule(g, h, inverseStep), initialRate: 0.7, now, waitsForLoad });

  it("keeps its rate until its first job, and from then on is a server that starts with it", () => {
    fc.assert(
      fc.property(jobs, fc.double({ min: 0.1, max: 500, noNaN: true }), ([[, work], ...later], wait) => {
        const [waiting, fresh] = [made(0, true), made(wait, false)];
        expect(waiting.rateAt(wait / 2)).toBe(0.7);
        expect(observe(waiting, wait / 2)).toMatchObject({ observedTime: wait / 2, idleTimeIntegral: 0, busyTime: 0 });
        expect([waiting.accept(wait, work), fresh.accept(wait, work)]).toEqual([true, true]);
        let now = wait;
        for (const [gap, next] of later) {
          now += gap;
          for (const server of [waiting, fresh]) {
            while (server.dueTime <= now) server.completeNext();
            server.accept(now, next);
          }
        }
        expect(waiting.rateAt(now)).toBe(fresh.rateAt(now));
        const [one, other] = [observe(waiting, now), observe(fresh, now)];
        expect(one.observedTime).toBeCloseTo(other.observedTime + wait, 6);
        expect({ ...one, observedTime: 0 }).toEqual({ ...other, observedTime: 0 });
      }),
    );
  });

  it("learns at once where it does not wait", () => {
    expect(made(0, false).rateAt(50)).toBeLessThan(0.7);
  });
});

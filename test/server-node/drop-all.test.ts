import { describe, expect, it } from "vitest";
import { noServerTotals } from "../../model/totals.js";
import { Pool } from "../../server-node/disciplines/pool.js";
import type { EmulatedServer } from "../../server-node/emulated-server.js";
import { rateControlFor } from "../../server-node/rate-control/index.js";
import { Server } from "../../server-node/server.js";

interface Discipline {
  readonly make: () => EmulatedServer;
  /** Jobs that it serves at once, of three. */
  readonly beside: number;
}

const disciplines: [string, Discipline][] = [
  [
    "fifo",
    {
      make: () => new Server({ buffer: 5, rateControl: rateControlFor({ kind: "fixed" }), initialRate: 2, now: 0 }),
      beside: 1,
    },
  ],
  ["pool", { make: () => new Pool({ buffer: 5, rate: 2, now: 0 }), beside: 3 }],
];

describe.each(disciplines)("a %s server that abandons its jobs", (_discipline, { make, beside }) => {
  it.each([
    ["in mid-service", 1.5],
    ["after some were due", 9],
  ])("%s is idle, and serves the next job as ever, under the next number", (_when, now) => {
    const server = make();
    for (const work of [2, 4, 6]) expect(server.accept(1, work)).toBe(true);
    server.dropAll(now);
    expect([server.queueLength, server.dueTime]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect(server.accept(now + 1, 3)).toBe(true);
    expect(server.accepted).toBe(4);
    expect(server.dueTime).toBeCloseTo(now + 2.5, 12);
    expect(server.completeNext()).toBeCloseTo(1.5, 12);
    expect(server.lastCompleted).toBe(4);
    const totals = noServerTotals();
    server.observe(now + 3, totals);
    expect(totals.completed).toBe(1);
    expect(totals.observedTime).toBeCloseTo(now + 3, 12);
    expect(totals.busyTime).toBeLessThanOrEqual(totals.observedTime - 1.5);
  });

  it.each([
    // Three jobs from 1 on; the first would end at 2, and by then a driver that comes late has to abandon them.
    ["in mid-service", 1.5, 1.5],
    ["after some were due", 9, 2],
  ])("%s has seen what it did until then, and nothing of what it dropped", (_when, now, end) => {
    const server = make();
    for (const work of [2, 4, 6]) server.accept(1, work);
    server.dropAll(now);
    const totals = noServerTotals();
    server.observe(11, totals);
    expect(totals).toEqual({
      observedTime: 11,
      busyTime: end - 1,
      // Idle until 1, for which the idle time is remembered until the end; then from 0 again.
      idleTimeIntegral: 1 / 2 + (end - 1) + (11 - end) ** 2 / 2,
      workDone: beside * 2 * (end - 1),
      queueLengthIntegral: 3 * (end - 1),
      waitingTime: 0,
      begun: beside,
      completed: 0,
      abandoned: 0,
    });
  });

  it("that is idle stays as it is", () => {
    const [one, other] = [make(), make()];
    one.dropAll(3);
    const [seen, expected] = [noServerTotals(), noServerTotals()];
    one.observe(5, seen);
    other.observe(5, expected);
    expect(seen).toEqual(expected);
  });
});

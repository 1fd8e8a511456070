import { describe, expect, it } from "vitest";
import { noServerTotals } from "../../model/totals.js";
import { Pool } from "../../server-node/disciplines/pool.js";
import type { EmulatedServer } from "../../server-node/emulated-server.js";
import { rateControlFor } from "../../server-node/rate-control/index.js";
import { Server } from "../../server-node/server.js";

const disciplines: [string, () => EmulatedServer][] = [
  ["fifo", () => new Server({ buffer: 5, rateControl: rateControlFor({ kind: "fixed" }), initialRate: 2, now: 0 })],
  ["pool", () => new Pool({ buffer: 5, rate: 2, now: 0 })],
];

describe.each(disciplines)("a %s server that abandons its jobs", (_discipline, make) => {
  it.each([
    ["in mid-service", 1.5],
    ["after some were due", 9],
  ])("%s is idle, and serves the next job as ever, under the next number", (_when, now) => {
    const server = make();
    for (const work of [2, 4, 6]) expect(server.accept(1, work)).toBe(true);
    server.abandon(now);
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

  it("that is idle stays as it is", () => {
    const [one, other] = [make(), make()];
    one.abandon(3);
    const [seen, expected] = [noServerTotals(), noServerTotals()];
    one.observe(5, seen);
    other.observe(5, expected);
    expect(seen).toEqual(expected);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../model/random.js";
import { parseServiceLaw } from "../../model/slot-laws.js";
import { noServerTotals } from "../../model/totals.js";
import { SlottedServer } from "../../server-node/disciplines/slotted.js";

describe("a server in slotted time", () => {
  it("serves min(q, s) jobs at the end of each slot, first in first out, and tells what it left unused", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }), fc.string(), (batches, seed) => {
        const services = parseServiceLaw("zero-or:2");
        const server = new SlottedServer({ buffer: Infinity, services, random: randomStream(seed, "s"), now: 0 });
        const potentials = randomStream(seed, "s");
        const naive: { number: number; acceptedAt: number }[] = [];
        let integral = 0;
        let number = 0;
        let busyTime = 0;
        let waitingTime = 0;
        for (const [slot, batch] of batches.entries()) {
          for (let job = 0; job < batch; job++) {
            expect(server.accept(slot)).toBe(true);
            naive.push({ number: ++number, acceptedAt: slot });
          }
          integral += naive.length;
          if (naive.length > 0) busyTime++;
          const potential = services.draw(potentials);
          const unused = server.endSlot(slot + 1);
          const served = Math.min(potential, naive.length);
          expect(unused).toBe(potential - served);
          for (let job = 0; job < served; job++) {
            expect(server.dueTime).toBe(slot + 1);
            const first = naive.shift();
            const timeAtServer = slot + 1 - (first?.acceptedAt ?? Number.NaN);
            expect(server.completeNext()).toBe(timeAtServer);
            waitingTime += timeAtServer;
            expect(server.lastCompleted).toBe(first?.number);
          }
          expect(server.dueTime).toBe(Number.POSITIVE_INFINITY);
          expect(server.queueLength).toBe(naive.length);
        }
        const totals = noServerTotals();
        server.observe(batches.length, totals);
        const completed = number - naive.length;
        expect(totals).toEqual({
          observedTime: batches.length,
          busyTime,
          idleTimeIntegral: 0,
          workDone: completed,
          queueLengthIntegral: integral,
          waitingTime,
          begun: completed,
          completed,
          abandoned: 0,
        });
      }),
    );
  });

  it.each<[string, (server: SlottedServer) => unknown]>([
    [
      "a server holds at least one job, not 0",
      () =>
        new SlottedServer({ buffer: 0, services: parseServiceLaw("constant"), random: randomStream("1", "s"), now: 0 }),
    ],
    ["jobs due at 4 are completed before one is accepted at 5", (server) => server.accept(5)],
    ["jobs served in a slot are completed before the next one ends", (server) => server.endSlot(5)],
    ["time does not go back from 3 to 2", (server) => server.observe(2, noServerTotals())],
    [
      "a job was served",
      (server) => {
        server.completeNext();
        server.completeNext();
      },
    ],
  ])("says when it is misused that %s", (invariant, misuse) => {
    const options = { buffer: 9, services: parseServiceLaw("constant"), random: randomStream("1", "s"), now: 0 };
    const server = new SlottedServer(options);
    server.accept(3);
    server.endSlot(4);
    expect(server.rateAt()).toBe(1);
    expect(() => misuse(server)).toThrow(new Error(`assertion failed: ${invariant}`));
  });

  it("accepts a job at the very end of a slot, before those that it served are completed", () => {
    const options = { buffer: 9, services: parseServiceLaw("constant"), random: randomStream("1", "s"), now: 0 };
    const server = new SlottedServer(options);
    server.accept(3);
    server.endSlot(4);
    expect(server.accept(4)).toBe(true);
    expect([server.completeNext(), server.queueLength, server.dueTime]).toEqual([1, 1, Number.POSITIVE_INFINITY]);
  });

  it("takes no more than its buffer, and drops what it holds when it is told to", () => {
    const services = parseServiceLaw("constant");
    const server = new SlottedServer({ buffer: 2, services, random: randomStream("1", "s"), now: 0 });
    expect([server.accept(0), server.accept(0), server.accept(0)]).toEqual([true, true, false]);
    expect(server.accepted).toBe(2);
    const least = new SlottedServer({ buffer: 1, services, random: randomStream("1", "s"), now: 0 });
    expect([least.accept(0), least.accept(0)]).toEqual([true, false]);
    server.dropAll(1);
    expect(server.queueLength).toBe(0);
    expect(server.endSlot(2)).toBe(1);
    server.accept(2);
    expect(server.endSlot(3)).toBe(0);
    expect(server.completeNext()).toBe(1);
    expect(server.lastCompleted).toBe(3);
  });
});

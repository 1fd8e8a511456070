import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../model/event-queue.js";

describe("an event queue", () => {
  it("gives events in the order of their times, and of insertion where these are equal, however they come in", () => {
    const push = fc.integer({ min: 0, max: 5 });
    const step = fc.oneof({ weight: 3, arbitrary: push }, { weight: 2, arbitrary: fc.constant("pop" as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new EventQueue<number>();
        const naive: { time: number; order: number }[] = [];
        for (const [order, time] of steps.entries()) {
          if (time === "pop") {
            naive.sort((a, b) => a.time - b.time || a.order - b.order);
            expect(queue.pop()).toBe(naive.shift()?.order);
          } else {
            queue.push(time, order);
            naive.push({ time, order });
          }
          expect(queue.nextTime).toBe(Math.min(...naive.map((event) => event.time)));
        }
      }),
    );
  });
});

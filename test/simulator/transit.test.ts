import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Message, Transit } from "../../simulator/transit.js";

const messageOf = (time: number, order: number): Message => ({
  ...{ kind: order % 5, dispatcher: order % 3, server: order, sentAt: time / 2 },
  ...{ first: order / 4, second: 7 - order, third: 1 / (1 + order) },
});

describe("messages under way", () => {
  it("arrive in the order of their times, and of sending where these are equal, with all that was sent", () => {
    const send = fc.integer({ min: 0, max: 5 });
    const step = fc.oneof({ weight: 3, arbitrary: send }, { weight: 2, arbitrary: fc.constant("take" as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const transit = new Transit();
        const naive: { time: number; order: number }[] = [];
        for (const [order, time] of steps.entries()) {
          if (time !== "take") {
            transit.send(time, messageOf(time, order));
            naive.push({ time, order });
          } else if (naive.length > 0) {
            naive.sort((a, b) => a.time - b.time || a.order - b.order);
            const { time: arrival, order: sent } = naive.shift() ?? { time: 0, order: 0 };
            transit.take();
            expect(transit.taken).toEqual(messageOf(arrival, sent));
          }
          expect(transit.nextTime).toBe(Math.min(...naive.map((message) => message.time)));
        }
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Message, type Transit, TransitInAnyOrder, TransitInOrder } from "../../simulator/transit.js";

const messageOf = (time: number, order: number): Message => ({
  ...{ kind: order % 5, dispatcher: order % 3, server: order, sentAt: time / 2 },
  ...{ first: order / 4, second: 7 - order, third: 1 / (1 + order) },
});

const TAKE = "take";
/** Messages with their times, as drawn, and messages taken. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) },
    { weight: 2, arbitrary: fc.constant(TAKE as typeof TAKE) },
  ),
  { maxLength: 600 },
);

/** Sends and takes as the steps say, beside a list that is sorted anew each time. */
function holds(transit: Transit, steps: readonly (number | typeof TAKE)[]): void {
  const naive: { time: number; order: number }[] = [];
  for (const [order, time] of steps.entries()) {
    if (time !== TAKE) {
      const { kind, dispatcher, server, sentAt, first, second, third } = messageOf(time, order);
      transit.send(time, kind, dispatcher, server, sentAt, first, second, third);
      naive.push({ time, order });
    } else if (naive.length > 0) {
      naive.sort((a, b) => a.time - b.time || a.order - b.order);
      const { time: arrival, order: sent } = naive.shift() ?? { time: 0, order: 0 };
      transit.take();
      expect(transit.taken).toEqual(messageOf(arrival, sent));
    }
    expect(transit.nextTime).toBe(Math.min(...naive.map((message) => message.time)));
  }
}

describe("messages under way", () => {
  it("arrive in the order of their times, and of sending where these are equal, with all that was sent", () => {
    fc.assert(fc.property(steps, (drawn) => holds(new TransitInAnyOrder(), drawn)));
  });

  it("that arrive as they are sent are the same in a ring", () => {
    const inOrder = steps.map((drawn) => {
      let now = 0;
      return drawn.map((step) => {
        if (step === TAKE) return step;
        now += step;
        return now;
      });
    });
    fc.assert(fc.property(inOrder, (drawn) => holds(new TransitInOrder(), drawn)));
  });

  it("may be many, wherever the ring begins", () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    holds(new TransitInOrder(), [...many.slice(0, 50), ...Array<typeof TAKE>(30).fill(TAKE), ...many.slice(50)]);
    holds(new TransitInAnyOrder(), many.toReversed());
  });
});

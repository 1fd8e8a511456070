import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transport, TransportListener } from "../../../live/wire/channel.js";
import { delayedConnect } from "../../../live/wire/delayed-transport.js";
import { VirtualProcess, VirtualTime } from "../../../simulator/faults/virtual-process.js";

/** A connection in virtual time, with one unit of a second, delayed by the times drawn; what came of it, with its times. */
function connection(draw: () => number) {
  const time = new VirtualTime();
  const { clock } = new VirtualProcess(time, 1);
  const sent: [text: string, at: number][] = [];
  const received: [text: string, at: number][] = [];
  const now = (): number => Number(time.now.toFixed(3));
  let listener: TransportListener | undefined;
  const inner: Transport = {
    ...{ isOpen: true, unsentBytes: 0, recognised: () => undefined, pause: () => undefined, resume: () => undefined },
    send: (message) => sent.push([String(message), now()]),
    close: (_, reason) => sent.push([`close ${reason}`, now()]),
    terminate: () => sent.push(["terminate", now()]),
    listen: (of) => {
      listener = of;
    },
  };
  let outer: Transport = inner;
  const connect = delayedConnect(
    (_, { opened }) => {
      opened(inner);
      return () => undefined;
    },
    clock,
    draw,
  );
  connect("ws://x", {
    opened: (transport) => {
      outer = transport;
    },
    failed: () => undefined,
  });
  outer.listen({
    message: (data) => received.push([data.toString(), now()]),
    failed: ({ message }) => received.push([message, now()]),
    closed: (reason) => received.push([`closed ${reason}`, now()]),
  });
  const run = (until: number): void => {
    while (time.nextTime <= until) time.next();
    time.now = until;
  };
  return { outer, peer: listener as unknown as TransportListener, sent, received, run, time };
}

describe("a delayed connection", () => {
  it("holds back what is sent and what arrives, ends included", () => {
    const { outer, peer, sent, received, run } = connection(() => 2);
    outer.send("a");
    peer.message(Buffer.from("b"), false);
    run(1);
    outer.send("c");
    outer.close(1000, "done");
    run(1.9);
    expect([sent, received]).toEqual([[], []]);
    run(5);
    expect(sent).toEqual([
      ["a", 2],
      ["c", 3],
      ["close done", 3],
    ]);
    expect(received).toEqual([["b", 2]]);
    peer.closed("gone");
    run(8);
    expect(received).toEqual([
      ["b", 2],
      ["closed gone", 7],
    ]);
  });

  it("sends nothing more once it is ended at once", () => {
    const { outer, sent, run } = connection(() => 2);
    outer.send("a");
    outer.terminate();
    run(9);
    expect(sent).toEqual([["terminate", 0]]);
  });

  it("delivers everything once, in order, and never before its time", () => {
    const delays = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        delays,
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 30, maxLength: 30 }),
        (drawn, gaps) => {
          let next = 0;
          const { outer, sent, run, time } = connection(() => drawn[next++] / 10);
          const sentAt = drawn.map((_, i) => {
            run(time.now + gaps[i] / 10);
            outer.send(String(i));
            return time.now;
          });
          run(1000);
          expect(sent.map(([text]) => text)).toEqual(drawn.map((_, i) => String(i)));
          for (const [i, [, at]] of sent.entries()) {
            const due = Math.max(...drawn.slice(0, i + 1).map((delay, j) => sentAt[j] + delay / 10));
            // The clock's alarm rounds up to a millisecond.
            expect(at).toBeGreaterThanOrEqual(due - 1e-3);
            expect(at).toBeLessThanOrEqual(due + 2e-3);
          }
        },
      ),
    );
  });
});

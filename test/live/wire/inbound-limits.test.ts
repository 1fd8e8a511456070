import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { InboundLimits } from "../../../live/wire/inbound-limits.js";

const CHUNK = Buffer.alloc(32 * 1024);

function connection(limits: InboundLimits) {
  const socket = new EventEmitter();
  const messages = Object.assign(new EventEmitter(), { terminated: false, terminate: () => undefined });
  messages.terminate = () => {
    messages.terminated = true;
    socket.emit("close");
    return undefined;
  };
  const limit = limits.apply(socket as unknown as Duplex, messages as never);
  const send = (chunks: number): void => {
    for (let i = 0; i < chunks && !messages.terminated; i++) socket.emit("data", CHUNK);
  };
  return { ...limit, send, whole: () => messages.emit("message"), ended: () => messages.terminated };
}

describe("what peers send", () => {
  it("is little before they have introduced themselves, in however many messages", () => {
    const stranger = connection(new InboundLimits());
    stranger.send(3);
    stranger.whole();
    expect(stranger.ended()).toBe(false);
    stranger.send(1);
    expect(stranger.ended()).toBe(true);
    const known = connection(new InboundLimits());
    known.send(1);
    known.lift();
    known.send(400);
    expect(known.ended()).toBe(false);
  });

  it("counts against one budget while it is no whole message: then the connections with much of it go, and no others", () => {
    const limits = new InboundLimits();
    const [greedy, honest] = Array.from({ length: 2 }, () =>
      Array.from({ length: 20 }, () => {
        const one = connection(limits);
        one.lift();
        return one;
      }),
    );
    for (const one of greedy) one.send(200);
    for (const one of honest) {
      one.send(2);
      one.whole();
      one.send(2);
    }
    expect(greedy.filter(({ ended }) => ended()).length).toBeGreaterThan(5);
    expect(honest.some(({ ended }) => ended())).toBe(false);
  });
});

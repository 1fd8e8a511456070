import { describe, expect, it } from "vitest";
import { cachedFor } from "../../../live/http/cached.js";
import { EventStreams } from "../../../live/http/event-streams.js";
import { PacePerAddress, RateLimit } from "../../../live/http/rate-limit.js";

describe("a rate limit", () => {
  it("allows so many at once, and so many per second", () => {
    let now = 0;
    const limit = new RateLimit(3, 2, () => now);
    const allowed = (tries: number): number =>
      Array.from({ length: tries }, () => limit.allows()).filter(Boolean).length;
    expect(allowed(10)).toBe(3);
    now = 1;
    expect(allowed(10)).toBe(2);
    now = 100;
    expect(allowed(10)).toBe(3);
  });
});

describe("a pace", () => {
  it("makes the events of an address wait, those of no other, and refuses those that would wait too long", () => {
    let now = 100;
    const pace = new PacePerAddress({ atOnce: 2, perSecond: 10, longestWait: 0.2 }, () => now);
    const waits = (count: number): unknown[] => Array.from({ length: count }, () => pace.wait("a")?.toFixed(3));
    expect(waits(6)).toEqual(["0.000", "0.000", "0.100", "0.200", undefined, undefined]);
    expect(pace.wait("b")).toBe(0);
    now += 0.1;
    expect(waits(2)).toEqual(["0.200", undefined]);
    now += 100;
    expect(waits(3)).toEqual(["0.000", "0.000", "0.100"]);
    // However many addresses there are, memory is bounded: the first ones are forgotten.
    for (let i = 0; i < 10_000; i++) pace.wait(`address ${i}`);
    expect(pace.wait("a")).toBe(0);
  });
});

describe("what is cached for a moment", () => {
  it("is made once in that time", () => {
    let now = 0;
    let made = 0;
    const get = cachedFor(
      100,
      () => ++made,
      () => now,
    );
    expect([get(), get()]).toEqual([1, 1]);
    now = 99;
    expect(get()).toBe(1);
    now = 100;
    expect(get()).toBe(2);
  });
});

describe("streams of events", () => {
  const reader = (address: string) => {
    const found = { status: 200, closed: () => undefined as unknown };
    const response = {
      writableLength: 0,
      set: () => response,
      status: (status: number) => {
        found.status = status;
        return response;
      },
      json: () => response,
      write: () => true,
    };
    const request = {
      socket: { remoteAddress: address },
      on: (_: string, close: () => unknown) => (found.closed = close),
    };
    return { request, response, found };
  };

  it("are limited, to one address and in all, and leave room when they end", () => {
    const streams = new EventStreams(() => () => undefined);
    const open = (address: string) => {
      const { request, response, found } = reader(address);
      streams.open(request as never, response as never);
      return found;
    };
    const first = Array.from({ length: 64 }, () => open("a"));
    expect(first.every(({ status }) => status === 200)).toBe(true);
    expect(open("a").status).toBe(503);
    first[0].closed();
    expect(open("a").status).toBe(200);
    const others = Array.from({ length: 70 }, (_, i) => open(`address ${i}`));
    expect(others.filter(({ status }) => status === 200)).toHaveLength(64);
  });
});

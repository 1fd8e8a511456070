import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HelloReader, inParts } from "../../../live/wire/hello-parts.js";
import { type JobKey, MOST_TEXT_BYTES, PROTOCOL_VERSION } from "../../../live/wire/messages.js";
import { PeerError } from "../../../model/errors.js";

const session = { process: "p", number: 1, dispatcher: null, received: 0 };
const word = 0xffff_ffff;
const kind = { type: "hello", role: "server-node", protocol: PROTOCOL_VERSION } as const;
const jobs = (count: number): JobKey[] => Array.from({ length: count }, (_, i) => [word - i, word]);

function helloOf(held: readonly number[], finished: number) {
  return {
    ...{ ...kind, name: "n".repeat(64), session },
    servers: held.map((count, i) => ({
      ...{ number: word - i, buffer: null },
      ...{ discipline: "fifo" as const, workers: 1 },
      ...{ class: '"'.repeat(64), initialRate: 1 / 3 },
      holds: jobs(count),
    })),
    finished: jobs(finished).map(([origin, job]): [number, number, number] => [origin, job, 1e5 + 1 / 3]),
  };
}

function read(parts: readonly object[]) {
  const reader = new HelloReader();
  const found = parts.map((part) => reader.read(JSON.stringify(part)));
  expect(found.slice(0, -1).every((whole) => whole === undefined)).toBe(true);
  return found.at(-1);
}

describe("the hello of a node", () => {
  it("is sent in parts that strangers may send, and is whole again, whatever it holds", () => {
    const held = fc.array(fc.nat(3000), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(held, fc.nat(4000), (counts, finished) => {
        const hello = helloOf(counts, finished);
        const parts = inParts(hello);
        for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(MOST_TEXT_BYTES);
        const { servers, finished: done } = read(parts) as typeof hello;
        expect(JSON.stringify([servers, done])).toBe(JSON.stringify([hello.servers, hello.finished]));
      }),
      { numRuns: 10 },
    );
  });

  it("of a small node is one message", () => {
    expect(inParts(helloOf([1, 2], 3))).toHaveLength(1);
    expect(inParts(helloOf(new Array(1000).fill(0), 0)).length).toBeGreaterThan(1);
  });

  it("is refused at the first thing that is wrong, at once, however long it is", () => {
    const hello = inParts(helloOf([1], 0))[0];
    const refused = (change: object): string => {
      const started = process.cpuUsage();
      let message = "";
      try {
        new HelloReader().read(JSON.stringify({ ...hello, ...change }));
      } catch (error) {
        expect(error).toBeInstanceOf(PeerError);
        message = (error as Error).message;
      }
      const { user } = process.cpuUsage(started);
      // 3.3 million nulls once took 17 s.
      expect(user).toBeLessThan(2e6);
      return message;
    };
    expect(refused({ finished: [null, null] })).toMatch(/finished\.0/);
    expect(refused({ finished: new Array(10_000).fill(null) })).toMatch(/finished\.0/);
    expect(refused({ finished: new Array(3_300_000).fill(null) })).toMatch(/at most 65536 are read/);
    expect(refused({ servers: [] })).toMatch(/servers: expected 1 to 100000 elements, not 0/);
    expect(refused({ name: "\u001b[2J" })).toMatch(/name: has unprintable characters/);
    expect(refused({ metricsUrl: "javascript:alert(1)" })).toMatch(/metricsUrl/);
    expect(refused({ more: 1e9 })).toMatch(/more/);
  });
});

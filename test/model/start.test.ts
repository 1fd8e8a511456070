import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { randomStream } from "../../model/random.js";
import {
  initialQueueLengths,
  parseStart,
  requireRoom,
  serversInTurn,
  starts,
  startsInSpace,
} from "../../model/start.js";

const parse = parseStart(startsInSpace);

describe("a start", () => {
  it("is empty, a backlog that the policy sends, or fractions of the servers", () => {
    expect(parse("empty")).toEqual({ meanJobs: 0, mostJobs: 0 });
    expect(parse("backlog:3")).toEqual({ meanJobs: 3, mostJobs: 3 });
    expect(parse("occupancy:0.75,0.5,0")).toEqual({ tail: [0.75, 0.5, 0], meanJobs: 1.25, mostJobs: 2 });
    expect(parse("clustered:0.5")).toEqual({ tail: [0.5], meanJobs: 0.5, mostJobs: 1, isClustered: true });
  });

  it.each([
    ["full", /unknown start "full"/],
    ["backlog:-1", /whole number >= 0/],
    ["occupancy:0.5,0.75", /none above the one before/],
    ["occupancy:1.5", /must be a number >= 0 and <= 1/],
    ["occupancy:", /must be a number/],
  ])("is refused as %s, and says why", (text, message) => {
    expect(() => parse(text)).toThrow(UserError);
    expect(() => parse(text)).toThrow(message);
  });

  it("is clustered only where servers are in space", () => {
    expect(() => parseStart(starts)("clustered:0.5")).toThrow(/unknown start/);
  });

  it("needs room for the jobs of every server, but for a backlog, which may be blocked", () => {
    expect(() => requireRoom(parse("occupancy:1,1,0.1"), 2)).toThrow(
      /3 jobs at a server do not fit into a buffer of 2/,
    );
    expect(() => requireRoom(parse("occupancy:1,1,0"), 2)).not.toThrow();
    expect(() => requireRoom(parse("backlog:9"), 2)).not.toThrow();
  });

  it("gives servers their jobs: in each class the fractions, rounded to whole servers, whichever servers these are", () => {
    const tails = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(tails, sizes, fc.boolean(), fc.string(), (values, classSizes, inSpace, seed) => {
        const tail = values.sort((a, b) => b - a);
        const start = parse(`${inSpace ? "clustered" : "occupancy"}:${tail.join(",")}`);
        const lengths = initialQueueLengths(start, classSizes, randomStream(seed, "start")) ?? new Int32Array();
        let first = 0;
        for (const size of classSizes) {
          const ofClass = [...lengths.subarray(first, first + size)];
          for (const [i, fraction] of tail.entries())
            expect(ofClass.filter((length) => length > i).length).toBe(Math.round(fraction * size));
          if (inSpace) expect(ofClass).toEqual(ofClass.toSorted((a, b) => b - a));
          first += size;
        }
        const counts = new Int32Array(lengths.length);
        for (const server of serversInTurn(lengths)) counts[server]++;
        expect(counts).toEqual(lengths);
      }),
    );
    expect(initialQueueLengths(parse("backlog:2"), [3], () => 0)).toBeUndefined();
    expect([...serversInTurn(Int32Array.of(2, 0, 1))]).toEqual([0, 2, 0]);
  });

  it("puts the servers with jobs anywhere, unless it is clustered", () => {
    const placesOf = (seed: string) =>
      initialQueueLengths(parse("occupancy:0.5"), [100], randomStream(seed, "start"))?.join("") ?? "";
    expect(new Set(["1", "2", "3"].map(placesOf)).size).toBe(3);
    expect(placesOf("1")).not.toBe("1".repeat(50) + "0".repeat(50));
  });
});

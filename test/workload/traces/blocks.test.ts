import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../model/random.js";
import { randomBlocks } from "../../../workload/traces/blocks.js";

describe("blocks of a trace", () => {
  it("have as many jobs together as are wanted, and never the first, which has no interarrival time", () => {
    const many = fc.integer({ min: 2, max: 50 });
    fc.assert(
      fc.property(
        many,
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (jobs, wanted, length) => {
          let sum = 0;
          for (const { from, to } of randomBlocks(jobs, wanted, length, randomStream("1", "blocks"))) {
            expect(from).toBeGreaterThanOrEqual(1);
            expect(to).toBeGreaterThan(from);
            expect(to).toBeLessThanOrEqual(jobs);
            sum += to - from;
          }
          expect(sum).toBe(wanted);
        },
      ),
    );
  });

  it("take every job as often as any other", () => {
    const counts = new Float64Array(10);
    for (const { from, to } of randomBlocks(10, 90_000, 4, randomStream("2", "blocks")))
      for (let job = from; job < to; job++) counts[job]++;
    // 10 000 each; blocks of 4 make the standard deviation twice that of independent draws, about 200.
    for (const count of counts.subarray(1)) expect(Math.abs(count - 10_000)).toBeLessThan(1000);
  });
});

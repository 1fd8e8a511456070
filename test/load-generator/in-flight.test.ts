import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InFlight } from "../../load-generator/in-flight.js";

describe("the jobs under way", () => {
  it("are those of a map from their numbers, whatever is added and taken in whatever order", () => {
    const steps = fc.array(
      fc.oneof(fc.record({ add: fc.integer({ min: 1, max: 900 }) }), fc.record({ take: fc.nat() })),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const inFlight = new InFlight();
        const oracle = new Map<number, [number, number, number]>();
        let job = 0;
        for (const step of all) {
          if ("add" in step) {
            for (let i = 0; i < step.add; i++) {
              job++;
              inFlight.add(job, 2 * job, 3 * job, 4 * job);
              oracle.set(job, [2 * job, 3 * job, 4 * job]);
            }
          } else {
            // Every third job, so that those left are spread over the ring, and one that may never have been sent.
            for (let number = step.take % (job + 2); number <= job; number += 3) {
              const known = oracle.get(number);
              expect(inFlight.take(number)).toBe(known !== undefined);
              if (known !== undefined) expect([inFlight.intended, inFlight.sent, inFlight.work]).toEqual(known);
              oracle.delete(number);
            }
          }
          expect(inFlight.jobsUnderWay).toBe(oracle.size);
        }
        expect(inFlight.all().toSorted((a, b) => a - b)).toEqual([...oracle.keys()].toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it("are not mistaken for those of a number that was never sent", () => {
    const inFlight = new InFlight();
    inFlight.add(5, 1, 2, 3);
    expect([0, 4, 5 + 1024].map((job) => inFlight.take(job))).toEqual([false, false, false]);
    expect(inFlight.take(5)).toBe(true);
    expect(inFlight.take(5)).toBe(false);
  });
});

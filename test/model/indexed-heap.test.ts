import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndexedHeap } from "../../model/indexed-heap.js";

const CAPACITY = 13;

describe("an indexed heap", () => {
  it("has the smallest key first, the smaller integer where keys are equal, whatever was set before", () => {
    const key = fc.oneof(
      fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
      fc.double({ noNaN: true, min: 0, max: 4 }),
    );
    const step = fc.tuple(fc.integer({ min: 0, max: CAPACITY - 1 }), key);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new IndexedHeap(CAPACITY);
        const keys = new Array<number>(CAPACITY).fill(Number.POSITIVE_INFINITY);
        for (const [item, value] of steps) {
          heap.set(item, value);
          keys[item] = value;
          const least = Math.min(...keys);
          expect(heap.firstKey).toBe(least);
          expect(heap.first).toBe(keys.indexOf(least));
        }
      }),
    );
  });

  it("of nothing has nothing scheduled", () => expect(new IndexedHeap(0).firstKey).toBe(Number.POSITIVE_INFINITY));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InOrder } from "../../../workload/identification/in-order.js";

/** What comes out when these times go in, each with its index as its value. */
function through(times: readonly number[], capacity: number): { out: [number, number][]; late: number } {
  const out: [number, number][] = [];
  const buffer = new InOrder(capacity, 1, (time, values, at) => out.push([time, values[at]]));
  for (const [index, time] of times.entries()) {
    const position = buffer.add(time);
    buffer.values[position] = index;
  }
  buffer.end();
  return { out, late: buffer.late };
}

describe("records that are nearly sorted", () => {
  it("come out as a stable sort has them, if none is further from its place than there is room", () => {
    const jumps = fc.array(fc.nat(8), { maxLength: 200 });
    fc.assert(
      fc.property(jumps, (lags) => {
        // Of each, at most 8 positions from its place: a buffer of 20 is enough.
        const times = lags.map((lag, index) => index - lag);
        const { out, late } = through(times, 20);
        const sorted = times.map((time, index): [number, number] => [time, index]).toSorted(([a], [b]) => a - b);
        expect(out).toEqual(sorted);
        expect(late).toBe(0);
      }),
    );
  });

  it("never go back in time, and those that came too late are counted", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 300 }), fc.integer({ min: 1, max: 10 }), (times, capacity) => {
        const { out, late } = through(times, capacity);
        expect(out.map(([, index]) => index).toSorted((a, b) => a - b)).toEqual([...times.keys()]);
        for (const [i, [time]] of out.entries()) if (i > 0) expect(time).toBeGreaterThanOrEqual(out[i - 1][0]);
        expect(late).toBe(out.filter(([time, index]) => time !== times[index]).length);
      }),
    );
    expect(through([5, 4, 3, 2, 1], 2).late).toBeGreaterThan(0);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "../../live/history.js";

/** The same points by the definition: means of equally many rows, twice as many whenever there are 360 points. */
function naive(rows: readonly { readonly time: number; readonly value: number }[]): {
  times: number[];
  values: number[];
} {
  let size = 1;
  while (Math.floor(rows.length / size) >= 360) size *= 2;
  const points = Array.from({ length: Math.floor(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    times: points.map((point) => mean(point.map(({ time }) => time))),
    values: points.map((point) => mean(point.map(({ value }) => value))),
  };
}

describe("the history of a run", () => {
  it("holds means of equally many rows, in bounded memory, also when it is taken up from the wire", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.nat(), fc.nat({ max: 3000 }), (rowCount, seed, handover) => {
        const rows = Array.from({ length: rowCount }, (_, i) => ({ time: 3 * i, value: Math.sin(i + seed) }));
        let history = new History();
        for (const [i, { time, value }] of rows.entries()) {
          // Between two points nothing is pending, so that the page and the dispatcher go on with the same history.
          if (i === handover && i % history.state().rowsPerPoint === 0) history = new History(history.state());
          history.add(time, { value });
        }
        const { times, values } = naive(rows);
        expect(history.pointTimes.length).toBe(times.length);
        for (const [i, time] of times.entries()) {
          expect(history.pointTimes[i]).toBeCloseTo(time, 8);
          expect(history.column("value")[i]).toBeCloseTo(values[i], 10);
        }
        expect(history.pointTimes.length).toBeLessThan(360);
      }),
    );
  });

  it("means what there is where two points become one, and null where there is nothing", () => {
    const history = new History();
    // Of four rows, the first has both values, the second one, the third the other, the last none; 360 rows become 180 points.
    for (let i = 0; i < 360; i++)
      history.add(i, {
        a: i % 4 < 2 ? i : null,
        b: i % 4 === 0 || i % 4 === 2 ? i : null,
        c: null,
        d: i < 4 ? 1 : null,
      });
    expect(history.state().rowsPerPoint).toBe(2);
    for (let point = 0; point < 180; point++) {
      expect(history.column("a")[point]).toBe(point % 2 === 0 ? 2 * point + 0.5 : null);
      expect(history.column("b")[point]).toBe(2 * point);
    }
    expect(history.column("d").slice(0, 3)).toEqual([1, 1, null]);
  });

  it("is null where a column was not there yet or had no value", () => {
    const history = new History();
    history.add(0, { a: 1 });
    history.add(1, { a: null, b: 2 });
    expect(history.column("a")).toEqual([1, null]);
    expect(history.column("b")).toEqual([null, 2]);
    expect(history.column("c")).toEqual([null, null]);
    expect(history.columnsUnder("")).toEqual(["a", "b"]);
  });
});

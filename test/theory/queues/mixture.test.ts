import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponentialJobSizes } from "../../../model/job-sizes/exponential.js";
import type { Law } from "../../../model/law.js";
import { timesMMk } from "../../../theory/queues/markovian-times.js";
import { mixtureOf } from "../../../theory/queues/mixture.js";
import { timesMG1 } from "../../../theory/queues/sojourn-law.js";

const asTheyAre = (sizes: Law): Law => sizes;

describe("the times of jobs that go to one of several queues at random", () => {
  it("have the percentiles at which the tails of M/M/1 queues, weighted, come to 1 - p", () => {
    const queue = fc.record({
      load: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      weight: fc.integer({ min: 1, max: 20 }),
    });
    const property = fc.property(
      fc.array(queue, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0.5, 0.9, 0.99, 0.999),
      (queues, p) => {
        const total = queues.reduce((sum, { weight }) => sum + weight, 0);
        const mixture = mixtureOf(
          queues.map(({ load, weight }) => ({
            ...{ weight: weight / total, times: timesMMk(load, 1, 1) },
            atRate: asTheyAre,
          })),
        );
        const tail = (t: number, first: (load: number) => number): number =>
          queues.reduce((sum, { load, weight }) => sum + (weight / total) * first(load) * Math.exp(-(1 - load) * t), 0);
        const sojourn = mixture.sojourn(p) ?? { value: Number.NaN, error: 0 };
        expect(tail(sojourn.value - sojourn.error - 1e-9, () => 1)).toBeGreaterThanOrEqual(1 - p);
        expect(tail(sojourn.value + sojourn.error + 1e-9, () => 1)).toBeLessThanOrEqual(1 - p);
        const waiting = mixture.waiting(p) ?? { value: Number.NaN, error: 0 };
        expect(tail(waiting.value + waiting.error + 1e-9, (load) => load)).toBeLessThanOrEqual(1 - p);
        if (waiting.value > waiting.error)
          expect(tail(waiting.value - waiting.error - 1e-9, (load) => load)).toBeGreaterThanOrEqual(1 - p);
        expect(mixture.sojournOver(2)?.value).toBeCloseTo(
          tail(2, () => 1),
          12,
        );
        expect(mixture.waitingOver(2)?.value).toBeCloseTo(
          tail(2, (load) => load),
          12,
        );
      },
    );
    fc.assert(property);
  });

  it("enclose the same where the queues are solved on grids, one of which ends before the other's percentile", () => {
    const parts = [0.2, 0.9].map((load) => ({ weight: 0.5, atRate: asTheyAre, load }));
    const closed = mixtureOf(parts.map((part) => ({ ...part, times: timesMMk(part.load, 1, 1) })));
    const onGrids = mixtureOf(
      parts.map((part) => ({ ...part, times: timesMG1(part.load, exponentialJobSizes, 0.999) })),
    );
    for (const p of [0.5, 0.9, 0.999])
      for (const name of ["sojourn", "waiting"] as const) {
        const [found, exact] = [onGrids[name](p), closed[name](p)?.value ?? Number.NaN];
        expect(Math.abs((found?.value ?? Number.NaN) - exact), `${name} ${p}`).toBeLessThanOrEqual(
          (found?.error ?? 0) + 1e-3,
        );
        expect(found?.error, `${name} ${p}`).toBeLessThan(0.05 * Math.max(1, exact));
      }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClockOffset } from "../../../live/wire/clock-offset.js";

const HOUR = 3600;

describe("how far a peer's clock is from ours", () => {
  it("is known within the error that is said, for clocks hours apart that drift by 100 ppm, whatever messages take", () => {
    const delay = fc.double({ min: 0, max: 0.2, noNaN: true });
    const exchange = fc.record({ there: delay, back: delay, pause: fc.double({ min: 0, max: 5, noNaN: true }) });
    const clock = fc.record({
      offset: fc.double({ min: -5 * HOUR, max: 5 * HOUR, noNaN: true }),
      drift: fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
    });
    fc.assert(
      fc.property(clock, clock, fc.array(exchange, { minLength: 1, maxLength: 40 }), (ours, theirs, exchanges) => {
        const shown = (time: number, { offset, drift }: typeof ours): number => offset + time * (1 + drift);
        const estimates = new ClockOffset();
        let time = 0;
        for (const { there, back, pause } of exchanges) {
          const asked = time + pause;
          time = asked + there + back;
          estimates.answered(shown(asked, ours), shown(asked + there, theirs), shown(time, ours));
          for (const later of [0, 1, 30]) {
            const now = shown(time + later, ours);
            const { offsetSeconds, errorSeconds } = estimates.estimate(now) ?? {
              offsetSeconds: NaN,
              errorSeconds: NaN,
            };
            const truth = shown(time + later, theirs) - now;
            // Hours in seconds leave 1e-11 for the rounding of a difference.
            expect(Math.abs(offsetSeconds - truth)).toBeLessThanOrEqual(errorSeconds + 1e-9);
            expect(errorSeconds).toBeLessThan(0.25 + 3e-4 * (later + 1));
          }
        }
      }),
    );
  });

  it("is best known from the quickest answer, unless that is long ago", () => {
    const offset = new ClockOffset();
    expect(offset.estimate(0)).toBeUndefined();
    offset.answered(0, 100.001, 0.002);
    offset.answered(1, 101.5, 2);
    expect(offset.estimate(2)?.errorSeconds).toBeLessThan(0.0015);
    offset.forget();
    expect(offset.estimate(2)).toBeUndefined();
  });
});

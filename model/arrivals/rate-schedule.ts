import type { ModelTime, Rate } from "../units.js";

/** An arrival rate that changes over time; time 0 is the start. */
export interface RateSchedule {
  readonly name: string;
  /** The integral of the rate from the start: the number of jobs expected by then. */
  expectedBy(time: ModelTime): number;
  /** The inverse of `expectedBy`; Infinity if that many jobs are never expected. */
  timeOf(expected: number): ModelTime;
}

/** A stretch of time with a linearly changing rate. */
interface Stretch {
  readonly start: ModelTime;
  readonly rate: Rate;
  readonly slope: number;
}

/**
 * A piecewise constant rate.
 *
 * @param steps each rate with the time from which it holds: the first from 0, the last for ever
 */
export function stepSchedule(steps: readonly { readonly rate: Rate; readonly from: ModelTime }[]): RateSchedule {
  const [first, ...others] = steps;
  const name = `steps:${[first.rate, ...others.map(({ rate, from }) => `${rate}@${from}`)].join(",")}`;
  return piecewiseLinear(
    name,
    steps.map(({ rate, from }) => ({ start: from, rate, slope: 0 })),
  );
}

/** A rate that changes linearly from one value to another within `duration`, and then stays. Rates >= 0, the last one > 0. */
export function rampSchedule(from: Rate, to: Rate, duration: ModelTime): RateSchedule {
  return piecewiseLinear(`ramp:${from},${to},${duration}`, [
    { start: 0, rate: from, slope: (to - from) / duration },
    { start: duration, rate: to, slope: 0 },
  ]);
}

/** A rate of `mean` + `amplitude` sin(2 pi t / `period`). 0 <= amplitude <= mean. */
export function sineSchedule(mean: Rate, amplitude: Rate, period: ModelTime): RateSchedule {
  const frequency = (2 * Math.PI) / period;
  const expectedBy = (time: ModelTime): number =>
    mean * time + (amplitude / frequency) * (1 - Math.cos(frequency * time));
  return {
    name: `sine:${mean},${amplitude},${period}`,
    expectedBy,
    timeOf(expected) {
      // The excess over the mean rate is at least 0 and at most 2 amplitude / frequency jobs.
      let low = (expected - (2 * amplitude) / frequency) / mean;
      let high = expected / mean;
      let time = high;
      // Newton steps while they stay between the bounds, else bisection, since the rate may be 0.
      while (high - low > 1e-12 * Math.max(1, high)) {
        const excess = expectedBy(time) - expected;
        if (excess === 0) return time;
        if (excess > 0) high = time;
        else low = time;
        const next = time - excess / (mean + amplitude * Math.sin(frequency * time));
        const stays = next > low && next < high;
        if (stays && Math.abs(next - time) < 1e-13 * Math.max(1, time)) return next;
        time = stays ? next : (low + high) / 2;
      }
      return time;
    },
  };
}

function piecewiseLinear(name: string, stretches: readonly Stretch[]): RateSchedule {
  const within = ({ rate, slope }: Stretch, elapsed: ModelTime): number => (rate + (slope * elapsed) / 2) * elapsed;
  const expectedAtStart = [0];
  for (let i = 1; i < stretches.length; i++) {
    const before = stretches[i - 1];
    expectedAtStart.push(expectedAtStart[i - 1] + within(before, stretches[i].start - before.start));
  }
  return {
    name,
    expectedBy(time) {
      let i = stretches.length - 1;
      while (stretches[i].start > time) i--;
      return expectedAtStart[i] + within(stretches[i], time - stretches[i].start);
    },
    timeOf(expected) {
      let i = stretches.length - 1;
      while (i > 0 && expectedAtStart[i] >= expected) i--;
      const { start, rate, slope } = stretches[i];
      const more = expected - expectedAtStart[i];
      // The root of (rate + slope t / 2) t = more, in a form valid for any slope.
      return more === 0 ? start : start + (2 * more) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * more)));
    },
  };
}

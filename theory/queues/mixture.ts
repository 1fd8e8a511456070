import type { Law } from "../../model/law.js";
import type { ModelTime } from "../../model/units.js";
import type { Enclosed, QueueTimes, SojournTimes } from "./sojourn-law.js";

/** One of several queues, and the part of all jobs that it gets; the parts sum to 1. */
export interface QueuePart {
  readonly weight: number;
  readonly times: QueueTimes;
  /** The law of the service times, there, of jobs whose sizes have another law than those of all jobs together. */
  atRate(sizes: Law): Law;
}

/** Iterations of bisection: to 1/65536 of the interval. */
const BISECTIONS = 16;

/** What jobs see that go to one of several independent queues at random: the laws of their times are mixtures. */
export function mixtureOf(parts: readonly QueuePart[]): QueueTimes & { sojournsOf(sizes: Law): SojournTimes } {
  const sojournsIn = (of: readonly Mixed<SojournTimes>[]): SojournTimes => ({
    sojourn: (p) =>
      quantileOf(p, of, { quantile: ({ times }) => times.sojourn(p), over: ({ times }, t) => times.sojournOver(t) }),
    sojournOver: (limit) => overOf(of, ({ times }) => times.sojournOver(limit)),
  });
  return {
    ...sojournsIn(parts),
    waiting: (p) =>
      quantileOf(p, parts, { quantile: ({ times }) => times.waiting(p), over: ({ times }, t) => times.waitingOver(t) }),
    waitingOver: (limit) => overOf(parts, ({ times }) => times.waitingOver(limit)),
    sojournsOf: (sizes) =>
      sojournsIn(
        parts.map(({ weight, times, atRate }) => ({ weight, times: times.sojournsOf?.(atRate(sizes)) ?? UNKNOWN })),
      ),
  };
}

interface Mixed<Times> {
  readonly weight: number;
  readonly times: Times;
}

const UNKNOWN: SojournTimes = { sojourn: () => undefined, sojournOver: () => undefined };

function overOf<Part extends Mixed<unknown>>(
  parts: readonly Part[],
  over: (part: Part) => Enclosed | undefined,
): Enclosed | undefined {
  let [value, error] = [0, 0];
  for (const part of parts) {
    const found = over(part);
    if (found === undefined) return undefined;
    value += part.weight * found.value;
    error += part.weight * found.error;
  }
  return { value, error };
}

/** The p-quantile of a mixture is no further than the furthest of its parts. */
function quantileOf<Part extends Mixed<unknown>>(
  p: number,
  parts: readonly Part[],
  {
    quantile,
    over,
  }: { quantile(part: Part): Enclosed | undefined; over(part: Part, t: ModelTime): Enclosed | undefined },
): Enclosed | undefined {
  const [first] = parts;
  if (parts.length === 1) return quantile(first);
  const own = parts.map(quantile);
  const known = own.filter((one) => one !== undefined);
  if (known.length < own.length || overOf(parts, (part) => over(part, 0)) === undefined) return undefined;
  const furthest = Math.max(...known.map(({ value, error }) => value + error));
  const nearest = Math.min(...known.map(({ value, error }) => Math.max(0, value - error)));
  /** The first time at which the probability of more, with this many of its errors, is at most 1 - p. */
  const crossing = (errors: number): ModelTime => {
    const isBeyond = (t: ModelTime): boolean => {
      const { value, error } = overOf(parts, (part) => over(part, t)) ?? { value: Number.NaN, error: 0 };
      return value + errors * error <= 1 - p;
    };
    let [low, high] = [nearest, furthest];
    if (isBeyond(low)) return low;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      if (isBeyond(middle)) high = middle;
      else low = middle;
    }
    return high;
  };
  const [low, high] = [crossing(-1), crossing(1)];
  return { value: (low + high) / 2, error: (high - low) / 2 + (furthest - nearest) * 2 ** -BISECTIONS };
}

/** Less than a pixel of a chart. */
const INVISIBLE = 0.002;

/**
 * The levels 0, 1, 2, ... of a chart of tails: up to the last that a linear scale shows of any tail, and the next one, at least up to `least`.
 * One server that once had hundreds of jobs does not press all others together.
 */
export function shownLevels(tails: readonly (readonly (number | null)[])[], least = 0): number[] {
  const last = Math.max(least, ...tails.map((tail) => tail.findLastIndex((fraction) => (fraction ?? 0) >= INVISIBLE)));
  return Array.from({ length: last + 2 }, (_, level) => level);
}

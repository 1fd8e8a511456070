/** The bins of sojourn times are at most so much wider than where they begin (model/statistics/time-histogram.ts). */
const WIDEST_BIN = 17 / 16;

/**
 * The time that a fraction of jobs exceeds, interpolated within a bin of the times that were measured.
 *
 * @param times the ends of all bins that hold any, rising, after a 0
 * @param fractions of jobs that exceed each of them, falling from 1
 * @returns null if there are no jobs
 */
export function timeExceededBy(
  fraction: number,
  { times, fractions }: { readonly times: readonly number[]; readonly fractions: readonly number[] },
): number | null {
  const next = fractions.findIndex((left) => left <= fraction);
  if (next < 0) return null;
  if (next === 0) return times[0];
  const [above, below] = [fractions[next - 1], fractions[next]];
  const begin = Math.max(times[next - 1], times[next] / WIDEST_BIN);
  return begin + ((above - fraction) / (above - below)) * (times[next] - begin);
}

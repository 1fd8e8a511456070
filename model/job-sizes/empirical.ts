import { UserError } from "../errors.js";
import { uniformIndex } from "../random.js";
import type { JobSizeLaw } from "./job-size-law.js";

/**
 * Works drawn at random, with replacement, from those that were observed. Their mean is the sample's.
 *
 * @param name where they were observed
 * @throws UserError where there is none, or one that is negative, infinite or no number
 */
export function empiricalJobSizes(name: string, observed: readonly number[]): JobSizeLaw {
  if (observed.length === 0) throw new UserError(`job sizes ${name}: there are none`);
  const wrong = observed.findIndex((size) => !(size >= 0 && size < Number.POSITIVE_INFINITY));
  if (wrong >= 0) throw new UserError(`job sizes ${name}: size ${wrong + 1} is ${observed[wrong]}, not a number >= 0`);
  const sizes = Float64Array.from(observed).sort();
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  if (mean === 0) throw new UserError(`job sizes ${name}: all of them are 0`);
  const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
  return {
    name,
    mean,
    squaredVariation: variance / mean ** 2,
    distribution: (x) => countUpTo(sizes, x) / sizes.length,
    sequence: (random) => ({ next: () => sizes[uniformIndex(random, sizes.length)] }),
  };
}

/** How many of the sorted values are at most x. */
function countUpTo(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

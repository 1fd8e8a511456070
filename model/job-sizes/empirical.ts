import { UserError } from "../errors.js";
import { type RandomStream, uniformIndex } from "../random.js";
import type { JobSizeLaw, WorkSequence } from "./job-size-law.js";

/**
 * Job sizes drawn at random, with replacement, from observed ones, and scaled to unit mean.
 *
 * @param name of the sample, for messages
 * @throws UserError if the sample is empty, or a size is negative, infinite or not a number
 */
export function empiricalJobSizes(name: string, observed: ArrayLike<number>): JobSizeLaw {
  return lawOf(name, scaled(name, observed));
}

/** The same sizes one after the other, again and again, in the order in which they were observed. Throws UserError likewise. */
export function repeatedJobSizes(name: string, observed: ArrayLike<number>): JobSizeLaw {
  const sizes = scaled(name, observed);
  const sequence = (_: RandomStream, first = 0): WorkSequence => {
    let taken = first;
    return { next: () => sizes[taken++ % sizes.length] };
  };
  return { ...lawOf(name, sizes), isInOrder: true, sequence };
}

/** Sizes of mean 1, in the order of the observed ones. */
function scaled(name: string, observed: ArrayLike<number>): Float64Array {
  const given = Float64Array.from(observed);
  if (given.length === 0) throw new UserError(`job sizes ${name}: the list is empty`);
  const wrong = given.findIndex((size) => !(size >= 0 && size < Number.POSITIVE_INFINITY));
  if (wrong >= 0) throw new UserError(`job sizes ${name}: size ${wrong + 1} is ${given[wrong]}, not a number >= 0`);
  const mean = given.reduce((sum, size) => sum + size, 0) / given.length;
  if (mean === 0) throw new UserError(`job sizes ${name}: all of them are 0`);
  return given.map((size) => size / mean);
}

function lawOf(name: string, inOrder: Float64Array): JobSizeLaw {
  const sizes = inOrder.slice().sort();
  return {
    name,
    mean: 1,
    squaredVariation: sizes.reduce((sum, size) => sum + (size - 1) ** 2, 0) / sizes.length,
    distribution: (x) => countUpTo(sizes, x) / sizes.length,
    sequence: (random) => ({ next: () => sizes[uniformIndex(random, sizes.length)] }),
  };
}

/** The number of sorted values that are at most x. */
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

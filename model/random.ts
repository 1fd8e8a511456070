import seedrandom from "seedrandom";

/** A stream of independent uniform numbers in [0, 1). */
export type RandomStream = () => number;

/**
 * The named random stream of a run. One stream per purpose, so that adding a draw to one does not shift the
 * others: the same seed gives every policy the same arrivals and job sizes (common random numbers).
 *
 * @param seed the run's seed
 * @param purpose of the stream, e.g. "arrivals" or "initial-rate/7"
 */
export function randomStream(seed: string, purpose: string): RandomStream {
  return seedrandom.alea(`${seed}/${purpose}`);
}

/**
 * A named stream like `randomStream`, from the xorshift128 of Marsaglia (2003): twice as fast, for the chain engines, where
 * draws are most of the work. Its known weakness, linear dependence between bits, does not matter for uniform numbers.
 */
export function quickRandomStream(seed: string, purpose: string): RandomStream {
  return seedrandom.xor128(`${seed}/${purpose}`);
}

/** One draw from the exponential distribution with the given mean, by inversion. */
export function exponential(random: RandomStream, mean: number): number {
  return -mean * Math.log1p(-random());
}

/** One draw from the uniform distribution on the integers 0 .. bound - 1. */
export function uniformIndex(random: RandomStream, bound: number): number {
  return Math.floor(random() * bound);
}

/** Puts values into a random order, every one equally likely (Fisher and Yates). */
export function shuffle(values: Int32Array, random: RandomStream): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = uniformIndex(random, last + 1);
    const value = values[last];
    values[last] = values[other];
    values[other] = value;
  }
}

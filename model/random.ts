import seedrandom from "seedrandom";

/** A stream of independent uniform numbers in [0, 1). */
export type RandomStream = () => number;

/**
 * The named random stream of a run. One stream per purpose, so that adding a draw to one purpose shifts no other:
 * the same seed sends the same arrivals and works through every policy.
 *
 * @param seed the run's seed
 * @param purpose what the stream is for, e.g. "arrivals" or "initial-rate/7"
 */
export function randomStream(seed: string, purpose: string): RandomStream {
  return seedrandom.alea(`${seed}/${purpose}`);
}

/**
 * A named stream like `randomStream`, from Marsaglia's xorshift128 (2003): a draw takes half the time. For the chain, where
 * draws are most of the work. Its weakness, that bits depend on each other linearly, does not show in uniform numbers.
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

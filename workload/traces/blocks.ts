import { exponential, type RandomStream, uniformIndex } from "../../model/random.js";

/** Neighbouring jobs of a trace: from an index up to, not including, another. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/**
 * Blocks of a trace, drawn at random with replacement, that have so many jobs together: the stationary bootstrap of Politis and Romano (1994). A
 * trace made of them is as long as is wanted, with fresh chance, and keeps what neighbours have to do with one another.
 *
 * @param jobs of the trace, > 1; the first is never drawn, for it has no interarrival time
 * @param wanted jobs of all blocks together
 * @param meanLength of a block, in jobs
 */
export function* randomBlocks(
  jobs: number,
  wanted: number,
  meanLength: number,
  random: RandomStream,
): Generator<Block> {
  for (let left = wanted; left > 0; ) {
    const length = Math.min(left, 1 + Math.floor(exponential(random, meanLength)));
    const from = 1 + uniformIndex(random, jobs - 1);
    // The trace is a circle.
    const first = Math.min(length, jobs - from);
    yield { from, to: from + first };
    left -= first;
    for (let more = length - first; more > 0; ) {
      const here = Math.min(more, jobs - 1);
      yield { from: 1, to: 1 + here };
      more -= here;
      left -= here;
    }
  }
}

import type { Law } from "../law.js";
import type { RandomStream } from "../random.js";
import type { Work } from "../units.js";

/** A sequence of job sizes. */
export interface WorkSequence {
  /** The size of the next job. */
  next(): Work;
}

/** A distribution of independent job sizes. Those named by their shape alone have unit mean. */
export interface JobSizeLaw extends Law {
  /** The text for `jobSizeLawNamed`. */
  readonly name: string;
  /** Set if sizes come in the order of a trace, again and again, rather than as independent draws. */
  readonly isInOrder?: true;
  /**
   * Independent draws, unless they are in order; all their randomness comes from the stream.
   *
   * @param first index of the size with which those that are in order begin
   */
  sequence(random: RandomStream, first?: number): WorkSequence;
}

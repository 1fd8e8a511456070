import type { Law } from "../law.js";
import type { RandomStream } from "../random.js";
import type { Work } from "../units.js";

/** A sequence of job sizes. */
export interface WorkSequence {
  /** The size of the next job. */
  next(): Work;
  /** The type of the job whose size was last drawn, from 0 on, where jobs of different types have sizes of their own. */
  readonly type?: number;
}

/** A distribution of independent job sizes. Those named by their shape alone have unit mean. */
export interface JobSizeLaw extends Law {
  /** The text for `jobSizeLawNamed`. */
  readonly name: string;
  /** The laws of the sizes of each type of jobs, where there are several, in the same unit. */
  readonly types?: readonly Law[];
  /** Set if sizes come in the order of a trace, again and again, rather than as independent draws. */
  readonly isInOrder?: true;
  /**
   * Independent draws, unless they are in order; all their randomness comes from the stream.
   *
   * @param first index of the size with which those that are in order begin
   */
  sequence(random: RandomStream, first?: number): WorkSequence;
}

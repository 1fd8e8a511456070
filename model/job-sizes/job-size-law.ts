import type { Law } from "../law.js";
import type { RandomStream } from "../random.js";
import type { Work } from "../units.js";

/** The works of the jobs, one after the other. */
export interface WorkSequence {
  /** The work of the next job. */
  next(): Work;
}

/** A law of independent works. Laws that are named by their shape alone have unit mean. */
export interface JobSizeLaw extends Law {
  /** The text that `jobSizeLawNamed` reads as this law. */
  readonly name: string;
  /** Independent draws; all their randomness comes from the stream. */
  sequence(random: RandomStream): WorkSequence;
}

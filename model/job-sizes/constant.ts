import type { JobSizeLaw } from "./job-size-law.js";

/** Job sizes of exactly 1. */
export const constantJobSizes: JobSizeLaw = {
  name: "constant",
  mean: 1,
  squaredVariation: 0,
  distribution: (x) => (x >= 1 ? 1 : 0),
  sequence: () => ({ next: () => 1 }),
};

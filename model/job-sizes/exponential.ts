import { exponential } from "../random.js";
import type { JobSizeLaw } from "./job-size-law.js";

/** Exponential job sizes of unit mean. */
export const exponentialJobSizes: JobSizeLaw = {
  name: "exponential",
  mean: 1,
  squaredVariation: 1,
  distribution: (x) => -Math.expm1(-x),
  sequence: (random) => ({ next: () => exponential(random, 1) }),
};

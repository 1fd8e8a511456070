import gamma from "@stdlib/math-base-special-gamma";
import type { JobSizeLaw } from "./job-size-law.js";

/**
 * Weibull job sizes of unit mean, P(X > x) = exp(-(x / scale)^shape).
 *
 * @param shape > 0; below 1 more variable than exponential, above 1 less
 */
export function weibullJobSizes(shape: number): JobSizeLaw {
  const scale = 1 / gamma(1 + 1 / shape);
  return {
    name: `weibull:${shape}`,
    mean: 1,
    squaredVariation: gamma(1 + 2 / shape) * scale ** 2 - 1,
    distribution: (x) => -Math.expm1(-((x / scale) ** shape)),
    sequence: (random) => ({ next: () => scale * (-Math.log1p(-random())) ** (1 / shape) }),
  };
}

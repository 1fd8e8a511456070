import type { JobSizeLaw } from "./job-size-law.js";

/**
 * Job sizes between a minimum and a maximum, with density proportional to x^(-shape - 1) in between, scaled to unit mean
 * (Harchol-Balter, Crovella and Murta 1999, On choosing a task assignment policy for a distributed server system).
 *
 * @param shape > 0; the smaller, the heavier the tail
 * @param span maximum over minimum, > 1
 */
export function boundedParetoJobSizes(shape: number, span: number): JobSizeLaw {
  const mass = 1 - span ** -shape;
  /** Mean of the distribution with minimum 1. */
  const moment = (order: number): number =>
    (shape / mass) * (order === shape ? Math.log(span) : (span ** (order - shape) - 1) / (order - shape));
  const least = 1 / moment(1);
  return {
    name: `bounded-pareto:${shape},${span}`,
    mean: 1,
    squaredVariation: moment(2) / moment(1) ** 2 - 1,
    distribution: (x) => {
      if (x <= least) return 0;
      return x >= least * span ? 1 : (1 - (least / x) ** shape) / mass;
    },
    sequence: (random) => ({ next: () => least * (1 - random() * mass) ** (-1 / shape) }),
  };
}

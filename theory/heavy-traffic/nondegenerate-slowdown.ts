import { assert } from "../../model/errors.js";

/**
 * An unproved heuristic for the mean number of jobs per server under Join the Shortest Queue in continuous time with total
 * slack s = n - total arrival rate of order 1 or less: averaged over the idle servers, the jobs per server x follow a
 * diffusion with the stationary density proportional to
 *
 *   (x - 1) e^(-(1 + s)(x - 1)) on (1, 2),   e^(-(1 + s)) e^(-s (x - 2)) above.
 *
 * It bridges the gap 1 < alpha <= 2 between the nondegenerate slowdown (alpha = 1, Gupta and Walton 2019) and Theorem 1 of
 * Hurtado-Lange and Maguluri (2020) (alpha > 2): s = n^(1 - alpha).
 *
 * @param slack s > 0
 * @returns E[x]; 1/s + 4 - e + O(s)
 */
export function meanJobsPerServer(slack: number): number {
  assert(slack > 0, "the slack is > 0");
  const { first, second, tail } = masses(slack);
  // Above 2 the excess over 1 is 1 plus an exponential with mean 1/s.
  return 1 + (second + tail * (1 + 1 / slack)) / (first + tail);
}

/** The integrals of y e^(-(1 + s) y) and y^2 e^(-(1 + s) y) over (0, 1), and that of the density above y = 1. */
function masses(slack: number): { first: number; second: number; tail: number } {
  const rate = 1 + slack;
  const end = Math.exp(-rate);
  return {
    first: (1 - end * (1 + rate)) / rate ** 2,
    second: (2 - end * (rate * rate + 2 * rate + 2)) / rate ** 3,
    tail: end / slack,
  };
}

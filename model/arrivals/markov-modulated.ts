import type { Law } from "../law.js";
import { exponential, type RandomStream } from "../random.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

export interface Bursts {
  /** Ratio of the arrival rate in a burst to that between bursts, > 0. */
  readonly intensity: number;
  /** Fraction of time in bursts, between 0 and 1. */
  readonly share: number;
  /** Mean number of jobs from the start of a burst to the start of the next, > 0. */
  readonly cycle: number;
}

/**
 * A Poisson process whose rate switches between two values as a Markov chain (Fischer and Meier-Hellstern 1993, The
 * Markov-modulated Poisson process cookbook). It starts in its stationary state.
 *
 * @param arrivalRate jobs per unit of model time in the long run, > 0
 */
export function markovModulatedArrivals(bursts: Bursts, arrivalRate: Rate, random: RandomStream): ArrivalProcess {
  const { intensity, share, cycle } = bursts;
  const calmRate = arrivalRate / (1 - share + share * intensity);
  const rates = [calmRate, intensity * calmRate];
  const cycleTime = cycle / arrivalRate;
  const meanTimes = [(1 - share) * cycleTime, share * cycleTime];
  let phase = random() < share ? 1 : 0;
  let untilChange = exponential(random, meanTimes[phase]);
  return {
    name: `markov-modulated:${intensity},${share},${cycle}`,
    gaps: gapLaw(rates, [1 / meanTimes[0], 1 / meanTimes[1]]),
    next(previous) {
      let passed = 0;
      for (;;) {
        // The times until a change of phase and until an arrival are memoryless, so both may be redrawn.
        const gap = exponential(random, 1 / rates[phase]);
        if (gap <= untilChange) {
          untilChange -= gap;
          return previous + passed + gap;
        }
        passed += untilChange;
        phase = 1 - phase;
        untilChange = exponential(random, meanTimes[phase]);
      }
    },
  };
}

/**
 * The stationary law of the interarrival times. Its survival function solves a linear differential equation of order 2, so it
 * is a mixture of two exponentials, whose rates are the eigenvalues of the generator of the phases killed at arrivals.
 *
 * @param rates arrival rates in the two phases
 * @param ends rates at which the phases end
 */
function gapLaw([r0, r1]: readonly number[], [e0, e1]: readonly number[]): Law {
  const share0 = e1 / (e0 + e1);
  const arrivalRate = share0 * r0 + (1 - share0) * r1;
  const trace = r0 + e0 + r1 + e1;
  const determinant = (r0 + e0) * (r1 + e1) - e0 * e1;
  // The square root of trace^2 - 4 determinant, without cancellation when the phases are nearly alike.
  const root = Math.hypot(r0 + e0 - r1 - e1, 2 * Math.sqrt(e0 * e1));
  const fast = (trace + root) / 2;
  const slow = determinant / fast;
  /** The density of the interarrival time at 0: the mean rate found by an arrival. */
  const found = (share0 * r0 * r0 + (1 - share0) * r1 * r1) / arrivalRate;
  const weight = fast === slow ? 1 : (found - slow) / (fast - slow);
  const secondMoment = (2 * weight) / fast ** 2 + (2 * (1 - weight)) / slow ** 2;
  return {
    mean: 1 / arrivalRate,
    squaredVariation: secondMoment * arrivalRate ** 2 - 1,
    distribution: (x) => -weight * Math.expm1(-fast * x) - (1 - weight) * Math.expm1(-slow * x),
  };
}

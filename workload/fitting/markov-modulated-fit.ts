import type { Bursts } from "../../model/arrivals/markov-modulated.js";
import { maximumNear } from "./maximum.js";

/** Where searches begin: bursts that are short or long, and more or less intense. */
const STARTS: readonly Bursts[] = [
  { intensity: 3, share: 0.3, cycle: 30 },
  { intensity: 3, share: 0.3, cycle: 1000 },
  { intensity: 10, share: 0.1, cycle: 200 },
];
/** Bursts that follow one another in fewer jobs are no bursts; where gaps of 0 are likeliest, a search would go on to ever shorter ones. */
const LEAST_CYCLE = 0.1;
const FIRST_STEP = 0.7;
const EVALUATIONS = 160;

/**
 * The likeliest process whose rate switches between two values as a Markov chain (Fischer and Meier-Hellstern 1993), and how much likelier what was
 * observed is than under a Poisson process: the logarithm of the ratio.
 *
 * @param runs of neighbouring interarrival times, of mean 1 together
 */
export function likeliestBursts(runs: readonly Float64Array[]): {
  readonly bursts: Bursts;
  readonly gain: number;
} {
  const found = STARTS.map((start) =>
    maximumNear(pointOf(start), FIRST_STEP, (x) => logLikelihood(burstsAt(x), runs), EVALUATIONS),
  );
  const best = found.toSorted((a, b) => b.value - a.value)[0];
  const poisson = runs.reduce((sum, run) => run.reduce((rest, gap) => rest - gap, sum), 0);
  return { bursts: burstsAt(best.x), gain: best.value - poisson };
}

/** Bursts as any three numbers: an intensity above 1, a share between 0 and 1, a cycle above 0. */
function burstsAt([intensity, share, cycle]: readonly number[]): Bursts {
  return {
    intensity: 1 + Math.exp(intensity),
    share: 1 / (1 + Math.exp(-share)),
    cycle: Math.max(LEAST_CYCLE, Math.exp(cycle)),
  };
}

function pointOf({ intensity, share, cycle }: Bursts): number[] {
  return [Math.log(intensity - 1), Math.log(share / (1 - share)), Math.log(cycle)];
}

/**
 * The logarithm of the density of runs of interarrival times of a process of rate 1, each run beginning with an arrival in the steady state: the
 * product of exp(D0 x) D1 over the times x, where D0 is the generator of the phases killed at arrivals and D1 has the rates.
 */
export function logLikelihood({ intensity, share, cycle }: Bursts, runs: readonly Float64Array[]): number {
  const calm = 1 / (1 - share + share * intensity);
  const burst = intensity * calm;
  const [start, end] = [1 / ((1 - share) * cycle), 1 / (share * cycle)];
  // D0 = [[-a, start], [end, -d]] has two real eigenvalues, both negative.
  const [a, d] = [calm + start, burst + end];
  const root = Math.hypot(a - d, 2 * Math.sqrt(start * end));
  const fast = -(a + d + root) / 2;
  const slow = (a * d - start * end) / fast;
  let sum = 0;
  for (const run of runs) {
    // The phases that an arrival finds in the steady state.
    let calmPart = (1 - share) * calm;
    let burstPart = share * burst;
    for (const gap of run) {
      const [e, f] = [Math.exp(slow * gap), Math.exp(fast * gap)];
      // exp(D0 x) = (e (D0 - fast) - f (D0 - slow)) / (slow - fast), by Sylvester's formula.
      const diagonal = e - f;
      const identity = slow * f - fast * e;
      const nextCalm = ((identity - a * diagonal) * calmPart + end * diagonal * burstPart) / (slow - fast);
      const nextBurst = (start * diagonal * calmPart + (identity - d * diagonal) * burstPart) / (slow - fast);
      const density = nextCalm * calm + nextBurst * burst;
      if (!(density > 0)) return Number.NEGATIVE_INFINITY;
      sum += Math.log(density);
      calmPart = (nextCalm * calm) / density;
      burstPart = (nextBurst * burst) / density;
    }
  }
  return sum;
}

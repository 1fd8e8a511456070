import { assert } from "../../model/errors.js";
import type { Rate } from "../../model/units.js";

/**
 * A continuous-time Markov chain on states 0 .. n - 1, its rates stored by target state. States have levels (the number of jobs
 * in a queueing system), and a transition changes the level by at most one.
 */
export interface LevelChain {
  readonly levels: Int32Array;
  /** The transitions into state s are those at `starts[s]` .. `starts[s + 1] - 1` of the next two. */
  readonly starts: Int32Array;
  readonly sources: Int32Array;
  readonly rates: Float64Array;
  /** The total rate out of each state. */
  readonly exitRates: Float64Array;
}

/** Relative imbalance of flow below which a distribution counts as stationary. */
const TOLERANCE = 1e-12;
const MOST_SWEEPS = 20_000;

/**
 * The stationary distribution of an irreducible chain. Forward and backward Gauss-Seidel sweeps, every other pair
 * followed by an exact solution of the birth-death chain of the levels: sweeps settle the states within a level fast, but the
 * distribution over levels only slowly, which the second step does at once (aggregation-disaggregation: Koury, McAllister and
 * Stewart 1984).
 *
 * @returns the probability of each state; the `imbalance` is at most 1e-12
 * @throws Error if it does not converge
 */
export function stationaryDistribution(chain: LevelChain): Float64Array {
  const states = chain.levels.length;
  const probabilities = new Float64Array(states).fill(1 / states);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    for (let state = 0; state < states; state++) balance(chain, probabilities, state);
    for (let state = states - 1; state >= 0; state--) balance(chain, probabilities, state);
    if (sweep % 2 === 1) balanceLevels(chain, probabilities);
    if (sweep % 8 === 7 && imbalance(chain, probabilities) <= TOLERANCE) return probabilities;
  }
  throw new Error(`no convergence to the stationary distribution after ${MOST_SWEEPS} sweeps over ${states} states`);
}

/** The sum over states of | inflow - outflow |, over the sum of outflows. */
function imbalance(chain: LevelChain, probabilities: Float64Array): number {
  let difference = 0;
  let flow = 0;
  for (let state = 0; state < probabilities.length; state++) {
    const outflow = probabilities[state] * chain.exitRates[state];
    difference += Math.abs(inflow(chain, probabilities, state) - outflow);
    flow += outflow;
  }
  return difference / flow;
}

function inflow({ starts, sources, rates }: LevelChain, probabilities: Float64Array, state: number): Rate {
  let sum = 0;
  for (let i = starts[state]; i < starts[state + 1]; i++) sum += rates[i] * probabilities[sources[i]];
  return sum;
}

function balance(chain: LevelChain, probabilities: Float64Array, state: number): void {
  probabilities[state] = inflow(chain, probabilities, state) / chain.exitRates[state];
}

/** Rescales each level as a whole so that the flow up from it equals the flow down to it, and normalises. */
function balanceLevels({ levels, starts, sources, rates }: LevelChain, probabilities: Float64Array): void {
  const count = levels.reduce((greatest, level) => Math.max(greatest, level), 0) + 1;
  const up = new Float64Array(count);
  const down = new Float64Array(count);
  for (let state = 0; state < levels.length; state++) {
    for (let i = starts[state]; i < starts[state + 1]; i++) {
      const source = sources[i];
      const step = levels[state] - levels[source];
      assert(Math.abs(step) <= 1, "a transition changes the level by at most one");
      if (step > 0) up[levels[source]] += rates[i] * probabilities[source];
      else if (step < 0) down[levels[source]] += rates[i] * probabilities[source];
    }
  }
  const weights = new Float64Array(count);
  weights[0] = 1;
  // A level whose probability is below the least number has no flow; whatever its weight, it stays at 0.
  for (let level = 1; level < count; level++)
    weights[level] = down[level] > 0 ? (weights[level - 1] * up[level - 1]) / down[level] : 0;
  let sum = 0;
  for (let state = 0; state < levels.length; state++) sum += probabilities[state] *= weights[levels[state]];
  for (let state = 0; state < levels.length; state++) probabilities[state] /= sum;
}

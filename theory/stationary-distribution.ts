import { assert } from "../model/errors.js";
import type { Rate } from "../model/units.js";

/**
 * A Markov chain in continuous time on states 0 .. n - 1, by its rates, column by column. The states lie on levels, and a
 * transition changes the level by at most one: the number of jobs in a queueing system.
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

/** The flow that is out of balance, as a part of all flow, at which a distribution counts as stationary. */
const TOLERANCE = 1e-12;
const MOST_SWEEPS = 20_000;

/**
 * The stationary distribution of an irreducible chain. Gauss-Seidel sweeps, there and back, every other followed by an
 * exact solution of the birth and death chain of the levels: sweeps settle the states of a level soon, but jobs between far
 * levels only slowly, and that is what the second step does at once (aggregation and disaggregation: Koury, McAllister
 * and Stewart 1984).
 *
 * @returns the probability of each state; what flows into each state and what flows out differ, summed over all states, by
 *   no more than 1e-12 of all flow
 * @throws Error if it does not come to that
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
  throw new Error(`no stationary distribution after ${MOST_SWEEPS} sweeps over ${states} states`);
}

/** The sum over states of | inflow - outflow |, over the sum of outflows. */
export function imbalance(chain: LevelChain, probabilities: Float64Array): number {
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

/** Rescales the levels, each as a whole, so that as much flows up from each as flows down to it, and normalises. */
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
  for (let level = 1; level < count; level++) weights[level] = (weights[level - 1] * up[level - 1]) / down[level];
  let sum = 0;
  for (let state = 0; state < levels.length; state++) sum += probabilities[state] *= weights[levels[state]];
  for (let state = 0; state < levels.length; state++) probabilities[state] /= sum;
}

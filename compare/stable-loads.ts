import { atLoad, fieldOf, under } from "./field.js";
import type { FleetSetup } from "./replication.js";

/** How far a policy can be loaded, with infinite buffers. */
export interface StableLoads {
  /** Below this load it certainly has a steady state; 0 where nothing is known, null where it always has one. */
  readonly stableBelow: number | null;
  /** From this load on it certainly has none; null where it always has one. */
  readonly unstableFrom: number | null;
}

/** Steps of a bisection: to 0.0001. */
const STEPS = 14;
const MOST_LOAD = 1 + 2 ** -STEPS;

/** Between which loads a policy loses its steady state, by theory. */
export function stableLoads(setup: FleetSetup, policy: string): StableLoads {
  const at = (load: number) => fieldOf(atLoad(under(setup, policy), load), [policy], []);
  const isUnstable = (load: number): boolean => at(load).unstable.length > 0;
  const isUncertain = (load: number): boolean => isUnstable(load) || at(load).uncertain.length > 0;
  if (!isUnstable(MOST_LOAD)) return { stableBelow: null, unstableFrom: null };
  return { stableBelow: firstLoad(isUncertain), unstableFrom: firstLoad(isUnstable) };
}

/** The least load with a property that all greater loads share, and that full load has. */
function firstLoad(isSo: (load: number) => boolean): number {
  let [low, high] = [0, MOST_LOAD];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (isSo(middle)) high = middle;
    else low = middle;
  }
  // Nothing certain is known even at the least of loads.
  return low === 0 ? 0 : Number(high.toFixed(3));
}

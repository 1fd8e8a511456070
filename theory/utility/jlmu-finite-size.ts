import { poissonLaw } from "../queues/poisson.js";
import { optimalAssignment, optimalOccupancy, type PoolClasses } from "./optimal-assignment.js";

/** Expected occupancy and utility of n pools under JLMU. */
export interface FiniteSizeOccupancy {
  /** E[q(i, j)] at [i][j - 1]: the fraction of pools that are of class i and have at least j tasks. */
  readonly occupancy: readonly (readonly number[])[];
  /** The same for the optimal assignment of the current number of tasks, E[q*_{S/n}(i, j)]. */
  readonly optimal: readonly (readonly number[])[];
  /** E[u(q)] per pool. */
  readonly utility: number;
  /** E[u*(S/n)] - E[u(q)]. */
  readonly loss: number;
}

/**
 * Occupancy and utility of JLMU with n pools. The number of tasks S is Poisson and changes slowly, on the scale of a time
 * unit, so q is about q*_{S/n}, except for holes: a task that ends in a pool on an otherwise full level leaves a hole, and the next
 * arrivals fill the holes, best-ranked first. Holes appear at the rate of departures from full levels and disappear at the arrival
 * rate, n times as fast as S changes: an M/M/1 queue with preemptive priorities. The missing tasks are on the level sigma*.
 *
 * Derived here, not proved: it treats S as constant on the time scale of holes, which fails where sigma* is empty; there the load of
 * holes is capped at 1 - n^(-1/2), the scale on which S passes such a point. In simulations (n = 2 to 500) the error is below the
 * loss itself, typically a quarter of it: use the loss as error bound.
 *
 * @param pools n
 * @param load rho, tasks per pool, > 0
 */
export function jlmuFiniteSize(classes: PoolClasses, pools: number, load: number): FiniteSizeOccupancy {
  const { from, probabilities } = poissonLaw(pools * load);
  const optimal = classes.utilities.map((): number[] => []);
  const occupancy = classes.utilities.map((): number[] => []);
  let bound = 0;
  let loss = 0;
  probabilities.forEach((probability, k) => {
    const tasks = (from + k) / pools;
    const assignment = optimalAssignment(classes, tasks);
    bound += probability * assignment.utility;
    for (const [i, levels] of assignment.fullLevels.entries()) {
      for (let j = 1; j <= levels + 1; j++) {
        const optimum = probability * optimalOccupancy(classes, assignment, i, j);
        optimal[i][j - 1] = (optimal[i][j - 1] ?? 0) + optimum;
        occupancy[i][j - 1] = (occupancy[i][j - 1] ?? 0) + optimum;
      }
    }
    const { partialClass, partialLevel } = assignment;
    const atSigma = classes.utilities[partialClass].marginal(partialLevel - 1);
    for (const { i, j, count } of holes(classes, pools, load, tasks)) {
      const part = (probability * count) / pools;
      occupancy[i][j - 1] -= part;
      occupancy[partialClass][partialLevel - 1] += part;
      loss += part * (classes.utilities[i].marginal(j - 1) - atSigma);
    }
  });
  return { occupancy, optimal, utility: bound - loss, loss };
}

interface Hole {
  readonly i: number;
  readonly j: number;
  /** Mean number. */
  readonly count: number;
}

/** Holes on the highest full level of each class at a given number of tasks per pool; the best-ranked are filled first. */
function holes(classes: PoolClasses, pools: number, load: number, tasks: number): Hole[] {
  const { utilities, fractions } = classes;
  const { fullLevels, partialClass, partialFraction } = optimalAssignment(classes, tasks);
  const kinds = fullLevels
    .map((j, i) => ({ i, j, rate: j * (fractions[i] - (i === partialClass ? partialFraction : 0)) }))
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => utilities[b.i].marginal(b.j - 1) - utilities[a.i].marginal(a.j - 1) || a.i - b.i);
  let rates = 0;
  let before = 0;
  return kinds.map(({ i, j, rate }) => {
    rates += rate;
    const busy = Math.min(rates / load, 1 - 1 / Math.sqrt(pools));
    const upToHere = busy / (1 - busy);
    const count = upToHere - before;
    before = upToHere;
    return { i, j, count };
  });
}

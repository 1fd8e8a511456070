import { increasingRoot } from "../numerics/increasing-root.js";

/**
 * The example of Goldsztajn, Borst and van Leeuwaarden (2023), section 9.3: two pools; each task in the first is worth
 * epsilon, and the second is worth 1 while it has a task. Values are per pool, half of the aggregate utility, with a = 1.
 */

/**
 * The mean utility of JLMU, exactly. It sends a task to pool two if and only if that is empty, so P(Y = 1) =
 * rho/(rho + 1), and pool one has the rest of the mean of rho tasks. (The paper bounds E[X] by rho.)
 *
 * @param epsilon between 0 and 1
 * @param offeredLoad rho = lambda/mu of the whole system, half of it per pool
 */
export function greedyUtility(epsilon: number, offeredLoad: number): number {
  const occupied = offeredLoad / (1 + offeredLoad);
  return (epsilon * (offeredLoad - occupied) + occupied) / 2;
}

/** The mean utility if every task goes to pool two, exactly: P(Y > 0)/2 with Y ~ Poisson(offeredLoad). */
export function conservativeUtility(offeredLoad: number): number {
  return -Math.expm1(-offeredLoad) / 2;
}

/**
 * The offered loads for which JLMU is worse than sending every task to pool two.
 *
 * @param epsilon between 0 and 1
 * @returns the exact ones, from 0 up to `upTo`, 0 if there are none; and those shown by the bound of the paper, epsilon rho + rho/(rho + 1) <
 * 1 - exp(-rho), undefined if it shows none
 */
export function suboptimalLoads(epsilon: number): { upTo: number; shown: { from: number; to: number } | undefined } {
  const worse = (load: number): number => greedyUtility(epsilon, load) - conservativeUtility(load);
  // Near load 0 JLMU loses by (1/2 - epsilon) load^2/2: nowhere if epsilon is greater.
  const upTo = epsilon < 0.5 ? (increasingRoot(worse, 1) ?? 0) : 0;
  const gain = (load: number): number => -Math.expm1(-load) - epsilon * load - load / (1 + load);
  let best = 0;
  for (let load = 0.01; load < upTo; load += 0.01) if (gain(load) > gain(best)) best = load;
  if (best === 0) return { upTo, shown: undefined };
  const from = increasingRoot((load) => (load < best ? gain(load) : 1), best / 2) ?? 0;
  const to = increasingRoot((load) => (load > best ? -gain(load) : -1), best) ?? upTo;
  return { upTo, shown: { from, to } };
}

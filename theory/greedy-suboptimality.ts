/**
 * The example of Goldsztajn, Borst and van Leeuwaarden (2023), section 9.3: two pools; each task in the first is worth
 * epsilon, and the second is worth 1 while it has a task. Values are per pool, half of the aggregate utility, with a = 1.
 */

/**
 * The mean utility of JLMU, exactly. It sends a task to pool two if and only if that is empty, so P(Y = 1) =
 * rho/(rho + 1), and pool one has the rest of a mean of rho tasks. (The paper bounds E[X] by rho.)
 *
 * @param epsilon between 0 and 1
 * @param offeredLoad rho = lambda/mu of the whole system, so half of it per pool
 */
export function greedyUtility(epsilon: number, offeredLoad: number): number {
  const occupied = offeredLoad / (1 + offeredLoad);
  return (epsilon * (offeredLoad - occupied) + occupied) / 2;
}

/** The mean utility where every task goes to pool two, exactly: P(Y > 0)/2 with Y ~ Poisson(offeredLoad). */
export function conservativeUtility(offeredLoad: number): number {
  return -Math.expm1(-offeredLoad) / 2;
}

/** The paper's sufficient condition that JLMU loses: epsilon rho + rho/(rho + 1) < 1 - exp(-rho). */
export function greedyLosesByPaper(epsilon: number, offeredLoad: number): boolean {
  return epsilon * offeredLoad + offeredLoad / (1 + offeredLoad) < -Math.expm1(-offeredLoad);
}

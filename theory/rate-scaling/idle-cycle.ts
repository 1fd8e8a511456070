import type { Rate } from "../../model/units.js";

/**
 * A function of the fast state of one server: its value while idle, as a polynomial in the time since the last completion,
 * and while busy, as a polynomial in the length of the last idle period. Coefficients in ascending order.
 */
export interface CycleFunction {
  readonly idle: readonly number[];
  readonly busy: readonly number[];
}

/** One server of rate mu among infinitely many: idle for Exp(hitRate), then busy for Exp(mu), and so on. */
export interface IdleCycle {
  readonly hitRate: Rate;
  readonly serviceRate: Rate;
}

/** The time average of f. Both the age of an idle period and the length of the last one are Exp(hitRate), independent of the rest. */
export function average({ hitRate, serviceRate }: IdleCycle, f: CycleFunction): number {
  const idleShare = serviceRate / (serviceRate + hitRate);
  return idleShare * exponentialMean(f.idle, hitRate) + (1 - idleShare) * exponentialMean(f.busy, hitRate);
}

/**
 * The u with A u = average(f) - f, A the generator of the server's idle time at fixed rates: the expected integral of
 * f - average(f) over all time, as a function of the initial state, up to a constant.
 */
export function poissonSolution(cycle: IdleCycle, f: CycleFunction): CycleFunction {
  const { hitRate, serviceRate } = cycle;
  const mean = average(cycle, f);
  const degree = Math.max(f.idle.length, f.busy.length);
  const idle = new Array<number>(degree + 1).fill(0);
  const busy = new Array<number>(degree).fill(0);
  // While busy, u = u(idle at age 0) + (f - mean)/mu; while idle, u' = hitRate (u - u(busy)) - (f - mean).
  for (let k = degree - 1; k >= 0; k--) {
    const centre = k === 0 ? mean : 0;
    busy[k] = ((f.busy[k] ?? 0) - centre) / serviceRate;
    idle[k] = busy[k] + ((f.idle[k] ?? 0) - centre + (k + 1) * idle[k + 1]) / hitRate;
  }
  return { idle, busy };
}

/** The product f u. */
export function product(f: CycleFunction, u: CycleFunction): CycleFunction {
  return { idle: polynomialProduct(f.idle, u.idle), busy: polynomialProduct(f.busy, u.busy) };
}

/** The derivative of a function that depends on a parameter, by a central difference. */
export function parameterDerivative(f: (x: number) => CycleFunction, x: number, step: number): CycleFunction {
  const after = f(x + step);
  const before = f(x - step);
  const difference = (p: readonly number[], q: readonly number[]) => p.map((value, k) => (value - q[k]) / (2 * step));
  return { idle: difference(after.idle, before.idle), busy: difference(after.busy, before.busy) };
}

/** E[p(T)], T ~ Exp(rate): T^k has mean k!/rate^k. */
function exponentialMean(polynomial: readonly number[], rate: Rate): number {
  return polynomial.reduceRight((sum, coefficient, k) => coefficient + (sum * (k + 1)) / rate, 0);
}

function polynomialProduct(p: readonly number[], q: readonly number[]): number[] {
  const result = new Array<number>(p.length + q.length - 1).fill(0);
  for (let i = 0; i < p.length; i++) {
    for (let j = 0; j < q.length; j++) result[i + j] += p[i] * q[j];
  }
  return result;
}

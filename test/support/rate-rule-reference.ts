import type { RateCost, SojournCost } from "../../model/cost-functions.js";

/**
 * The rule (2.2) by the classical Runge-Kutta method in very small steps, straight from the formula: slow, and knows no trick.
 *
 * @param rate at the start, > 0
 * @param idleTime I_v at the start; it grows with time where `idle`
 */
export function referenceStretch(
  rule: { readonly g: SojournCost; readonly h: RateCost; readonly inverseStep: number },
  rate: number,
  idleTime: number,
  idle: boolean,
  duration: number,
): { rate: number; work: number } {
  const { g, h, inverseStep } = rule;
  const slope = (t: number, mu: number): number =>
    -(g.derivative(mu) + h.derivative(mu) * (idleTime + (idle ? t : 0) + 1 / mu)) / inverseStep;
  /** How fast two rates next to each other come together: a step much longer than the time that takes is unstable. */
  const pull = (t: number, mu: number): number =>
    (g.secondDerivative(mu) + h.secondDerivative(mu) * (idleTime + (idle ? t : 0) + 1 / mu)) / inverseStep;
  let mu = rate;
  let work = 0;
  let t = 0;
  while (t < duration) {
    // A thousandth of the time in which the rate would change by all of itself, and less than that of the whole.
    const step = Math.min(duration - t, duration / 2000, (0.001 * mu) / Math.abs(slope(t, mu)), 0.1 / pull(t, mu));
    const k1 = slope(t, mu);
    const m2 = mu + (step / 2) * k1;
    const k2 = slope(t + step / 2, m2);
    const m3 = mu + (step / 2) * k2;
    const k3 = slope(t + step / 2, m3);
    const m4 = mu + step * k3;
    const k4 = slope(t + step, m4);
    work += (step / 6) * (mu + 2 * m2 + 2 * m3 + m4);
    mu += (step / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
    t = step < 1e-15 * t ? duration : t + step;
  }
  return { rate: mu, work };
}

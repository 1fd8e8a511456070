import type { RateCost, SojournCost } from "../../model/cost-functions.js";

export interface Rule {
  readonly g: SojournCost;
  readonly h: RateCost;
  readonly inverseStep: number;
}

const PIECES = 4000;
/** Gauss's rule of three points on [0, 1]. */
const NODES = [(1 - Math.sqrt(0.6)) / 2, 0.5, (1 + Math.sqrt(0.6)) / 2];
const WEIGHTS = [5 / 18, 8 / 18, 5 / 18];

/** The slope of (2.2) times -1/g'(rate), which is smooth down to rate 0. */
const push = ({ g, h }: Rule, rate: number, idleTime: number): number =>
  1 + g.reciprocalDerivative(rate) * (h.derivative(rate) * idleTime + h.derivativePerRate(rate));

/**
 * How long the rule takes from one rate to another while busy, and the work done on the way, as integrals over the rate:
 * while busy (2.2) is autonomous, so dt = d mu / slope(mu). No step in time is made, so that rate 0 is a start like any
 * other. There must be no resting point between the two rates.
 */
export function busyStretchBetween(rule: Rule, from: number, to: number, idleTime: number) {
  let duration = 0;
  let work = 0;
  for (let piece = 0; piece < PIECES; piece++) {
    for (const [i, node] of NODES.entries()) {
      const rate = from + ((to - from) * (piece + node)) / PIECES;
      const elapsed =
        (((to - from) / PIECES) * WEIGHTS[i] * -rule.inverseStep * rule.g.reciprocalDerivative(rate)) /
        push(rule, rate, idleTime);
      duration += elapsed;
      work += rate * elapsed;
    }
  }
  return { duration, work };
}

/**
 * How long the rule takes from one rate up to another while idle, where I_v grows with time: dt = d mu / slope(mu, t) by
 * the classical Runge-Kutta method over the rate. The rate must rise all the way.
 */
export function idleTimeUpTo(rule: Rule, from: number, to: number, idleTime: number): number {
  const slope = (rate: number, time: number): number =>
    (-rule.inverseStep * rule.g.reciprocalDerivative(rate)) / push(rule, rate, idleTime + time);
  const step = (to - from) / PIECES;
  let time = 0;
  for (let piece = 0; piece < PIECES; piece++) {
    const rate = from + piece * step;
    const k1 = slope(rate, time);
    const k2 = slope(rate + step / 2, time + (step / 2) * k1);
    const k3 = slope(rate + step / 2, time + (step / 2) * k2);
    const k4 = slope(rate + step, time + step * k3);
    time += (step / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return time;
}

/** The rate at which a busy server of this idle time rests: where the slope of (2.2) is 0. */
export function restingRate(rule: Rule, idleTime: number): number {
  let [low, high] = [0, 1];
  while (push(rule, high, idleTime) > 0) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (push(rule, middle, idleTime) > 0) low = middle;
    else high = middle;
  }
  return low;
}

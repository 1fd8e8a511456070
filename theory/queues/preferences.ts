import type { Rate } from "../../model/units.js";

/** A server as a rule sees it: how many jobs it has, the one in service included, and how fast it is. */
export interface SeenServer {
  readonly length: number;
  readonly rate: Rate;
}

/** Which of two servers a rule likes better: the first if negative; if 0 they are alike. */
export type Preference = (one: SeenServer, other: SeenServer) => number;

/** jsq, jsq-d. */
export const byLength: Preference = (one, other) => one.length - other.length;
/** sed, sed-d: by (length + 1) / rate. */
export const byExpectedDelay: Preference = (one, other) =>
  byRatio(one.length + 1, one.rate, other.length + 1, other.rate);
/** jfsq, jfsq-d. */
export const byLengthThenSpeed: Preference = (one, other) => one.length - other.length || other.rate - one.rate;
/** nginx's least_conn: by length / rate. */
export const byLengthPerRate: Preference = (one, other) => byRatio(one.length, one.rate, other.length, other.rate);
/** HAProxy's leastconn: an idle server, else by (length + 1) / rate. */
export const byLengthAndOnePerRate: Preference = (one, other) => {
  if (one.length === 0 || other.length === 0) return Math.min(1, one.length) - Math.min(1, other.length);
  return byExpectedDelay(one, other);
};

/** Whether a / b or c / d is less; written so that rounding breaks no ties between rates of a few digits. */
function byRatio(a: number, b: number, c: number, d: number): number {
  const [left, right] = [a * d, c * b];
  return Math.abs(left - right) <= 1e-12 * right ? 0 : left - right;
}

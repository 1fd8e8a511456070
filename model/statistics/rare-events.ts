import chiSquareQuantile from "@stdlib/stats-base-dists-chisquare-quantile";
import { assert } from "../errors.js";
import { fisherQuantile, type Interval } from "./interval.js";

/**
 * An interval for a probability that covers it at least with this confidence, however rare: with no event in n trials it ends at about
 * 3.7 / n (95 %, both sides).
 *
 * @param events 0 <= events <= trials; neither need be whole, if they are what independent trials would be worth
 *
 * Source: Clopper and Pearson (1934), by quantiles of Fisher's F.
 */
export function clopperPearson(events: number, trials: number, confidence: number): Interval {
  assert(events >= 0 && events <= trials && Number.isFinite(trials), `${events} of ${trials} trials`);
  const tail = (1 - confidence) / 2;
  const others = trials - events;
  const low = events > 0 ? 1 / (1 + (others + 1) / (events * fisherQuantile(tail, 2 * events, 2 * others + 2))) : 0;
  const high =
    others > 0 ? 1 / (1 + others / ((events + 1) * fisherQuantile(1 - tail, 2 * events + 2, 2 * others))) : 1;
  return { low, high };
}

/** Visits to a rare state, each for some time, far enough from each other to be independent. */
export interface RareVisits {
  /** Of all visits, the sum of their times, and of the squares of these. */
  readonly time: number;
  readonly squares: number;
  /** A visit's time that one more visit would hardly exceed: the longest seen, or what is expected; > 0. */
  readonly longest: number;
}

/**
 * An interval for the mean over time of what is 0 but for rare visits: for the part of the time that a rare state takes, or, with values
 * instead of 1 while it lasts, for their mean. The effective number of independent visits is (sum of times)^2 / sum of squares:
 * so many visits of one length would be as uncertain. Before any visit it ends where the rule of three does: at -log of the missing
 * probability, longest visits.
 *
 * @param observed all time
 *
 * Source: Fay and Feuer (1997): gamma intervals for sums of Poisson numbers with weights; Garwood (1936) where visits are equal.
 */
export function rareMeanInterval(visits: RareVisits, observed: number, confidence: number): Interval {
  const { time, squares, longest } = visits;
  assert(time >= 0 && squares >= 0 && longest > 0 && observed > 0, "visits and observations take time");
  const tail = (1 - confidence) / 2;
  const low = gammaQuantile(tail, time, squares);
  const high = gammaQuantile(1 - tail, time + longest, squares + longest ** 2);
  return { low: low / observed, high: high / observed };
}

/** Of the gamma law with this mean and variance. */
function gammaQuantile(p: number, mean: number, variance: number): number {
  if (mean === 0) return 0;
  return (chiSquareQuantile(p, (2 * mean ** 2) / variance) * variance) / (2 * mean);
}

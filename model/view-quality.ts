import type { ModelTime } from "./units.js";

/** Accuracy of a dispatcher's view of servers that it shares with others, as sums since the start. */
export interface ViewTotals {
  /** Number of queue reports received. */
  told: number;
  /** Sum over them of the transit time. */
  age: ModelTime;
  /** Sum over them of how far the transit time may be off, since clocks of different machines cannot be compared. */
  ageError: ModelTime;
  /** Jobs for which the queue length they found is known. */
  compared: number;
  /** Sum over them of the queue length found minus the one the dispatcher assumed. */
  error: number;
  /** Sum over them of the absolute difference. */
  absoluteError: number;
  /** Jobs that found a different queue length than assumed. */
  wrong: number;
}

export function noViewTotals(): ViewTotals {
  return { told: 0, age: 0, ageError: 0, compared: 0, error: 0, absoluteError: 0, wrong: 0 };
}

export function addViews(one: Readonly<ViewTotals>, other: Readonly<ViewTotals>): ViewTotals {
  const sum = noViewTotals();
  for (const name of Object.keys(sum) as (keyof ViewTotals)[]) sum[name] = one[name] + other[name];
  return sum;
}

/** Means over all dispatchers; null without data. */
export interface ViewQuality {
  readonly dispatchers: number;
  /** Mean transit time of a queue report. */
  readonly meanAge: ModelTime | null;
  /** Mean bound on its error. */
  readonly meanAgeError: ModelTime | null;
  /** Mean queue length found minus the one assumed. */
  readonly meanError: number | null;
  /** Mean absolute difference. */
  readonly meanAbsoluteError: number | null;
  /** Fraction of jobs with a non-zero difference. */
  readonly wrongFraction: number | null;
}

export function viewQuality(dispatchers: number, totals: Readonly<ViewTotals>): ViewQuality {
  const { told, age, ageError, compared, error, absoluteError, wrong } = totals;
  const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);
  return {
    dispatchers,
    meanAge: mean(age, told),
    meanAgeError: mean(ageError, told),
    meanError: mean(error, compared),
    meanAbsoluteError: mean(absoluteError, compared),
    wrongFraction: mean(wrong, compared),
  };
}

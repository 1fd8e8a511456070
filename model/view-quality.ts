import type { ModelTime } from "./units.js";

/** How good a dispatcher's view is of servers that others send jobs to as well, in sums since the start. */
export interface ViewTotals {
  /** Times that a server told its queue length. */
  told: number;
  /** Sum over them of the time that it was on its way. */
  age: ModelTime;
  /** Jobs of which it is known what they found. */
  compared: number;
  /** Sum over them of the queue that the job found less the one that the dispatcher believed in when it chose. */
  error: number;
  /** Sum over them of the size of that difference. */
  absoluteError: number;
  /** Jobs that found another queue than the dispatcher believed in. */
  wrong: number;
}

export function noViewTotals(): ViewTotals {
  return { told: 0, age: 0, compared: 0, error: 0, absoluteError: 0, wrong: 0 };
}

export function addViews(one: Readonly<ViewTotals>, other: Readonly<ViewTotals>): ViewTotals {
  const sum = noViewTotals();
  for (const name of Object.keys(sum) as (keyof ViewTotals)[]) sum[name] = one[name] + other[name];
  return sum;
}

/** The same over all of several dispatchers; null before there is anything. */
export interface ViewQuality {
  readonly dispatchers: number;
  /** How long it takes for a queue length to be told. */
  readonly meanAge: ModelTime | null;
  /** Jobs that a task found at its server, less those that its dispatcher believed to be there. */
  readonly meanError: number | null;
  /** The size of that difference. */
  readonly meanAbsoluteError: number | null;
  /** Fraction of jobs of which it was not 0. */
  readonly wrongFraction: number | null;
}

export function viewQuality(dispatchers: number, totals: Readonly<ViewTotals>): ViewQuality {
  const { told, age, compared, error, absoluteError, wrong } = totals;
  const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);
  return {
    dispatchers,
    meanAge: mean(age, told),
    meanError: mean(error, compared),
    meanAbsoluteError: mean(absoluteError, compared),
    wrongFraction: mean(wrong, compared),
  };
}

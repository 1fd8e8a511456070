import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import type { Utility } from "../model/utility-functions.js";
import { MessageDelays } from "./message-delays.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

/** A level of a class whose occupancy is measured: class from 0, level from 1. */
export interface Level {
  readonly i: number;
  readonly j: number;
}

export interface UtilityMeasurementOptions {
  readonly classes: readonly { readonly utility: Utility; readonly pools: number }[];
  /** Tasks in the system that are expected, not counting those that messages hold up. */
  readonly meanTasks: number;
  readonly levels: readonly Level[];
  /** r*, for a policy that learns it. */
  readonly bestRank: number;
}

/** Gathers every quantity of the utility scenario, from the tasks as the dispatcher sees them. */
export class UtilityMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly delays = new MessageDelays();
  private readonly utility = new RatioSeries();
  private readonly tasks = new RatioSeries();
  private readonly occupancies: readonly RatioSeries[];
  /** At the ends of epochs, which are further apart than tasks stay. */
  private readonly tasksThen = new RatioSeries();
  private readonly squaredTasksThen = new RatioSeries();
  private readonly rankThen = new RatioSeries();
  private readonly rankDistanceThen = new RatioSeries();
  private previous: DispatcherTotals | undefined;
  private previousNow: ModelTime = 0;
  private previousIntegrals: Integrals = { utility: 0, tasks: 0, occupancies: [] };

  constructor(private readonly options: UtilityMeasurementOptions) {
    this.occupancies = options.levels.map(() => new RatioSeries());
  }

  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { classes, levels } = this.options;
    const occupancies = levels.map(({ i, j }) => fleet.queues[i]?.integral(j, now) ?? 0);
    const integrals = { ...utilityIntegrals(classes, now, fleet), occupancies };
    if (this.previous !== undefined) this.add(now, fleet, integrals, this.previous);
    this.previous = { ...fleet.totals };
    this.previousNow = now;
    this.previousIntegrals = integrals;
  }

  conditions(): RunConditions {
    return this.delays.conditions();
  }

  measured(): ReadonlyMap<string, Measured> {
    return new Map<string, Measured>([
      ["mean_utility", fromEstimate(this.utility.estimate())],
      ["total_tasks", fromEstimate(this.tasks.estimate())],
      ["total_tasks_dispersion", fromEstimate(this.dispersion())],
      ...this.options.levels.map((level, k): [string, Measured] => [
        occupancyName(level),
        fromEstimate(this.occupancies[k].estimate()),
      ]),
      ["mean_rank", fromEstimate(this.rankThen.estimate())],
      ["rank_distance", fromEstimate(this.rankDistanceThen.estimate())],
    ]);
  }

  private add(now: ModelTime, fleet: FleetView, integrals: Integrals, previous: DispatcherTotals): void {
    const { bestRank } = this.options;
    const time = now - this.previousNow;
    this.epochs++;
    this.lost += fleet.totals.lost - previous.lost;
    this.delays.add(previous, fleet.totals);
    this.utility.add(integrals.utility - this.previousIntegrals.utility, this.pools * time);
    this.tasks.add(integrals.tasks - this.previousIntegrals.tasks, time);
    for (const [k, series] of this.occupancies.entries()) {
      series.add(integrals.occupancies[k] - this.previousIntegrals.occupancies[k], this.pools * time);
    }
    const tasks = fleet.queues.reduce((sum, queue) => sum + queue.jobs, 0);
    this.tasksThen.add(tasks, 1);
    this.squaredTasksThen.add(tasks * tasks, 1);
    this.rankThen.add(fleet.learned ?? 0, 1);
    this.rankDistanceThen.add(Math.abs((fleet.learned ?? bestRank) - bestRank), 1);
  }

  private get pools(): number {
    return this.options.classes.reduce((sum, { pools }) => sum + pools, 0);
  }

  /** Mean squared distance of the number of tasks from its expectation, over that expectation: 1 for a Poisson law. */
  private dispersion(): Estimate {
    const mean = this.options.meanTasks * (1 + this.conditions().messageDelay);
    const { value, standardError, degreesOfFreedom } = this.squaredTasksThen.minus(this.tasksThen, 2 * mean).estimate();
    return { value: value / mean + mean, standardError: standardError / mean, degreesOfFreedom };
  }
}

interface Integrals {
  readonly utility: number;
  readonly tasks: number;
  readonly occupancies: readonly number[];
}

/** The utility of all pools and the tasks in them, integrated over time until now. */
export function utilityIntegrals(
  classes: readonly { readonly utility: Utility; readonly pools: number }[],
  now: ModelTime,
  { queues }: FleetView,
): { readonly utility: number; readonly tasks: number } {
  let utility = 0;
  let tasks = 0;
  for (const [i, { utility: u, pools }] of classes.entries()) {
    utility += pools * u.value(0) * now;
    for (let j = 1; j <= (queues[i]?.highest ?? 0); j++) {
      const integral = queues[i].integral(j, now);
      tasks += integral;
      utility += u.marginal(j - 1) * integral;
    }
  }
  return { utility, tasks };
}

/** The name of the quantity q(i, j), classes counted from 1 as in the paper. */
export function occupancyName({ i, j }: Level): string {
  return `occupancy_${i + 1}_${j}`;
}

function fromEstimate(estimate: Estimate): Measured {
  return { value: estimate.value, interval: (confidence) => confidenceInterval(estimate, confidence) };
}

import { JobObservations } from "../../experiments/job-observations.js";
import { fractionOf, meanOf, memoryOf, rareMeanOf } from "../../experiments/measured.js";
import type { FleetView, Measured, Measurement, RunConditions } from "../../experiments/scenario.js";
import type { Estimate } from "../../model/statistics/interval.js";
import { nestedTrials } from "../../model/statistics/proportion.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ModelTime } from "../../model/units.js";
import type { Utility } from "../../model/utility-functions.js";
import { type Level, occupancyName, type UtilityQuantity } from "./quantities.js";

export interface UtilityMeasurementOptions {
  readonly classes: readonly { readonly utility: Utility; readonly pools: number }[];
  /** Tasks in the system that are expected, not counting those that messages hold up. */
  readonly meanTasks: number;
  readonly levels: readonly Level[];
  /** r*, for a policy that learns it. */
  readonly bestRank: number;
  /** Looks at the pools this far apart are as good as independent. */
  readonly look: ModelTime;
}

/** Gathers every quantity of the utility scenario, from the tasks as the dispatcher sees them. */
export class UtilityMeasurement implements Measurement<UtilityQuantity> {
  private readonly jobs = new JobObservations();
  private readonly utility = new RatioSeries();
  private readonly tasks = new RatioSeries();
  private readonly occupancies: readonly RatioSeries[];
  /** At the ends of epochs, which are further apart than tasks stay. */
  private readonly tasksThen = new RatioSeries();
  private readonly squaredTasksThen = new RatioSeries();
  private readonly rankThen = new RatioSeries();
  private readonly rankDistanceThen = new RatioSeries();
  private measuredTime: ModelTime = 0;
  private previous: Integrals | undefined;

  constructor(private readonly options: UtilityMeasurementOptions) {
    this.occupancies = options.levels.map(() => new RatioSeries());
  }

  get epochs(): number {
    return this.jobs.epochs;
  }

  get lost(): number {
    return this.jobs.lost;
  }

  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { classes, levels } = this.options;
    const occupancies = levels.map(({ i, j }) => fleet.queues[i]?.integral(j, now) ?? 0);
    const integrals = { now, ...utilityIntegrals(classes, now, fleet), occupancies };
    if (this.previous !== undefined) this.add(fleet, integrals, this.previous);
    this.previous = integrals;
    this.jobs.closeEpoch(fleet.totals);
  }

  conditions(): RunConditions {
    return this.jobs.conditions();
  }

  measured(): ReadonlyMap<UtilityQuantity, Measured> {
    const memory = memoryOf(this.options.look, this.measuredTime);
    const distance = this.rankDistanceThen.estimate();
    return new Map<UtilityQuantity, Measured>([
      ["mean_utility", meanOf(this.utility.estimate(), memory)],
      ["total_tasks", meanOf(this.tasks.estimate(), memory)],
      ["total_tasks_dispersion", meanOf(this.dispersion(), memory)],
      ...this.measuredOccupancies(memory),
      ["mean_rank", meanOf(this.rankThen.estimate(), memory)],
      [
        "rank_distance",
        rareMeanOf(distance, this.options.look / Math.max(this.options.look, this.measuredTime), memory),
      ],
    ]);
  }

  /** As fractions of the pools of the class, which may be all or none of them, times the fraction of the class. */
  private measuredOccupancies(memory: number): [UtilityQuantity, Measured][] {
    const { levels, classes } = this.options;
    return classes.flatMap(({ pools }, i) => {
      const share = pools / this.pools;
      const ofClass = [...levels.keys()].filter((k) => levels[k].i === i);
      const estimates = ofClass.map((k) => linear(this.occupancies[k].estimate(), 1 / share));
      const trials = nestedTrials(estimates, this.measuredTime / this.options.look);
      return ofClass.map((k, position): [UtilityQuantity, Measured] => {
        const { value, interval } = fractionOf(estimates[position], trials[position], memory);
        return [
          occupancyName(levels[k]),
          {
            value: share * value,
            interval(confidence) {
              const { low, high } = interval(confidence);
              return { low: share * low, high: share * high };
            },
          },
        ];
      });
    });
  }

  private add(fleet: FleetView, integrals: Integrals, previous: Integrals): void {
    const { bestRank } = this.options;
    const time = integrals.now - previous.now;
    this.measuredTime += time;
    this.utility.add(integrals.utility - previous.utility, this.pools * time);
    this.tasks.add(integrals.tasks - previous.tasks, time);
    for (const [k, series] of this.occupancies.entries()) {
      series.add(integrals.occupancies[k] - previous.occupancies[k], this.pools * time);
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
    return linear(this.squaredTasksThen.minus(this.tasksThen, 2 * mean).estimate(), 1 / mean, mean);
  }
}

function linear({ value, standardError, degreesOfFreedom }: Estimate, factor: number, offset = 0): Estimate {
  return { value: factor * value + offset, standardError: factor * standardError, degreesOfFreedom };
}

/** From the start until now. */
interface Integrals {
  readonly now: ModelTime;
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

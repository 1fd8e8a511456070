import type { LoadProfile } from "../model/load-profile.js";
import { confidenceInterval } from "../model/statistics/interval.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime } from "../model/units.js";
import {
  meanOptimalUtility,
  optimalAssignment,
  optimalUtility,
  type PoolClasses,
} from "../theory/optimal-assignment.js";
import type { Prediction } from "../theory/prediction.js";
import { MessageDelays } from "./message-delays.js";
import type { FleetView, Measured, Measurement, QuantityDefinition, RunConditions } from "./scenario.js";
import { utilityIntegrals } from "./utility-measurement.js";

/** Pools under a load that changes. */
export interface TrackingSystem {
  readonly classes: PoolClasses;
  readonly pools: number;
  readonly load: LoadProfile;
  readonly policy: string;
}

/** Parts of an epoch at whose ends the bound is worked out. */
const PARTS = 8;

/**
 * Follows pools that start empty under a load that changes: at time t the number of tasks is Poisson with mean n m(t), whatever
 * the policy, so that E[u*(S/n)] is known at every moment.
 */
export class UtilityTracking implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly delays = new MessageDelays();
  private readonly excess = new RatioSeries();
  private readonly loss = new RatioSeries();
  private readonly rankDistance = new RatioSeries();
  private startedAt: ModelTime = 0;
  private previous:
    | { readonly now: ModelTime; readonly totals: DispatcherTotals; readonly utility: number }
    | undefined;

  constructor(private readonly system: TrackingSystem) {}

  started(now: ModelTime): void {
    this.startedAt = now;
  }

  observeServer(): void {}

  forgetServer(): void {}

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { classes, pools } = this.system;
    const counts = classes.fractions.map((fraction) => Math.round(fraction * pools));
    const { utility } = utilityIntegrals(
      classes.utilities.map((u, i) => ({ utility: u, pools: counts[i] })),
      now,
      fleet,
    );
    const { previous } = this;
    this.previous = { now, totals: { ...fleet.totals }, utility };
    if (previous === undefined) return;
    this.epochs++;
    this.lost += fleet.totals.lost - previous.totals.lost;
    this.delays.add(previous.totals, fleet.totals);
    const mean = this.meanTasks(now);
    this.excess.add(fleet.queues.reduce((sum, queue) => sum + queue.jobs, 0) - pools * mean, 1);
    this.loss.add(this.boundIntegral(previous.now, now) - (utility - previous.utility) / pools, now - previous.now);
    this.rankDistance.add(Math.abs((fleet.learned ?? 0) - optimalAssignment(classes, mean).rank), 1);
  }

  conditions(): RunConditions {
    return this.delays.conditions();
  }

  measured(): ReadonlyMap<string, Measured> {
    const of = (series: RatioSeries): Measured => {
      const estimate = series.estimate();
      return { value: estimate.value, interval: (confidence) => confidenceInterval(estimate, confidence) };
    };
    return new Map([
      ["total_tasks_excess", of(this.excess)],
      ["utility_loss", of(this.loss)],
      ["rank_distance", of(this.rankDistance)],
    ]);
  }

  private meanTasks(now: ModelTime): number {
    return this.system.load.meanTasks(now - this.startedAt, 0);
  }

  /** The integral of E[u*(S/n)] over an epoch, by the trapezoidal rule. */
  private boundIntegral(from: ModelTime, to: ModelTime): number {
    const { classes, pools } = this.system;
    const step = (to - from) / PARTS;
    return Array.from({ length: PARTS + 1 }, (_, k) => {
      const bound = meanOptimalUtility(classes, pools, this.meanTasks(from + k * step));
      return (k === 0 || k === PARTS ? 0.5 : 1) * step * bound;
    }).reduce((sum, part) => sum + part, 0);
  }
}

/** What is measured under a load that changes. */
export function trackingQuantities({ pools, load, policy, classes }: TrackingSystem): QuantityDefinition[] {
  const tasks = pools * load.peak;
  const scale = Math.abs(optimalUtility(classes, load.initial));
  return [
    {
      name: "total_tasks_excess",
      description: "tasks in all pools above the mean that the load makes at each moment",
      unit: "tasks",
      precision: 0.05 * tasks + Math.sqrt(tasks),
    },
    {
      name: "utility_loss",
      description: "E[u*(S/n)] for the load at each moment, less the utility per pool",
      unit: "",
      precision: 0.05 * scale,
    },
    ...(policy === "slta"
      ? [
          {
            name: "rank_distance",
            description: "mean distance of r_n from r* for the load at each moment",
            unit: "",
            precision: 1,
          },
        ]
      : []),
  ];
}

/** What theory says of it. Pools are known a message later, which counts as that much more load. */
export function trackingPredictions(
  { classes, pools, load }: TrackingSystem,
  { messageDelay, heldUpFraction }: RunConditions,
): ReadonlyMap<string, readonly Prediction[]> {
  const delayed = Math.min(1, messageDelay) + heldUpFraction;
  const shift = (tasks: number): number =>
    Math.abs(optimalUtility(classes, tasks * (1 + delayed)) - optimalUtility(classes, tasks));
  return new Map<string, readonly Prediction[]>([
    [
      "total_tasks_excess",
      [
        {
          kind: "exact",
          value: 0,
          status: "applies",
          modelError: pools * load.peak * delayed,
          source: "M_t/M/infinity: the number of tasks is Poisson at every moment, whatever the policy",
        },
      ],
    ],
    [
      "utility_loss",
      [
        {
          kind: "bound",
          atLeast: 0,
          status: "applies",
          modelError: shift(load.peak) + shift(load.initial),
          source: "Goldsztajn, Borst and van Leeuwaarden (2023), Theorem 1, given the number of tasks at each moment",
        },
      ],
    ],
    [
      "rank_distance",
      [
        {
          kind: "limit",
          value: 0,
          status: "outside assumptions",
          modelError: 0,
          source: "Goldsztajn, Borst and van Leeuwaarden (2023), Theorem 6",
          why: "the theorems are about a load that does not change",
        },
      ],
    ],
  ]);
}

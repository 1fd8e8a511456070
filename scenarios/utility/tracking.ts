import { JobObservations } from "../../experiments/job-observations.js";
import { meanOf } from "../../experiments/measured.js";
import type { FleetView, Measured, Measurement, RunConditions } from "../../experiments/scenario.js";
import type { LoadProfile } from "../../model/load-profile.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ModelTime } from "../../model/units.js";
import type { Reference } from "../../theory/bibliography/index.js";
import { bound, byQuantity, exact, type Predictions, predicted } from "../../theory/prediction.js";
import {
  meanOptimalUtility,
  optimalAssignment,
  optimalUtility,
  type PoolClasses,
} from "../../theory/utility/optimal-assignment.js";
import { utilityIntegrals } from "./measurement.js";
import type { TrackingQuantity } from "./quantities.js";

const PAPER: Reference = "Goldsztajn, Borst and van Leeuwaarden (2023)";

/** Pools under a load that changes. */
export interface TrackingSystem {
  readonly classes: PoolClasses;
  readonly pools: number;
  readonly load: LoadProfile;
  readonly policy: string;
}

/** Parts of an epoch at whose ends the bound is computed. */
const PARTS = 8;

/**
 * Follows pools that start empty under a load that changes: at time t the number of tasks is Poisson with mean n m(t), whatever
 * the policy, so that E[u*(S/n)] is known at every moment.
 */
export class UtilityTracking implements Measurement<TrackingQuantity> {
  private readonly jobs = new JobObservations();
  private readonly excess = new RatioSeries();
  private readonly loss = new RatioSeries();
  private readonly rankDistance = new RatioSeries();
  private startedAt: ModelTime = 0;
  private previous: { readonly now: ModelTime; readonly utility: number } | undefined;

  constructor(private readonly system: TrackingSystem) {}

  get epochs(): number {
    return this.jobs.epochs;
  }

  get lost(): number {
    return this.jobs.lost;
  }

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
    this.previous = { now, utility };
    this.jobs.closeEpoch(fleet.totals);
    if (previous === undefined) return;
    const mean = this.meanTasks(now);
    this.excess.add(fleet.queues.reduce((sum, queue) => sum + queue.jobs, 0) - pools * mean, 1);
    this.loss.add(this.boundIntegral(previous.now, now) - (utility - previous.utility) / pools, now - previous.now);
    this.rankDistance.add(Math.abs((fleet.learned ?? 0) - optimalAssignment(classes, mean).rank), 1);
  }

  conditions(): RunConditions {
    return this.jobs.conditions();
  }

  measured(): ReadonlyMap<TrackingQuantity, Measured> {
    return new Map<TrackingQuantity, Measured>([
      ["total_tasks_excess", meanOf(this.excess.estimate())],
      ["utility_loss", meanOf(this.loss.estimate())],
      ["rank_distance", meanOf(this.rankDistance.estimate())],
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

/** What theory says of it. Pools are known a message later, which counts as that much more load. */
export function trackingPredictions(
  { classes, pools, load }: TrackingSystem,
  { messageDelay, heldUpFraction }: RunConditions,
): Predictions<TrackingQuantity> {
  const delayed = Math.min(1, messageDelay) + heldUpFraction;
  const shift = (tasks: number): number =>
    Math.abs(optimalUtility(classes, tasks * (1 + delayed)) - optimalUtility(classes, tasks));
  return byQuantity([
    [
      "total_tasks_excess",
      exact(0, "M_t/M/infinity: the number of tasks is Poisson at all times, whatever the policy", {
        modelError: pools * load.peak * delayed,
      }),
    ],
    [
      "utility_loss",
      bound({ atLeast: 0 }, `${PAPER}, Theorem 1, given the number of tasks at each moment`, {
        modelError: shift(load.peak) + shift(load.initial),
      }),
    ],
    [
      "rank_distance",
      predicted("limit", { value: 0 }, `${PAPER}, Theorem 6`, {
        whyOutside: "the theorems assume a constant load",
      }),
    ],
  ]);
}

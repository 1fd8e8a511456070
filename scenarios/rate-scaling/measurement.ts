import { fractionOf, meanOf } from "../../experiments/measured.js";
import { ObservingMeasurement } from "../../experiments/observing-measurement.js";
import type { FleetView, Measured, Measurement } from "../../experiments/scenario.js";
import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import { BetweenServers } from "../../model/statistics/between-servers.js";
import type { Estimate } from "../../model/statistics/interval.js";
import { independentTrials } from "../../model/statistics/proportion.js";
import { RateDistribution } from "../../model/statistics/rate-distribution.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ServerTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { RateScalingQuantity } from "./quantities.js";

/** Epochs that make one batch of the comparison between servers. */
const EPOCHS_PER_BATCH = 4;

export interface RateScalingMeasurementOptions {
  readonly servers: number;
  /** Per server. */
  readonly arrivalRate: Rate;
  readonly g: SojournCost;
  readonly h: RateCost;
  /** Of the rates; 0 for fixed rates. */
  readonly relaxationTime: ModelTime;
  /** mu*. */
  readonly optimum: Rate;
}

/** Gathers every quantity of the rate-scaling scenario. */
export class RateScalingMeasurement extends ObservingMeasurement implements Measurement<RateScalingQuantity> {
  private readonly rates = new RateDistribution();
  private readonly rateCosts = new RatioSeries();
  private readonly ranges = new RatioSeries();
  private readonly distances = new RatioSeries();
  private readonly idleTimes = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly work = new RatioSeries();
  private readonly idleTimesByServer: BetweenServers;
  private offered = 0;
  private observedTime: ModelTime = 0;
  /** Of the epoch at hand: observations of servers, and the sum of what their rates cost. */
  private readonly epoch = { observations: 0, rateCost: 0 };
  /** The latest rate of each server that was observed. */
  private readonly latestRates = new Map<number, Rate>();

  constructor(private readonly options: RateScalingMeasurementOptions) {
    super();
    this.idleTimesByServer = new BetweenServers(options.servers);
  }

  override observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    this.latestRates.set(server, rate);
    const since = this.servers.observe(server, totals);
    if (since === undefined) return;
    this.epoch.observations++;
    this.epoch.rateCost += this.options.h.value(rate);
    this.rates.add(rate);
    this.idleTimesByServer.add(server, since.idleTimeIntegral, since.observedTime);
  }

  closeEpoch(_now: ModelTime, { totals }: FleetView): void {
    const jobs = this.jobs.closeEpoch(totals);
    if (jobs === undefined) return;
    const { observedTime, busyTime, idleTimeIntegral, workDone } = this.servers.closeEpoch();
    this.offered += jobs.offered;
    this.observedTime += observedTime;
    this.rates.closeEpoch();
    this.closeExtremes();
    this.rateCosts.add(this.epoch.rateCost, this.epoch.observations);
    this.idleTimes.add(idleTimeIntegral, observedTime);
    this.busy.add(busyTime, observedTime);
    this.blocked.add(jobs.blocked, jobs.offered);
    this.sojournTimes.add(jobs.sojournTime, jobs.completed);
    this.work.add(workDone, observedTime);
    if (this.epochs % EPOCHS_PER_BATCH === 0) this.idleTimesByServer.closeBatch();
    Object.assign(this.epoch, { observations: 0, rateCost: 0 });
  }

  override forgetServer(server: number): void {
    super.forgetServer(server);
    this.latestRates.delete(server);
  }

  private closeExtremes(): void {
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (const rate of this.latestRates.values()) {
      least = Math.min(least, rate);
      greatest = Math.max(greatest, rate);
    }
    const { optimum } = this.options;
    this.ranges.add(greatest - least, 1);
    this.distances.add(Math.max(greatest - optimum, optimum - least), 1);
  }

  measured(): ReadonlyMap<RateScalingQuantity, Measured> {
    const busy = this.busy.estimate();
    const memory = this.memory();
    const idleTimeSpread = this.idleTimesByServer.estimate(0.95);
    return new Map<RateScalingQuantity, Measured>([
      ["mean_service_rate", meanOf(this.rates.mean(memory))],
      ["service_rate_sd", notNegative(meanOf(this.rates.standardDeviation(memory)))],
      ["service_rate_p05", meanOf(this.rates.quantile(0.05, memory))],
      ["service_rate_p95", meanOf(this.rates.quantile(0.95, memory))],
      ["service_rate_range", notNegative(meanOf(this.ranges.estimate(memory)))],
      ["service_rate_distance", notNegative(meanOf(this.distances.estimate(memory)))],
      ["mean_idle_time", meanOf(this.idleTimes.estimate(), memory)],
      [
        "idle_time_spread",
        {
          value: idleTimeSpread.value,
          variance: idleTimeSpread.variance,
          interval: (level) => this.idleTimesByServer.estimate(level).interval,
        },
      ],
      ["busy_fraction", meanOf(busy, memory)],
      // Jobs are only blocked by busy servers.
      [
        "blocked_fraction",
        fractionOf(this.blocked.estimate(), Math.min(this.offered, independentTrials(busy)), memory),
      ],
      ["mean_sojourn_time", meanOf(this.sojournTimes.estimate(), memory)],
      ["mean_cost", meanOf(this.cost(), memory)],
      ["work_rate", meanOf(this.work.estimate(), memory)],
    ]);
  }

  /** The relaxation time of the rates over the time measured so far. */
  private memory(): number {
    const { relaxationTime, servers } = this.options;
    return this.observedTime === 0 ? 0 : (relaxationTime * servers) / this.observedTime;
  }

  /**
   * lambda g(1/E[S]) + mean of h(mu_v), (2.1). Sojourn times and rates are taken as independent, which is on the safe
   * side: near the optimum a higher rate raises one part by as much as it lowers the other.
   */
  private cost(): Estimate {
    const { arrivalRate, g } = this.options;
    const sojourn = this.sojournTimes.estimate();
    const rateCost = this.rateCosts.estimate(this.memory());
    const perSojourn = (arrivalRate * g.derivative(1 / sojourn.value)) / sojourn.value ** 2;
    return {
      value: arrivalRate * g.value(1 / sojourn.value) + rateCost.value,
      standardError: Math.hypot(perSojourn * sojourn.standardError, rateCost.standardError),
      degreesOfFreedom: Math.min(sojourn.degreesOfFreedom, rateCost.degreesOfFreedom),
    };
  }
}

/** The same interval without values that the quantity cannot have. */
function notNegative({ value, interval }: Measured): Measured {
  return {
    value,
    interval(confidence) {
      const { low, high } = interval(confidence);
      return { low: Math.max(0, low), high };
    },
  };
}

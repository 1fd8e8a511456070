import type { RateCost, SojournCost } from "../model/cost-functions.js";
import { BetweenServers } from "../model/statistics/between-servers.js";
import { confidenceInterval, type Estimate } from "../model/statistics/interval.js";
import { proportionInterval } from "../model/statistics/proportion.js";
import { RateDistribution } from "../model/statistics/rate-distribution.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { MessageDelays } from "./message-delays.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

/** Epochs that make one batch of the comparison between servers. */
const EPOCHS_PER_BATCH = 4;

/** Gathers every quantity of the rate-scaling scenario. */
export class RateScalingMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly rates = new RateDistribution();
  private readonly rateCosts = new RatioSeries();
  private readonly idleTimes = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly sojournTimes = new RatioSeries();
  private readonly messageDelays = new MessageDelays();
  private readonly idleTimesByServer: BetweenServers;
  private readonly previousOf = new Map<number, ServerTotals>();
  private previous: DispatcherTotals | undefined;
  private offered = 0;
  private observedTime: ModelTime = 0;
  /** Sums over the looks of the epoch at hand. */
  private readonly epoch = { looks: 0, rateCost: 0, observedTime: 0, busyTime: 0, idleTimeIntegral: 0 };

  /** @param relaxationTime of the rates: how long they remember; 0 for rates that do not change */
  constructor(
    private readonly servers: number,
    private readonly arrivalRate: Rate,
    private readonly g: SojournCost,
    private readonly h: RateCost,
    private readonly relaxationTime: ModelTime,
  ) {
    this.idleTimesByServer = new BetweenServers(servers);
  }

  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    const previous = this.previousOf.get(server);
    if (previous === undefined) {
      this.previousOf.set(server, { ...totals });
      return;
    }
    const time = totals.observedTime - previous.observedTime;
    const idleTimeIntegral = totals.idleTimeIntegral - previous.idleTimeIntegral;
    this.epoch.looks++;
    this.epoch.rateCost += this.h.value(rate);
    this.epoch.observedTime += time;
    this.epoch.busyTime += totals.busyTime - previous.busyTime;
    this.epoch.idleTimeIntegral += idleTimeIntegral;
    this.rates.add(rate);
    this.idleTimesByServer.add(server, idleTimeIntegral, time);
    Object.assign(previous, totals);
  }

  forgetServer(server: number): void {
    this.previousOf.delete(server);
  }

  closeEpoch(_now: ModelTime, { totals }: FleetView): void {
    if (this.previous === undefined) {
      this.previous = { ...totals };
      return;
    }
    const completed = totals.completed - this.previous.completed;
    const offered = totals.offered - this.previous.offered;
    this.epochs++;
    this.offered += offered;
    this.observedTime += this.epoch.observedTime;
    this.lost += totals.lost - this.previous.lost;
    this.rates.closeEpoch();
    this.rateCosts.add(this.epoch.rateCost, this.epoch.looks);
    this.idleTimes.add(this.epoch.idleTimeIntegral, this.epoch.observedTime);
    this.busy.add(this.epoch.busyTime, this.epoch.observedTime);
    this.blocked.add(totals.blocked - this.previous.blocked, offered);
    this.sojournTimes.add(totals.sojournTime - this.previous.sojournTime, completed);
    this.messageDelays.add(this.previous, totals);
    if (this.epochs % EPOCHS_PER_BATCH === 0) this.idleTimesByServer.closeBatch();
    Object.assign(this.previous, totals);
    Object.assign(this.epoch, { looks: 0, rateCost: 0, observedTime: 0, busyTime: 0, idleTimeIntegral: 0 });
  }

  conditions(): RunConditions {
    return this.messageDelays.conditions();
  }

  measured(): ReadonlyMap<string, Measured> {
    const blocked = this.blocked.estimate();
    const memory = this.memory();
    const idleTimeSpread = this.idleTimesByServer.estimate(0.95);
    return new Map<string, Measured>([
      ["mean_service_rate", fromEstimate(this.rates.mean(memory))],
      ["service_rate_sd", notNegative(fromEstimate(this.rates.standardDeviation(memory)))],
      ["service_rate_p05", fromEstimate(this.rates.quantile(0.05, memory))],
      ["service_rate_p95", fromEstimate(this.rates.quantile(0.95, memory))],
      ["mean_idle_time", fromEstimate(this.idleTimes.estimate())],
      [
        "idle_time_spread",
        {
          value: idleTimeSpread.value,
          variance: idleTimeSpread.variance,
          interval: (level) => this.idleTimesByServer.estimate(level).interval,
        },
      ],
      ["busy_fraction", fromEstimate(this.busy.estimate())],
      [
        "blocked_fraction",
        {
          value: blocked.value,
          trials: this.offered,
          interval: (level) => proportionInterval(blocked, this.offered, level),
        },
      ],
      ["mean_sojourn_time", fromEstimate(this.sojournTimes.estimate())],
      ["mean_cost", fromEstimate(this.cost())],
    ]);
  }

  /** The relaxation time of the rates over the time measured so far. */
  private memory(): number {
    return this.observedTime === 0 ? 0 : (this.relaxationTime * this.servers) / this.observedTime;
  }

  /**
   * lambda g(1/E[S]) + mean of h(mu_v), (2.1). Sojourn times and rates are taken as independent, which is on the safe
   * side: near the optimum a higher rate raises one part by as much as it lowers the other.
   */
  private cost(): Estimate {
    const sojourn = this.sojournTimes.estimate();
    const rateCost = this.rateCosts.estimate(this.memory());
    const perSojourn = (this.arrivalRate * this.g.derivative(1 / sojourn.value)) / sojourn.value ** 2;
    return {
      value: this.arrivalRate * this.g.value(1 / sojourn.value) + rateCost.value,
      standardError: Math.hypot(perSojourn * sojourn.standardError, rateCost.standardError),
      degreesOfFreedom: Math.min(sojourn.degreesOfFreedom, rateCost.degreesOfFreedom),
    };
  }
}

function fromEstimate(estimate: Estimate): Measured {
  return { value: estimate.value, interval: (confidence) => confidenceInterval(estimate, confidence) };
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

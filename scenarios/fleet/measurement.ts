import { fractionOf, longEnough, meanOf, memoryOf } from "../../experiments/measured.js";
import { ObservingMeasurement } from "../../experiments/observing-measurement.js";
import type { FleetView, Measured, Measurement } from "../../experiments/scenario.js";
import { independentTrials } from "../../model/statistics/proportion.js";
import { QuantileSeries } from "../../model/statistics/quantile-series.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ServerTotals } from "../../model/totals.js";
import type { ModelTime } from "../../model/units.js";
import { type FleetQuantity, PERCENTILES, type Percentile, type WhatIsMeasured } from "./quantities.js";

/** What servers and jobs say of the policy in front of them; all of it but the blocked jobs is seen by the servers themselves. */
export class FleetMeasurement extends ObservingMeasurement implements Measurement<FleetQuantity> {
  private readonly waiting = new RatioSeries();
  private readonly queueLengths = new RatioSeries();
  private readonly sojourns = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly timedOut = new RatioSeries();
  private readonly sojournTimes = new QuantileSeries();
  private readonly waitingTimes = new QuantileSeries();
  /** Jobs begun since the last epoch, and the part of them, of each group of servers. */
  private readonly begun: Float64Array;
  private readonly shares: readonly RatioSeries[];
  private offered = 0;
  private first: ModelTime | undefined;
  private measuredTime: ModelTime = 0;

  /** @param relaxationTime of the queues */
  constructor(
    private readonly what: WhatIsMeasured,
    private readonly relaxationTime: ModelTime,
  ) {
    super();
    const { names } = what.shares;
    this.begun = new Float64Array(names.length);
    this.shares = names.map(() => new RatioSeries());
  }

  override observeServer(server: number, totals: Readonly<ServerTotals>): void {
    const news = this.servers.observe(server, totals);
    if (news !== undefined && this.begun.length > 0)
      this.begun[this.what.shares.of(server)] += news.begun + news.abandoned;
  }

  closeEpoch(now: ModelTime, { totals, times }: Pick<FleetView, "totals" | "times">): void {
    const jobs = this.jobs.closeEpoch(totals);
    const { observedTime, busyTime, queueLengthIntegral, waitingTime, begun, completed, abandoned } =
      this.servers.closeEpoch();
    if (times !== undefined) {
      this.sojournTimes.observe(times.sojourn);
      this.waitingTimes.observe(times.waiting);
    }
    this.first ??= now;
    const begunBy = this.begun.slice();
    this.begun.fill(0);
    if (jobs === undefined) return;
    for (const [group, share] of this.shares.entries()) share.add(begunBy[group], begun + abandoned);
    this.measuredTime = now - this.first;
    this.offered += jobs.offered;
    this.waiting.add(waitingTime, begun);
    this.queueLengths.add(queueLengthIntegral, observedTime);
    this.sojourns.add(queueLengthIntegral, completed + abandoned);
    this.busy.add(busyTime, observedTime);
    this.blocked.add(jobs.blocked, jobs.offered);
    this.timedOut.add(jobs.timedOut, jobs.offered);
  }

  measured(): ReadonlyMap<FleetQuantity, Measured> {
    const memory = memoryOf(this.relaxationTime, this.measuredTime);
    const busy = this.busy.estimate(memory);
    const trials = Math.min(this.offered, independentTrials(busy));
    const { slo, waits, sendsCopies, timesOut, shares } = this.what;
    const found = new Map<FleetQuantity, Measured>([
      ["mean_queue_length", meanOf(this.queueLengths.estimate(memory), memory)],
      ["mean_sojourn_time", meanOf(this.sojourns.estimate(memory), memory)],
      ["busy_fraction", meanOf(busy, memory)],
      // Jobs are only blocked by busy servers.
      ["blocked_fraction", fractionOf(this.blocked.estimate(memory), trials, memory)],
    ]);
    if (timesOut) found.set("timed_out_fraction", fractionOf(this.timedOut.estimate(memory), trials, memory));
    if (!sendsCopies) found.set("mean_waiting_time", meanOf(this.waiting.estimate(memory), memory));
    for (const [name, p] of Object.entries(PERCENTILES) as [Percentile, number][]) {
      found.set(`sojourn_time_${name}`, longEnough(this.sojournTimes.quantile(p, memory), memory));
      if (waits) found.set(`waiting_time_${name}`, longEnough(this.waitingTimes.quantile(p, memory), memory));
    }
    for (const [group, name] of shares.names.entries())
      found.set(name, meanOf(this.shares[group].estimate(memory), memory));
    if (slo !== undefined)
      found.set("sojourn_over_slo", fractionOf(this.sojournTimes.over(slo, memory), this.sojournTimes.count, memory));
    return found;
  }
}

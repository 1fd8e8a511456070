import { fractionOf, meanOf, memoryOf } from "../../experiments/measured.js";
import { ObservingMeasurement } from "../../experiments/observing-measurement.js";
import type { FleetView, Measured, Measurement } from "../../experiments/scenario.js";
import { independentTrials } from "../../model/statistics/proportion.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import type { ServerTotals } from "../../model/totals.js";
import type { ModelTime } from "../../model/units.js";
import type { FleetQuantity, WhatIsMeasured } from "./quantities.js";
import { TimesSeries } from "./times.js";

/** What servers and jobs say of the policy in front of them; all of it but the blocked jobs is seen by the servers themselves. */
export class FleetMeasurement extends ObservingMeasurement implements Measurement<FleetQuantity> {
  private readonly waiting = new RatioSeries();
  private readonly queueLengths = new RatioSeries();
  private readonly sojourns = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly timedOut = new RatioSeries();
  private readonly times = new TimesSeries();
  /** Of each group. */
  private readonly timesApart: readonly TimesSeries[];
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
    this.timesApart = what.groups.map(() => new TimesSeries());
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
      this.times.observe(times.all);
      for (const [group, series] of this.timesApart.entries()) series.observe(times.groups[group]);
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
    const { sendsCopies, timesOut, shares, groups } = this.what;
    const found = new Map<FleetQuantity, Measured>([
      ["mean_queue_length", meanOf(this.queueLengths.estimate(memory), memory)],
      ["mean_sojourn_time", meanOf(this.sojourns.estimate(memory), memory)],
      ["busy_fraction", meanOf(busy, memory)],
      // Jobs are only blocked by busy servers.
      ["blocked_fraction", fractionOf(this.blocked.estimate(memory), trials, memory)],
    ]);
    if (timesOut) found.set("timed_out_fraction", fractionOf(this.timedOut.estimate(memory), trials, memory));
    if (!sendsCopies) found.set("mean_waiting_time", meanOf(this.waiting.estimate(memory), memory));
    for (const [name, value] of this.times.measured(this.what, memory)) found.set(name, value);
    for (const [index, group] of groups.entries()) {
      for (const [name, value] of this.timesApart[index].measured(this.what, memory))
        found.set(`${name}_${group}`, value);
    }
    for (const [group, name] of shares.names.entries())
      found.set(name, meanOf(this.shares[group].estimate(memory), memory));
    return found;
  }
}

import { confidenceInterval } from "../model/statistics/interval.js";
import { proportionInterval } from "../model/statistics/proportion.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import { MessageDelays } from "./message-delays.js";
import type { FleetView, Measured, Measurement, RunConditions } from "./scenario.js";

/** What servers and jobs say of the policy in front of them; all of it but the blocked jobs is seen by the servers themselves. */
export class BalancerMeasurement implements Measurement {
  epochs = 0;
  lost = 0;
  private readonly waiting = new RatioSeries();
  private readonly queueLengths = new RatioSeries();
  private readonly busy = new RatioSeries();
  private readonly blocked = new RatioSeries();
  private readonly messageDelays = new MessageDelays();
  private readonly previousOf = new Map<number, ServerTotals>();
  private previous: DispatcherTotals | undefined;
  private offered = 0;
  /** Sums over the looks of the epoch at hand. */
  private readonly epoch = { observedTime: 0, busyTime: 0, queueLengthIntegral: 0, waitingTime: 0, begun: 0 };

  observeServer(server: number, totals: Readonly<ServerTotals>): void {
    const previous = this.previousOf.get(server);
    if (previous === undefined) {
      this.previousOf.set(server, { ...totals });
      return;
    }
    for (const name of Object.keys(this.epoch) as (keyof typeof this.epoch)[]) {
      this.epoch[name] += totals[name] - previous[name];
    }
    Object.assign(previous, totals);
  }

  forgetServer(server: number): void {
    this.previousOf.delete(server);
  }

  closeEpoch(_now: number, { totals }: Pick<FleetView, "totals">): void {
    if (this.previous !== undefined) {
      const { observedTime, busyTime, queueLengthIntegral, waitingTime, begun } = this.epoch;
      const offered = totals.offered - this.previous.offered;
      this.epochs++;
      this.offered += offered;
      this.lost += totals.lost - this.previous.lost;
      this.waiting.add(waitingTime, begun);
      this.queueLengths.add(queueLengthIntegral, observedTime);
      this.busy.add(busyTime, observedTime);
      this.blocked.add(totals.blocked - this.previous.blocked, offered);
      this.messageDelays.add(this.previous, totals);
    }
    this.previous = { ...totals };
    Object.assign(this.epoch, { observedTime: 0, busyTime: 0, queueLengthIntegral: 0, waitingTime: 0, begun: 0 });
  }

  conditions(): RunConditions {
    return this.messageDelays.conditions();
  }

  measured(): ReadonlyMap<string, Measured> {
    const blocked = this.blocked.estimate();
    return new Map<string, Measured>([
      ["mean_waiting_time", measuredRatio(this.waiting)],
      ["mean_queue_length", measuredRatio(this.queueLengths)],
      ["busy_fraction", measuredRatio(this.busy)],
      [
        "blocked_fraction",
        {
          value: blocked.value,
          trials: this.offered,
          interval: (level) => proportionInterval(blocked, this.offered, level),
        },
      ],
    ]);
  }
}

function measuredRatio(series: RatioSeries): Measured {
  const estimate = series.estimate();
  return { value: estimate.value, interval: (confidence) => confidenceInterval(estimate, confidence) };
}

import { type DispatcherTotals, difference } from "../model/totals.js";
import type { RunConditions } from "./scenario.js";

/** Job counts per epoch of a run, and the delay that messages and late timers add. */
export class JobObservations {
  /** Epochs closed, not counting the initial observation. */
  epochs = 0;
  /** Jobs lost during these epochs. */
  lost = 0;
  private ended = 0;
  private messageDelay = 0;
  private askedDelay = 0;
  private heldUp = 0;
  private previous: DispatcherTotals | undefined;

  /** Closes an epoch. Returns the increments since the last one was closed; undefined the first time. */
  closeEpoch(totals: Readonly<DispatcherTotals>): DispatcherTotals | undefined {
    const { previous } = this;
    this.previous = { ...totals };
    if (previous === undefined) return undefined;
    const jobs = difference(totals, previous);
    this.epochs++;
    this.lost += jobs.lost;
    this.ended += jobs.completed + jobs.timedOut;
    this.messageDelay += jobs.messageDelay;
    this.askedDelay += jobs.askedDelay;
    this.heldUp += jobs.heldUp;
    return jobs;
  }

  conditions(): RunConditions {
    if (this.ended === 0) return { messageDelay: 0, askedDelay: 0, heldUpFraction: 0 };
    return {
      messageDelay: Math.max(0, this.messageDelay / this.ended),
      askedDelay: this.askedDelay / this.ended,
      heldUpFraction: this.heldUp / this.ended,
    };
  }
}

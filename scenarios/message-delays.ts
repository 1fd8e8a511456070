import type { DispatcherTotals } from "../model/totals.js";
import type { RunConditions } from "./scenario.js";

/** What messages and late timers did to the jobs of a run. */
export class MessageDelays {
  private completed = 0;
  private delay = 0;
  private heldUp = 0;

  /** Adds what happened between two looks at the dispatcher. */
  add(before: Readonly<DispatcherTotals>, after: Readonly<DispatcherTotals>): void {
    this.completed += after.completed - before.completed;
    this.delay += after.messageDelay - before.messageDelay;
    this.heldUp += after.heldUp - before.heldUp;
  }

  conditions(): RunConditions {
    if (this.completed === 0) return { messageDelay: 0, heldUpFraction: 0 };
    return { messageDelay: Math.max(0, this.delay / this.completed), heldUpFraction: this.heldUp / this.completed };
  }
}

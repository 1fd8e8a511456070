import type { ModelTime } from "../model/units.js";
import type { Alarm } from "./clock.js";

/** The longest delay that setTimeout accepts. */
export const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/**
 * A timer for the earliest of many due times. setTimeout counts in whole milliseconds, so it fires up to about one
 * millisecond late; callers account by the due time, never by the time of waking.
 */
export class DueTimer implements Alarm {
  private timer: NodeJS.Timeout | undefined;
  private armedFor: ModelTime = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: { millisecondsUntil(time: ModelTime): number },
    private readonly wake: () => void,
  ) {}

  /** Wakes at `due` instead of the time set before; never if it is Infinity. */
  set(due: ModelTime): void {
    if (due === this.armedFor) return;
    this.clear();
    this.armedFor = due;
    if (due === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(LONGEST_MILLISECONDS, Math.max(0, Math.ceil(this.clock.millisecondsUntil(due))));
    this.timer = setTimeout(() => {
      this.armedFor = Number.POSITIVE_INFINITY;
      this.wake();
    }, delay);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.armedFor = Number.POSITIVE_INFINITY;
  }
}

import type { ModelTime } from "../model/units.js";
import type { Alarm, ModelClock } from "./clock.js";

/** The longest delay that timers take. */
export const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/**
 * One timer for the next of many due times. setTimeout counts in whole milliseconds, so it fires up to about one late;
 * whoever is woken accounts by the due time, never by the time of waking.
 */
export class DueTimer implements Alarm {
  private timer: NodeJS.Timeout | undefined;
  private armedFor: ModelTime = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: ModelClock,
    private readonly wake: () => void,
  ) {}

  /** Wakes at `due` instead of whatever was set before; never, if it is Infinity. */
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

import type { ModelTime } from "../model/units.js";

/** A timer for the earliest of many due times. */
export interface Alarm {
  /** Wakes at `due` instead of the time set before; never if it is Infinity. */
  set(due: ModelTime): void;
  clear(): void;
}

/** Time and timers for the processes' drivers: the machine's, or simulated ones. */
export interface Clock {
  /** The length of one unit of model time. */
  readonly timeUnitSeconds: number;
  /** Never decreases. */
  now(): ModelTime;
  /** The wall-clock length of a time. */
  seconds(duration: ModelTime): number;
  alarm(wake: () => void): Alarm;
  /** Calls back once after a time. Returns a function that cancels it. */
  after(seconds: number, call: () => void): () => void;
  /** Calls back periodically. Returns a function that stops it. */
  every(seconds: number, call: () => void): () => void;
  /** Calls back at the end of this turn of the event loop. */
  soon(call: () => void): void;
}

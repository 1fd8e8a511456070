import { performance } from "node:perf_hooks";
import type { ModelTime } from "../model/units.js";
import { DueTimer, LONGEST_MILLISECONDS } from "./due-timer.js";

/** One timer for the next of many due times. */
export interface Alarm {
  /** Wakes at `due` instead of whatever was set before; never, if it is Infinity. */
  set(due: ModelTime): void;
  clear(): void;
}

/** Time and timers, as the processes' drivers know them: the machine's, or simulated ones. */
export interface Clock {
  /** The length of one unit of model time. */
  readonly timeUnitSeconds: number;
  /** Never goes back. */
  now(): ModelTime;
  /** The wall-clock length of a time. */
  seconds(duration: ModelTime): number;
  alarm(wake: () => void): Alarm;
  /** Calls back after a time, once. Returns how to prevent it. */
  after(seconds: number, call: () => void): () => void;
  /** Calls back again and again. Returns how to stop it. */
  every(seconds: number, call: () => void): () => void;
  /** Calls back when this turn of the event loop is over. */
  soon(call: () => void): void;
}

/** Reads wall-clock time as model time since the clock was made: from the machine's monotonic clock, which nobody sets. */
export class ModelClock implements Clock {
  private readonly startMilliseconds = performance.now();
  private readonly unitMilliseconds: number;
  /** What is to be called when this turn is over: one immediate for all, as there may be hundreds of connections to flush. */
  private atEndOfTurn: (() => void)[] = [];

  constructor(readonly timeUnitSeconds: number) {
    this.unitMilliseconds = 1000 * timeUnitSeconds;
  }

  now(): ModelTime {
    return (performance.now() - this.startMilliseconds) / this.unitMilliseconds;
  }

  /** Milliseconds from now to a model time; negative if it has passed. */
  millisecondsUntil(time: ModelTime): number {
    return (time - this.now()) * this.unitMilliseconds;
  }

  seconds(duration: ModelTime): number {
    return duration * this.timeUnitSeconds;
  }

  alarm(wake: () => void): Alarm {
    return new DueTimer(this, wake);
  }

  after(seconds: number, call: () => void): () => void {
    const timer = setTimeout(call, Math.min(LONGEST_MILLISECONDS, 1000 * seconds));
    return () => clearTimeout(timer);
  }

  every(seconds: number, call: () => void): () => void {
    const timer = setInterval(call, Math.min(LONGEST_MILLISECONDS, 1000 * seconds));
    return () => clearInterval(timer);
  }

  soon(call: () => void): void {
    if (this.atEndOfTurn.push(call) === 1) setImmediate(this.endTurn);
  }

  private readonly endTurn = (): void => {
    const calls = this.atEndOfTurn;
    this.atEndOfTurn = [];
    for (const call of calls) call();
  };
}

import { performance } from "node:perf_hooks";
import type { ModelTime } from "../model/units.js";
import type { Alarm, Clock } from "./clock.js";
import { DueTimer, LONGEST_MILLISECONDS } from "./due-timer.js";

/** Model time since the clock was created, from the machine's monotonic clock, which is never adjusted. */
export class ModelClock implements Clock {
  private readonly startMilliseconds = performance.now();
  private readonly unitMilliseconds: number;
  /** Calls due at the end of this turn: one immediate for all, since there may be hundreds of connections to flush. */
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
    let timer: NodeJS.Timeout;
    const wait = (milliseconds: number): void => {
      const left = milliseconds - LONGEST_MILLISECONDS;
      timer = left > 0 ? setTimeout(() => wait(left), LONGEST_MILLISECONDS) : setTimeout(call, milliseconds);
    };
    wait(1000 * seconds);
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

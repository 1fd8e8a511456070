import { performance } from "node:perf_hooks";
import type { ModelTime } from "../model/units.js";

/** Reads wall-clock time as model time since the clock was made. Never goes back: it is the machine's monotonic clock. */
export class ModelClock {
  private readonly startMilliseconds = performance.now();
  private readonly unitMilliseconds: number;

  /** @param timeUnitSeconds the length of one unit of model time */
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
}

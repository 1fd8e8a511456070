import { exponential, type RandomStream } from "../model/random.js";
import type { ModelTime, Work } from "../model/units.js";
import type { ArrivalProcess } from "./arrivals/arrival-process.js";

/**
 * The sequence of jobs: when each arrives and how much work it brings. It depends on nothing that happens to the jobs
 * (open loop), so one seed sends the same sequence through every policy. Works are exponential with unit mean.
 */
export class Generator {
  private arrivalTime: ModelTime;
  private arrivedBefore = 0;

  /**
   * @param backlog jobs that arrive all at once at the start, before the first of `arrivals`
   */
  constructor(
    private readonly arrivals: ArrivalProcess,
    private readonly works: RandomStream,
    startTime: ModelTime,
    private backlog = 0,
  ) {
    this.arrivalTime = backlog > 0 ? startTime : arrivals.next(startTime);
  }

  /** When the next job arrives. */
  get nextArrivalTime(): ModelTime {
    return this.arrivalTime;
  }

  /** Jobs taken so far. */
  get count(): number {
    return this.arrivedBefore;
  }

  /** Takes the next job and returns its work; `nextArrivalTime` moves on to the one after it. */
  take(): Work {
    this.arrivedBefore++;
    if (this.backlog > 0) this.backlog--;
    if (this.backlog === 0) this.arrivalTime = this.arrivals.next(this.arrivalTime);
    return exponential(this.works, 1);
  }
}

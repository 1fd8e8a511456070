import type { ArrivalProcess } from "../model/arrivals/arrival-process.js";
import { jobLabel } from "../model/job-label.js";
import type { WorkSequence } from "../model/job-sizes/job-size-law.js";
import { randomStream, uniformIndex } from "../model/random.js";
import { LARGEST_WORK, type ModelTime, type Work } from "../model/units.js";
import type { JobSequence } from "./job-sequence.js";

/** Keys of jobs chosen uniformly at random. */
export function randomKeys(keys: number, seed: string): () => number {
  const random = randomStream(seed, "task-types");
  return () => uniformIndex(random, keys);
}

/**
 * An open loop: jobs do not depend on the fate of earlier ones, so a seed gives the same sequence under every policy.
 */
export class Generator implements JobSequence {
  private arrivalTime: ModelTime;
  private arrivedBefore = 0;
  taskType = 0;
  private readonly labels: () => number;

  /**
   * @param backlog jobs that arrive together at the start, before the first of `arrivals`
   * @param keys returns the key of the next job
   */
  constructor(
    private readonly arrivals: ArrivalProcess,
    private readonly works: WorkSequence,
    startTime: ModelTime,
    private backlog = 0,
    keys: () => number = () => 0,
  ) {
    this.labels = works.type === undefined ? keys : () => jobLabel(keys(), works.type ?? 0);
    this.arrivalTime = backlog > 0 ? startTime : arrivals.next(startTime);
  }

  get nextArrivalTime(): ModelTime {
    return this.arrivalTime;
  }

  get exhausted(): boolean {
    return this.arrivalTime === Number.POSITIVE_INFINITY;
  }

  get count(): number {
    return this.arrivedBefore;
  }

  take(): Work {
    // Work and type first: a trace reads those of the next job together with its arrival.
    const work = Math.min(LARGEST_WORK, this.works.next());
    this.taskType = this.labels();
    this.arrivedBefore++;
    if (this.backlog > 0) this.backlog--;
    if (this.backlog === 0) this.arrivalTime = this.arrivals.next(this.arrivalTime);
    return work;
  }

  ended(): void {}
}

import type { WorkSequence } from "../model/job-sizes/job-size-law.js";
import { randomStream, uniformIndex } from "../model/random.js";
import type { ModelTime, Work } from "../model/units.js";
import type { ArrivalProcess } from "./arrivals/arrival-process.js";
import type { JobSequence } from "./job-sequence.js";

/** Every job of one of so many types, each as likely. */
export function randomTypes(taskTypes: number, seed: string): () => number {
  const random = randomStream(seed, "task-types");
  return () => uniformIndex(random, taskTypes);
}

/**
 * Open loop: the jobs depend on nothing that happens to the earlier ones, so one seed sends the same sequence through every
 * policy.
 */
export class Generator implements JobSequence {
  private arrivalTime: ModelTime;
  private arrivedBefore = 0;
  taskType = 0;

  /**
   * @param backlog jobs that arrive all at once at the start, before the first of `arrivals`
   * @param taskTypes the type of each job
   */
  constructor(
    private readonly arrivals: ArrivalProcess,
    private readonly works: WorkSequence,
    startTime: ModelTime,
    private backlog = 0,
    private readonly taskTypes: () => number = () => 0,
  ) {
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
    // First the job itself: a trace reads the next one together with its arrival.
    const work = this.works.next();
    this.taskType = this.taskTypes();
    this.arrivedBefore++;
    if (this.backlog > 0) this.backlog--;
    if (this.backlog === 0) this.arrivalTime = this.arrivals.next(this.arrivalTime);
    return work;
  }

  ended(): void {}
}

import type { ModelTime, Work } from "../model/units.js";

export interface JobUnderWay {
  readonly job: number;
  readonly taskType: number;
  readonly work: Work;
}

/**
 * The jobs in flight, by their consecutive numbers: a ring of typed arrays that grows when two jobs in flight would share a
 * slot. Adding and taking a job allocates no memory.
 */
export class InFlight {
  /** Intended send time of the job last taken, as are `sent` and `work`. */
  intended: ModelTime = 0;
  sent: ModelTime = 0;
  work: Work = 0;
  private count = 0;
  private size = 1024;
  /** The job in each slot; 0 where there is none, since jobs are numbered from 1. */
  private jobs = new Float64Array(this.size);
  private intendedTimes = new Float64Array(this.size);
  private sendTimes = new Float64Array(this.size);
  private works = new Float64Array(this.size);
  private taskTypes = new Float64Array(this.size);

  get jobsUnderWay(): number {
    return this.count;
  }

  /** Whether this job is in flight. */
  has(job: number): boolean {
    return this.jobs[job % this.size] === job;
  }

  /** Adds a job, which must not be in flight already. */
  add(job: number, intended: ModelTime, sent: ModelTime, work: Work, taskType = 0): void {
    while (this.jobs[job % this.size] !== 0) this.grow();
    const slot = job % this.size;
    this.jobs[slot] = job;
    this.intendedTimes[slot] = intended;
    this.sendTimes[slot] = sent;
    this.works[slot] = work;
    this.taskTypes[slot] = taskType;
    this.count++;
  }

  /** Removes a job that has ended; `intended`, `sent` and `work` then hold its values. Returns false if it is not in flight. */
  take(job: number): boolean {
    const slot = job % this.size;
    if (job === 0 || this.jobs[slot] !== job) return false;
    this.intended = this.intendedTimes[slot];
    this.sent = this.sendTimes[slot];
    this.work = this.works[slot];
    this.jobs[slot] = 0;
    this.count--;
    return true;
  }

  /** The jobs in flight in order of sending. */
  inOrder(): JobUnderWay[] {
    return [...this.jobs.entries()]
      .filter(([, job]) => job !== 0)
      .sort(([a], [b]) => this.sendTimes[a] - this.sendTimes[b] || this.jobs[a] - this.jobs[b])
      .map(([slot, job]) => ({ job, taskType: this.taskTypes[slot], work: this.works[slot] }));
  }

  /** The numbers of all jobs in flight. */
  all(): number[] {
    return [...this.jobs].filter((job) => job !== 0);
  }

  private grow(): void {
    const { jobs, intendedTimes, sendTimes, works, taskTypes } = this;
    this.size *= 2;
    this.jobs = new Float64Array(this.size);
    this.intendedTimes = new Float64Array(this.size);
    this.sendTimes = new Float64Array(this.size);
    this.works = new Float64Array(this.size);
    this.taskTypes = new Float64Array(this.size);
    for (const [slot, job] of jobs.entries()) {
      if (job === 0) continue;
      const larger = job % this.size;
      this.jobs[larger] = job;
      this.intendedTimes[larger] = intendedTimes[slot];
      this.sendTimes[larger] = sendTimes[slot];
      this.works[larger] = works[slot];
      this.taskTypes[larger] = taskTypes[slot];
    }
  }
}

import type { ModelTime } from "../model/units.js";

/** A job as the dispatcher remembers it. */
export interface JobRecord {
  origin: number;
  job: number;
  submittedAt: ModelTime;
}

const NONE = -1;

/**
 * The jobs that servers hold, a first-in-first-out list for each server, in typed arrays that grow but are never
 * reallocated job by job.
 */
export class JobTable {
  /** The job last shifted. */
  readonly taken: JobRecord = { origin: 0, job: 0, submittedAt: 0 };
  private origins = new Int32Array(64);
  private jobs = new Float64Array(64);
  private submissions = new Float64Array(64);
  private successors = new Int32Array(64);
  private used = 0;
  private freeHead = NONE;
  private count = 0;

  private readonly heads: number[] = [];
  private readonly tails: number[] = [];
  private readonly sent: number[] = [];
  private readonly ended: number[] = [];

  /** Jobs held by all servers together. */
  get size(): number {
    return this.count;
  }

  /** Starts an empty list for a server that has joined. */
  begin(server: number): void {
    this.heads[server] = NONE;
    this.tails[server] = NONE;
    this.sent[server] = 0;
    this.ended[server] = 0;
  }

  /** How many jobs the server was sent since it joined. */
  assignments(server: number): number {
    return this.sent[server];
  }

  held(server: number): number {
    return this.sent[server] - this.ended[server];
  }

  /** The server's own number of the oldest job it holds: its first job is 1. */
  oldestAssignment(server: number): number {
    return this.ended[server] + 1;
  }

  push(server: number, origin: number, job: number, submittedAt: ModelTime): void {
    const slot = this.allocate();
    this.origins[slot] = origin;
    this.jobs[slot] = job;
    this.submissions[slot] = submittedAt;
    this.successors[slot] = NONE;
    if (this.heads[server] === NONE) this.heads[server] = slot;
    else this.successors[this.tails[server]] = slot;
    this.tails[server] = slot;
    this.sent[server]++;
    this.count++;
  }

  /** Takes the oldest job of the server, which must hold one, into `taken`. */
  shift(server: number): void {
    const slot = this.heads[server];
    this.taken.origin = this.origins[slot];
    this.taken.job = this.jobs[slot];
    this.taken.submittedAt = this.submissions[slot];
    this.heads[server] = this.successors[slot];
    this.successors[slot] = this.freeHead;
    this.freeHead = slot;
    this.ended[server]++;
    this.count--;
  }

  private allocate(): number {
    if (this.freeHead !== NONE) {
      const slot = this.freeHead;
      this.freeHead = this.successors[slot];
      return slot;
    }
    if (this.used === this.origins.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    const size = 2 * this.used;
    const origins = new Int32Array(size);
    origins.set(this.origins);
    this.origins = origins;
    const jobs = new Float64Array(size);
    jobs.set(this.jobs);
    this.jobs = jobs;
    const submissions = new Float64Array(size);
    submissions.set(this.submissions);
    this.submissions = submissions;
    const successors = new Int32Array(size);
    successors.set(this.successors);
    this.successors = successors;
  }
}

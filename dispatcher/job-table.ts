import { assert } from "../model/errors.js";
import { grown } from "../model/grown.js";
import type { ModelTime, Work } from "../model/units.js";

/** A job as the dispatcher remembers it. */
export interface JobRecord {
  origin: number;
  job: number;
  submittedAt: ModelTime;
  taskType: number;
  work: Work;
}

const NONE = -1;

/**
 * The jobs that servers hold, a list for each server in the order they were sent, in typed arrays that grow but are never
 * reallocated job by job.
 */
export class JobTable {
  /** The job last taken. */
  readonly taken: JobRecord = { origin: 0, job: 0, submittedAt: 0, taskType: 0, work: 0 };
  private origins = new Int32Array(64);
  private jobs = new Float64Array(64);
  private submissions = new Float64Array(64);
  private taskTypes = new Int32Array(64);
  private works = new Float64Array(64);
  private assignmentOf = new Float64Array(64);
  private successors = new Int32Array(64);
  private used = 0;
  private freeHead = NONE;
  private total = 0;

  private readonly heads: number[] = [];
  private readonly tails: number[] = [];
  private readonly sent: number[] = [];
  private readonly count: number[] = [];

  /** Jobs held by all servers together. */
  get size(): number {
    return this.total;
  }

  /** Starts an empty list for a server that has joined. */
  begin(server: number): void {
    this.heads[server] = NONE;
    this.tails[server] = NONE;
    this.sent[server] = 0;
    this.count[server] = 0;
  }

  /** How many jobs the server was sent since it joined. */
  assignments(server: number): number {
    return this.sent[server];
  }

  held(server: number): number {
    return this.count[server];
  }

  /** The server's own number of the oldest job it holds, which must be there: its first job is 1. */
  oldestAssignment(server: number): number {
    return this.assignmentOf[this.heads[server]];
  }

  /** Appends a job to those of the server. */
  push(server: number, origin: number, job: number, submittedAt: ModelTime, taskType: number, work: Work): void {
    const slot = this.allocate();
    this.origins[slot] = origin;
    this.jobs[slot] = job;
    this.submissions[slot] = submittedAt;
    this.taskTypes[slot] = taskType;
    this.works[slot] = work;
    this.assignmentOf[slot] = ++this.sent[server];
    this.successors[slot] = NONE;
    if (this.heads[server] === NONE) this.heads[server] = slot;
    else this.successors[this.tails[server]] = slot;
    this.tails[server] = slot;
    this.count[server]++;
    this.total++;
  }

  /** Takes the oldest job of the server, which must hold one, into `taken`. */
  shift(server: number): void {
    this.takeAfter(server, NONE, this.heads[server]);
  }

  /** Takes the job of that number into `taken`, wherever it is in the list. Returns false if the server does not hold it. */
  take(server: number, assignment: number): boolean {
    let before = NONE;
    let slot = this.head(server);
    while (slot !== NONE && this.assignmentOf[slot] !== assignment) {
      before = slot;
      slot = this.successors[slot];
    }
    if (slot === NONE) return false;
    this.takeAfter(server, before, slot);
    return true;
  }

  /** Whether the server holds the job of that number. */
  holds(server: number, assignment: number): boolean {
    let slot = this.head(server);
    while (slot !== NONE && this.assignmentOf[slot] !== assignment) slot = this.successors[slot];
    return slot !== NONE;
  }

  /** Fills in what was not known of a job that the server holds. */
  describe(server: number, origin: number, job: number, taskType: number, work: Work): void {
    let slot = this.head(server);
    while (slot !== NONE && !(this.origins[slot] === origin && this.jobs[slot] === job)) slot = this.successors[slot];
    assert(slot !== NONE, "the server holds the job");
    this.taskTypes[slot] = taskType;
    this.works[slot] = work;
  }

  /** Where the list of a server begins, which must have joined. */
  private head(server: number): number {
    const slot: number | undefined = this.heads[server];
    assert(slot !== undefined, "the server has joined");
    return slot;
  }

  private takeAfter(server: number, before: number, slot: number): void {
    this.taken.origin = this.origins[slot];
    this.taken.job = this.jobs[slot];
    this.taken.submittedAt = this.submissions[slot];
    this.taken.taskType = this.taskTypes[slot];
    this.taken.work = this.works[slot];
    const after = this.successors[slot];
    if (before === NONE) this.heads[server] = after;
    else this.successors[before] = after;
    if (after === NONE) this.tails[server] = before;
    this.successors[slot] = this.freeHead;
    this.freeHead = slot;
    this.count[server]--;
    this.total--;
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
    this.origins = grown(this.origins, new Int32Array(size));
    this.jobs = grown(this.jobs, new Float64Array(size));
    this.submissions = grown(this.submissions, new Float64Array(size));
    this.taskTypes = grown(this.taskTypes, new Int32Array(size));
    this.works = grown(this.works, new Float64Array(size));
    this.assignmentOf = grown(this.assignmentOf, new Float64Array(size));
    this.successors = grown(this.successors, new Int32Array(size));
  }
}

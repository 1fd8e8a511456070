import { assert } from "../../model/errors.js";
import { grown } from "../../model/grown.js";
import type { ModelTime, Work } from "../../model/units.js";

/** A job as the dispatcher remembers it. */
export interface JobRecord {
  origin: number;
  job: number;
  submittedAt: ModelTime;
  /** Its label (model/job-label.ts). */
  taskType: number;
  work: Work;
  /** Servers that died while they served it, one after the other. */
  deaths: number;
  /** Times that it was sent to another server. */
  moves: number;
}

const NONE = -1;

/**
 * The jobs at the servers, as a list per server in the order of sending, in growing typed arrays, so that jobs allocate
 * nothing.
 */
export class JobTable {
  /** The job last removed. */
  readonly taken: JobRecord = {
    origin: 0,
    job: 0,
    submittedAt: 0,
    taskType: 0,
    work: 0,
    deaths: 0,
    moves: 0,
  };
  private origins = new Int32Array(64);
  private jobs = new Float64Array(64);
  private submissions = new Float64Array(64);
  private taskTypes = new Float64Array(64);
  private works = new Float64Array(64);
  private assignmentOf = new Float64Array(64);
  private deaths = new Uint8Array(64);
  private moves = new Uint8Array(64);
  private successors = new Int32Array(64);
  private used = 0;
  private freeHead = NONE;
  private total = 0;

  private readonly heads: number[] = [];
  private readonly tails: number[] = [];
  private readonly sent: number[] = [];
  private readonly count: number[] = [];

  /** Jobs at all servers. */
  get size(): number {
    return this.total;
  }

  /** Creates an empty list for a server that has joined. */
  begin(server: number): void {
    this.heads[server] = NONE;
    this.tails[server] = NONE;
    this.sent[server] = 0;
    this.count[server] = 0;
  }

  /** Jobs sent to the server since it joined. */
  assignments(server: number): number {
    return this.sent[server];
  }

  jobsAt(server: number): number {
    return this.count[server];
  }

  /** The server's number for its oldest job, which must exist; its first job since it joined is 1. */
  oldestAssignment(server: number): number {
    return this.assignmentOf[this.heads[server]];
  }

  /** Deaths of servers that the server's oldest job, which must exist, has seen. */
  oldestDeaths(server: number): number {
    return this.deaths[this.heads[server]];
  }

  /** The server has died while it served so many of its jobs, the oldest ones. */
  died(server: number, served: number): void {
    let slot = this.head(server);
    for (let i = 0; i < served && slot !== NONE; i++) {
      this.deaths[slot]++;
      slot = this.successors[slot];
    }
  }

  /** Appends the job in `taken` to the list of another server. */
  pushTaken(server: number): void {
    const { origin, job, submittedAt, taskType, work, deaths, moves } = this.taken;
    this.push(server, origin, job, submittedAt, taskType, work);
    const slot = this.tails[server];
    this.deaths[slot] = deaths;
    this.moves[slot] = moves + 1;
  }

  /** Appends a job to the server's list. */
  push(server: number, origin: number, job: number, submittedAt: ModelTime, taskType: number, work: Work): void {
    const slot = this.allocate();
    this.origins[slot] = origin;
    this.jobs[slot] = job;
    this.submissions[slot] = submittedAt;
    this.taskTypes[slot] = taskType;
    this.works[slot] = work;
    this.assignmentOf[slot] = ++this.sent[server];
    this.deaths[slot] = 0;
    this.moves[slot] = 0;
    this.successors[slot] = NONE;
    if (this.heads[server] === NONE) this.heads[server] = slot;
    else this.successors[this.tails[server]] = slot;
    this.tails[server] = slot;
    this.count[server]++;
    this.total++;
  }

  /** Removes the oldest job of the server, which must have one, into `taken`. */
  shift(server: number): void {
    this.takeAfter(server, NONE, this.heads[server]);
  }

  /** Removes the job with this number into `taken`, wherever it is in the list. Returns false if the server does not have it. */
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

  /** Whether the server has the job with this number. */
  hasJob(server: number, assignment: number): boolean {
    let slot = this.head(server);
    while (slot !== NONE && this.assignmentOf[slot] !== assignment) slot = this.successors[slot];
    return slot !== NONE;
  }

  /** Fills in the missing details of a job at the server. */
  describe(server: number, origin: number, job: number, taskType: number, work: Work): void {
    let slot = this.head(server);
    while (slot !== NONE && !(this.origins[slot] === origin && this.jobs[slot] === job)) slot = this.successors[slot];
    assert(slot !== NONE, "the server has the job");
    this.taskTypes[slot] = taskType;
    this.works[slot] = work;
  }

  /** The head of the list of a server, which must have joined. */
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
    this.taken.deaths = this.deaths[slot];
    this.taken.moves = this.moves[slot];
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
    this.taskTypes = grown(this.taskTypes, new Float64Array(size));
    this.works = grown(this.works, new Float64Array(size));
    this.assignmentOf = grown(this.assignmentOf, new Float64Array(size));
    this.deaths = grown(this.deaths, new Uint8Array(size));
    this.moves = grown(this.moves, new Uint8Array(size));
    this.successors = grown(this.successors, new Int32Array(size));
  }
}

import { grown } from "../model/grown.js";
import type { ModelTime, Work } from "../model/units.js";

/** Stands for no copy. */
export const NO_COPY = -1;

/**
 * First-in-first-out lines of copies of jobs at many servers, in typed arrays: a job allocates nothing. Any copy can leave its line, in
 * O(1). A copy's number is that of its job times the most copies of a job, plus its place among them.
 */
export class CopyLines {
  private readonly firsts: Int32Array;
  private readonly lasts: Int32Array;
  /** By copy. */
  private servers: Int32Array;
  private works: Float64Array;
  private before: Int32Array;
  private behind: Int32Array;
  /** By job. */
  private arrivals = new Float64Array(16);
  private counts = new Int32Array(16);
  private readonly free: number[] = [];
  private used = 0;

  constructor(
    servers: number,
    private readonly mostCopies: number,
  ) {
    this.firsts = new Int32Array(servers).fill(NO_COPY);
    this.lasts = new Int32Array(servers).fill(NO_COPY);
    const copies = 16 * mostCopies;
    this.servers = new Int32Array(copies);
    this.works = new Float64Array(copies);
    this.before = new Int32Array(copies);
    this.behind = new Int32Array(copies);
  }

  /** Jobs present. */
  get jobs(): number {
    return this.used - this.free.length;
  }

  /** A job without copies yet. Returns its number. */
  admit(arrival: ModelTime): number {
    const job = this.free.pop() ?? this.used++;
    if (job === this.arrivals.length) this.grow();
    this.arrivals[job] = arrival;
    this.counts[job] = 0;
    return job;
  }

  /** Adds a copy of the job at the end of a server's line. Returns the copy. */
  join(job: number, server: number, work: Work): number {
    const copy = job * this.mostCopies + this.counts[job]++;
    const last = this.lasts[server];
    this.servers[copy] = server;
    this.works[copy] = work;
    this.before[copy] = last;
    this.behind[copy] = NO_COPY;
    if (last === NO_COPY) this.firsts[server] = copy;
    else this.behind[last] = copy;
    this.lasts[server] = copy;
    return copy;
  }

  /** The copy at the head of a server's line, in service; NO_COPY if it is empty. */
  first(server: number): number {
    return this.firsts[server];
  }

  jobOf(copy: number): number {
    return Math.floor(copy / this.mostCopies);
  }

  serverOf(copy: number): number {
    return this.servers[copy];
  }

  workOf(copy: number): Work {
    return this.works[copy];
  }

  arrivalOf(job: number): ModelTime {
    return this.arrivals[job];
  }

  /** How many copies the job has. */
  copiesOf(job: number): number {
    return this.counts[job];
  }

  /** A copy of the job, by its place among them. */
  copyAt(job: number, place: number): number {
    return job * this.mostCopies + place;
  }

  /** The copy leaves its line. */
  leave(copy: number): void {
    const server = this.servers[copy];
    const [before, behind] = [this.before[copy], this.behind[copy]];
    if (before === NO_COPY) this.firsts[server] = behind;
    else this.behind[before] = behind;
    if (behind === NO_COPY) this.lasts[server] = before;
    else this.before[behind] = before;
  }

  /** Forgets a job, all of whose copies have left. */
  release(job: number): void {
    this.free.push(job);
  }

  private grow(): void {
    const jobs = 2 * this.arrivals.length;
    const copies = jobs * this.mostCopies;
    this.arrivals = grown(this.arrivals, new Float64Array(jobs));
    this.counts = grown(this.counts, new Int32Array(jobs));
    this.servers = grown(this.servers, new Int32Array(copies));
    this.works = grown(this.works, new Float64Array(copies));
    this.before = grown(this.before, new Int32Array(copies));
    this.behind = grown(this.behind, new Int32Array(copies));
  }
}

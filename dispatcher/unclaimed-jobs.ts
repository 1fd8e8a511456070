/** Where an unclaimed job is that is with no server: served, as an earlier dispatcher asked for it. */
export const SERVED_BEFORE = -1;
/** The same, but served since this dispatcher knows of it, and in its books. */
export const SERVED_HERE = -2;

/** Jobs remembered: those of origins that never come back are forgotten in the end. */
const MOST_JOBS = 1_000_000;

/**
 * Jobs that servers have brought along from an earlier dispatcher, until those who sent them ask for them: by the
 * identity of their origin and its number for them.
 */
export class UnclaimedJobs {
  private readonly origins = new Map<number, Map<number, number>>();
  private count = 0;

  /** @param place the server that holds the job, SERVED_BEFORE or SERVED_HERE */
  put(originId: number, job: number, place: number): void {
    let jobs = this.origins.get(originId);
    if (jobs === undefined) {
      jobs = new Map();
      this.origins.set(originId, jobs);
    }
    if (!jobs.has(job)) this.count++;
    jobs.set(job, place);
    if (this.count > MOST_JOBS) this.forgetOldest();
  }

  /** Takes a job out, and returns where it is; undefined if it is not among these. */
  take(originId: number, job: number): number | undefined {
    const jobs = this.origins.get(originId);
    const place = jobs?.get(job);
    if (place === undefined) return undefined;
    jobs?.delete(job);
    this.count--;
    if (jobs?.size === 0) this.origins.delete(originId);
    return place;
  }

  private forgetOldest(): void {
    for (const [originId, jobs] of this.origins) {
      this.count -= jobs.size;
      this.origins.delete(originId);
      return;
    }
  }
}

/** Places of unclaimed jobs that have ended: served in time or timed out, and counted here or reported to an earlier dispatcher. */
export const SERVED_BEFORE = -1;
export const TIMED_OUT_BEFORE = -2;
export const SERVED_HERE = -3;
export const TIMED_OUT_HERE = -4;

/** Most jobs remembered: those of origins that never come back are eventually forgotten. */
const MOST_JOBS = 1_000_000;

/**
 * Jobs that servers have kept from an earlier dispatcher, until their origins claim them: by the identity of the origin and
 * its number for the job.
 */
export class UnclaimedJobs {
  private readonly origins = new Map<number, Map<number, number>>();
  private count = 0;

  /** @param place the server that has the job, or one of the places above */
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

  /** Removes a job and returns its place; undefined if it is unknown. */
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

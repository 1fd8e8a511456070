import { afterJob, afterMove, BELOW, type Standing, standingOf } from "../model/standing.js";

/**
 * A server's own part in a policy that gives thresholds: it watches where its jobs stand to the threshold of its class,
 * and says so whenever the dispatcher cannot conclude it from what it has sent itself.
 */
export class ThresholdWatch {
  /** Of the class; undefined until the dispatcher gives one. */
  private given: number | undefined;
  private current: Standing = BELOW;
  private reports = 0;

  /** @param jobs that the server holds */
  constructor(private jobs = 0) {}

  get threshold(): number {
    return this.given ?? 0;
  }

  get standing(): Standing {
    return this.current;
  }

  /**
   * The dispatcher gives a threshold. Returns whether the standing is to be reported, as do the other two. A report that was
   * under way while the threshold moved is made anew: the dispatcher cannot tell what came first, the move or its jobs.
   *
   * @param heard how many reports the dispatcher had heard of this server by then
   */
  moved(threshold: number, heard: number): boolean {
    const known =
      this.given === undefined ? this.knownAtFirst(threshold) : afterMove(this.current, this.given, threshold);
    this.given = threshold;
    return this.stands(known, this.reports > heard);
  }

  /** A job was accepted. */
  accepted(): boolean {
    this.jobs++;
    return this.stands(afterJob(this.current));
  }

  /** A job was completed. */
  completed(): boolean {
    this.jobs--;
    return this.stands(this.current);
  }

  /** To the dispatcher, the jobs that a server holds when it joins are as if sent to it while idle. */
  private knownAtFirst(threshold: number): Standing {
    const idle = standingOf(0, threshold);
    return this.jobs === 0 ? idle : afterJob(idle);
  }

  private stands(known: Standing, inDoubt = false): boolean {
    if (this.given === undefined) return false;
    this.current = standingOf(this.jobs, this.given);
    const says = inDoubt || this.current !== known;
    if (says) this.reports++;
    return says;
  }
}

import { withLastBits } from "../model/last-bits.js";
import { afterJob, afterMove, BELOW, type Standing, standingOf } from "../model/standing.js";

/**
 * A server's part in a policy with thresholds: it compares its queue length with the threshold of its class, and reports its
 * standing whenever the dispatcher cannot infer it from the jobs that it has sent.
 */
export class ThresholdWatch {
  /** Threshold of the class; undefined until the dispatcher gives one. */
  private given: number | undefined;
  private current: Standing = BELOW;
  private reports = 0;

  /** @param jobs the server's queue length */
  constructor(private jobs = 0) {}

  get threshold(): number {
    return this.given ?? 0;
  }

  get standing(): Standing {
    return this.current;
  }

  /**
   * The dispatcher sets a threshold. Returns whether the standing must be reported, as do `accepted` and `completed`. A report
   * that was in transit when the threshold moved is repeated: the dispatcher cannot know which of the two came first.
   *
   * @param heard last 32 bits of the number of this server's reports that the dispatcher had received by then
   */
  moved(threshold: number, heard: number): boolean {
    const known =
      this.given === undefined ? this.knownAtFirst(threshold) : afterMove(this.current, this.given, threshold);
    this.given = threshold;
    return this.stands(known, this.reports > withLastBits(this.reports, heard));
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

  /** The dispatcher treats the jobs that a server holds when it joins as if it had sent them while the server was idle. */
  private knownAtFirst(threshold: number): Standing {
    const idle = standingOf(0, threshold);
    return this.jobs === 0 ? idle : afterJob(idle);
  }

  private stands(known: Standing, inDoubt = false): boolean {
    if (this.given === undefined) return false;
    this.current = standingOf(this.jobs, this.given);
    const mustReport = inDoubt || this.current !== known;
    if (mustReport) this.reports++;
    return mustReport;
  }
}

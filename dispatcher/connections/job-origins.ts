import type { Outcome } from "../../live/wire/record-kinds.js";
import type { ModelTime, Work } from "../../model/units.js";
import type { Dispatcher } from "../core/dispatcher.js";
import type { GeneratorConnection, GeneratorRoster } from "./generator-roster.js";
import { SERVED_BEFORE, SERVED_HERE, TIMED_OUT_BEFORE, TIMED_OUT_HERE, UnclaimedJobs } from "./unclaimed-jobs.js";

/**
 * Tells load generators how their jobs ended. A job that a server has from an earlier dispatcher is its generator's only once that claims it:
 * if it ends before, its end is kept.
 */
export class JobOrigins {
  private readonly unclaimed = new UnclaimedJobs();

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly generators: GeneratorRoster,
  ) {}

  /** A server that has joined, with the dispatcher's number for it, has a job from an earlier dispatcher. */
  held(server: number, originId: number, job: number): void {
    this.unclaimed.put(originId, job, server);
  }

  /** A job of an earlier dispatcher has ended after a time at its server, and that dispatcher may not have passed that on. */
  endedBefore(originId: number, job: number, timeAtServer: ModelTime): void {
    const isInTime = timeAtServer <= this.dispatcher.books.timeout;
    this.unclaimed.put(originId, job, isInTime ? SERVED_BEFORE : TIMED_OUT_BEFORE);
  }

  /** A job was completed: the dispatcher's last. */
  completed(): void {
    this.left("completed", SERVED_HERE);
  }

  /** A job has timed out: the dispatcher's last. */
  timedOut(): void {
    this.left("timedOut", TIMED_OUT_HERE);
  }

  /** A job was lost: the dispatcher's last. */
  lost(): void {
    const { origin, job, work } = this.dispatcher.lastJob;
    // An unclaimed job is treated as new if its origin resubmits it.
    if (Number.isNaN(work)) this.unclaimed.take(this.generators.originId(origin), job);
    else this.tellOrigin("lost");
  }

  /** A server had no room for a job: the dispatcher's last. */
  blocked(): void {
    this.tellOrigin("blocked");
  }

  /** A generator sends a job that it sent to an earlier dispatcher. Returns whether any server node has it, or has served it. */
  claimed(generator: GeneratorConnection, job: number, taskType: number, work: Work): boolean {
    const { dispatcher } = this;
    const place = this.unclaimed.take(this.generators.originId(generator.origin), job);
    if (place === undefined) return false;
    generator.submitted++;
    dispatcher.totals.duplicates++;
    if (place >= 0) {
      dispatcher.claim(place, generator.origin, job, taskType, work);
      return true;
    }
    if (place === SERVED_BEFORE) dispatcher.countCompleted();
    else if (place === TIMED_OUT_BEFORE) dispatcher.countTimedOut();
    tell(generator, job, place === TIMED_OUT_HERE || place === TIMED_OUT_BEFORE ? "timedOut" : "completed");
    return true;
  }

  /** The dispatcher's last job has left its server. @param place for one whose origin has not claimed it yet */
  private left(outcome: Outcome, place: number): void {
    const { origin, job, work } = this.dispatcher.lastJob;
    if (Number.isNaN(work)) this.unclaimed.put(this.generators.originId(origin), job, place);
    else this.tellOrigin(outcome);
  }

  private tellOrigin(outcome: Outcome): void {
    const { origin, job } = this.dispatcher.lastJob;
    const generator = this.generators.at(origin);
    if (generator !== undefined) tell(generator, job, outcome);
  }
}

/** Tells a load generator how its job ended. */
export function tell(generator: GeneratorConnection, job: number, outcome: Outcome): void {
  generator.ended++;
  generator.session.records().outcome(job, outcome);
}

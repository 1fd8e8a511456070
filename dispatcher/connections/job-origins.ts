import type { Outcome } from "../../live/wire/record-kinds.js";
import type { Work } from "../../model/units.js";
import type { Dispatcher } from "../core/dispatcher.js";
import type { GeneratorConnection, GeneratorRoster } from "./generator-roster.js";
import { SERVED_BEFORE, SERVED_HERE, UnclaimedJobs } from "./unclaimed-jobs.js";

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

  /** A server node has served a job for an earlier dispatcher, which may not have passed that on. */
  servedBefore(originId: number, job: number): void {
    this.unclaimed.put(originId, job, SERVED_BEFORE);
  }

  /** A job was completed: the dispatcher's last. */
  completed(): void {
    const { origin, job, work } = this.dispatcher.lastJob;
    if (Number.isNaN(work)) this.unclaimed.put(this.generators.originId(origin), job, SERVED_HERE);
    else this.tellOrigin("completed");
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
    tell(generator, job, "completed");
    return true;
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

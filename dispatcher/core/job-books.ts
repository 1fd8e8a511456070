import type { FleetTimes } from "../../model/statistics/job-times.js";
import { HELD_UP_TIME, noDispatcherTotals } from "../../model/totals.js";
import type { ModelTime, Work } from "../../model/units.js";

/** The books of a dispatcher: every job that is offered ends once, in one way. */
export class JobBooks {
  readonly totals = noDispatcherTotals();
  /** Of the last job that left its server, as the dispatcher sees it. */
  lastSojournTime: ModelTime = 0;
  /** Of each server: the mean time by which messages to it and back are delayed on purpose. */
  private readonly askedDelays: ModelTime[] = [];

  /**
   * @param timeout a job that is longer at its server has timed out
   * @param times of the jobs that are served
   */
  constructor(
    readonly timeout: ModelTime,
    readonly times: FleetTimes,
  ) {}

  /** A server joins, whose messages there and back are delayed on purpose by this time on average. */
  joined(server: number, askedDelay: ModelTime): void {
    this.askedDelays[server] = askedDelay;
  }

  offered(work: Work): void {
    this.totals.offered++;
    this.totals.work += work;
    this.totals.squaredWork += work * work;
  }

  /** A job has left its server, and was served or abandoned. */
  left(server: number, sojournTime: ModelTime, timeAtServer: ModelTime): void {
    this.lastSojournTime = sojournTime;
    // A server may be wrong about its time, or have had the job before this dispatcher had it; delays are not negative.
    this.totals.messageDelay += Math.max(0, sojournTime - timeAtServer);
    const askedDelay = this.askedDelays[server];
    this.totals.askedDelay += askedDelay;
    if (sojournTime - timeAtServer > HELD_UP_TIME + askedDelay) this.totals.heldUp++;
  }

  /** The job that has just left was served. Returns whether its client was still waiting. */
  served(timeAtServer: ModelTime, serviceTime: ModelTime): boolean {
    this.times.all.add(timeAtServer, serviceTime);
    if (timeAtServer > this.timeout) {
      this.totals.timedOut++;
      return false;
    }
    this.totals.completed++;
    this.totals.sojournTime += this.lastSojournTime;
    return true;
  }

  /** A job arrives that ended before, for an earlier dispatcher. */
  endedBefore(outcome: "completed" | "timedOut"): void {
    this.totals.offered++;
    this.totals[outcome]++;
  }

  /** How they do not balance; undefined if they do, as they always should. */
  imbalance(inFlight: number): string | undefined {
    const { offered, blocked, completed, timedOut, lost } = this.totals;
    if (offered === blocked + completed + timedOut + lost + inFlight) return undefined;
    return (
      `of ${offered} offered jobs, ${completed} completed, ${timedOut} timed out, ${blocked} were blocked, ${lost} lost and ` +
      `${inFlight} are in flight`
    );
  }
}

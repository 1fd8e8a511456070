import type { ModelTime, Work } from "../model/units.js";
import { noViewTotals } from "../model/view-quality.js";
import { BLOCKED, type Dispatcher } from "./dispatcher.js";
import type { PolicyInformation } from "./policies/policy.js";

/**
 * A dispatcher among several that share servers. It believes what each server told last, and adds the jobs of its own that were
 * under way to the server then. Every queue that a server tells is compared with that belief when it was acted on.
 */
export class SharedView {
  readonly totals = noViewTotals();
  /** By server: what the dispatcher believed when it sent each job that the server has not spoken of yet, the oldest first. */
  private readonly beliefs: number[][] = [];
  /** By server: jobs of this dispatcher that it has accepted, as it told last. */
  private readonly accepted: number[] = [];

  constructor(readonly dispatcher: Dispatcher) {}

  /** What the view has cost: the servers' news, and a queue length kept of each. The policy asks nobody. */
  get information(): PolicyInformation {
    const { longestQueue } = this.dispatcher.fleet;
    return { messages: this.totals.told, bitsPerServer: Math.ceil(Math.log2(1 + longestQueue)) };
  }

  /** A server joins. */
  join(server: number): void {
    this.dispatcher.join(Number.POSITIVE_INFINITY, 1, 0, true, server);
    this.beliefs[server] = [];
    this.accepted[server] = 0;
  }

  /** A job arrives. Returns the server it is sent to, or BLOCKED. */
  submit(now: ModelTime, origin: number, job: number, taskType: number, work: Work): number {
    const server = this.dispatcher.submit(now, origin, job, taskType, work);
    if (server !== BLOCKED) this.beliefs[server].push(this.dispatcher.queueLength(server) - 1);
    return server;
  }

  /**
   * A server tells its queue length, which has just changed.
   *
   * @param accepted how many jobs of this dispatcher it has accepted
   * @param age how long that was on its way
   */
  told(now: ModelTime, server: number, queueLength: number, accepted: number, age: ModelTime): void {
    const { totals } = this;
    totals.told++;
    totals.age += age;
    if (accepted > this.accepted[server]) {
      this.accepted[server] = accepted;
      const error = queueLength - 1 - (this.beliefs[server].shift() ?? 0);
      totals.compared++;
      totals.error += error;
      totals.absoluteError += Math.abs(error);
      if (error !== 0) totals.wrong++;
    }
    this.dispatcher.told(now, server, queueLength + this.beliefs[server].length);
  }
}

import { NumberLines } from "../../model/number-lines.js";
import type { ModelTime } from "../../model/units.js";
import { noViewTotals } from "../../model/view-quality.js";

/**
 * How well one of several dispatchers knows the queues of the servers that they share, from what these tell. Where servers tell queue
 * lengths, the one that a job found is compared with the one assumed when it was sent.
 */
export class ToldQueues {
  readonly totals = noViewTotals();
  /** By server: the queue length assumed for each job that it is not known to have received, oldest first. */
  private readonly assumed = new NumberLines();
  /** By server: jobs of this dispatcher received, as far as is known. */
  private readonly received: number[] = [];

  /** @param lengths whether servers tell queue lengths; or only whether they are idle, which is compared with nothing */
  constructor(private readonly lengths: boolean) {}

  /** A server joins. @param sent jobs that it was sent before, with which nothing is compared */
  join(server: number, sent = 0): void {
    this.assumed.clear(server);
    this.received[server] = sent;
  }

  /** The server joins with a job that it has received before. */
  adopted(server: number): void {
    this.received[server]++;
  }

  /** A job is sent to a server that has this queue length as far as is known. */
  sent(server: number, queueLength: number): void {
    if (this.lengths) this.assumed.push(server, queueLength);
  }

  /**
   * A server tells of its queue.
   *
   * @param received jobs of this dispatcher that it has received
   * @param found the queue length that the last of these found
   * @param age transit time of the news, which may be off by `ageError`
   */
  told(server: number, received: number, found: number, age: ModelTime, ageError: ModelTime): void {
    this.totals.told++;
    this.totals.age += age;
    this.totals.ageError += ageError;
    if (received > this.received[server]) this.compare(server, found);
  }

  /** The next job has been received, and found this queue length. */
  compare(server: number, found: number): void {
    this.received[server]++;
    const assumed = this.assumed.shift(server);
    if (assumed === undefined) return;
    const error = found - assumed;
    this.totals.compared++;
    this.totals.error += error;
    this.totals.absoluteError += Math.abs(error);
    if (error !== 0) this.totals.wrong++;
  }
}

import { IndexedHeap } from "../model/indexed-heap.js";
import { jobLabel } from "../model/job-label.js";
import type { WorkSequence } from "../model/job-sizes/job-size-law.js";
import { exponential, type RandomStream } from "../model/random.js";
import { LARGEST_WORK, type ModelTime, type Work } from "../model/units.js";
import type { JobSequence } from "./job-sequence.js";

/**
 * A closed loop: a fixed number of clients, each of which sends a job, waits until it has ended, thinks for an exponential
 * time, and sends the next. All start by thinking.
 */
export class ClosedLoop implements JobSequence {
  readonly exhausted = false;
  private readonly sendTimes: IndexedHeap;
  private readonly waiting: number[] = [];
  private taken = 0;

  /**
   * @param clients number of clients, >= 1
   * @param meanThinkTime >= 0
   */
  constructor(
    clients: number,
    private readonly meanThinkTime: ModelTime,
    private readonly works: WorkSequence,
    private readonly random: RandomStream,
    startTime: ModelTime,
  ) {
    this.sendTimes = new IndexedHeap(clients);
    for (let client = 0; client < clients; client++) this.think(client, startTime);
  }

  get nextArrivalTime(): ModelTime {
    return this.sendTimes.firstKey;
  }

  get count(): number {
    return this.taken;
  }

  get taskType(): number {
    return jobLabel(0, this.works.type ?? 0);
  }

  take(): Work {
    const client = this.sendTimes.first;
    this.sendTimes.set(client, Number.POSITIVE_INFINITY);
    this.waiting.push(client);
    this.taken++;
    return Math.min(LARGEST_WORK, this.works.next());
  }

  ended(now: ModelTime): void {
    // Clients are identical, so any waiting one may stand for the one whose job ended.
    const client = this.waiting.pop();
    if (client !== undefined) this.think(client, now);
  }

  private think(client: number, now: ModelTime): void {
    this.sendTimes.set(client, now + exponential(this.random, this.meanThinkTime));
  }
}

import { grown } from "../model/grown.js";
import type { ModelTime, Work } from "../model/units.js";

const NONE = -1;

/** First-in-first-out queues of waiting jobs at many servers, in typed arrays: a job allocates nothing. */
export class WaitingLines {
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private works = new Float64Array(64);
  private arrivals = new Float64Array(64);
  /** The successor of each job in its queue; for a free slot, the next free slot. */
  private behind = new Int32Array(64);
  private used = 0;
  private free = NONE;

  constructor(servers: number) {
    this.heads = new Int32Array(servers).fill(NONE);
    this.tails = new Int32Array(servers).fill(NONE);
  }

  isEmpty(server: number): boolean {
    return this.heads[server] === NONE;
  }

  push(server: number, work: Work, arrival: ModelTime): void {
    const slot = this.slot();
    this.works[slot] = work;
    this.arrivals[slot] = arrival;
    this.behind[slot] = NONE;
    if (this.heads[server] === NONE) this.heads[server] = slot;
    else this.behind[this.tails[server]] = slot;
    this.tails[server] = slot;
  }

  /** The work of the first job of a non-empty queue. */
  firstWork(server: number): Work {
    return this.works[this.heads[server]];
  }

  /** The arrival time of the first job of a non-empty queue. */
  firstArrival(server: number): ModelTime {
    return this.arrivals[this.heads[server]];
  }

  /** Removes the first job of a non-empty queue. */
  shift(server: number): void {
    const slot = this.heads[server];
    this.heads[server] = this.behind[slot];
    this.behind[slot] = this.free;
    this.free = slot;
  }

  private slot(): number {
    if (this.free !== NONE) {
      const slot = this.free;
      this.free = this.behind[slot];
      return slot;
    }
    if (this.used === this.works.length) {
      const size = 2 * this.used;
      this.works = grown(this.works, new Float64Array(size));
      this.arrivals = grown(this.arrivals, new Float64Array(size));
      this.behind = grown(this.behind, new Int32Array(size));
    }
    return this.used++;
  }
}

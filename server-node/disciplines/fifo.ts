import type { ModelTime, Work } from "../../model/units.js";

/** The jobs waiting behind the one in service, first in first out, in a ring buffer that grows when full. */
export class FifoLine {
  /** The work of each job, and when it was accepted, side by side: what is read together is near in memory. */
  private ring = new Float64Array(8);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Work of the job at the head of the line. There must be one. */
  get firstWork(): Work {
    return this.ring[this.head];
  }

  /** When the job at the head of the line was accepted. */
  get firstAcceptance(): ModelTime {
    return this.ring[this.head + 1];
  }

  push(work: Work, acceptedAt: ModelTime): void {
    if (2 * this.count === this.ring.length) this.grow();
    const slot = (this.head + 2 * this.count) & (this.ring.length - 1);
    this.ring[slot] = work;
    this.ring[slot + 1] = acceptedAt;
    this.count++;
  }

  /** Removes the job at the head of the line. */
  shift(): void {
    this.head = (this.head + 2) & (this.ring.length - 1);
    this.count--;
  }

  clear(): void {
    this.count = 0;
  }

  private grow(): void {
    const { ring, head } = this;
    this.ring = new Float64Array(2 * ring.length);
    this.ring.set(ring.subarray(head));
    this.ring.set(ring.subarray(0, head), ring.length - head);
    this.head = 0;
  }
}

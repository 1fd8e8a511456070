import type { ModelTime, Work } from "../../model/units.js";

/** The jobs waiting behind the one in service, first in first out, in a ring buffer that grows when full. */
export class FifoLine {
  private works = new Float64Array(4);
  private acceptances = new Float64Array(4);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Work of the job at the head of the line. There must be one. */
  get firstWork(): Work {
    return this.works[this.head];
  }

  /** When the job at the head of the line was accepted. */
  get firstAcceptance(): ModelTime {
    return this.acceptances[this.head];
  }

  push(work: Work, acceptedAt: ModelTime): void {
    if (this.count === this.works.length) this.grow();
    const slot = (this.head + this.count) % this.works.length;
    this.works[slot] = work;
    this.acceptances[slot] = acceptedAt;
    this.count++;
  }

  /** Removes the job at the head of the line. */
  shift(): void {
    this.head = (this.head + 1) % this.works.length;
    this.count--;
  }

  clear(): void {
    this.count = 0;
  }

  private grow(): void {
    const unrolled = (ring: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(2 * ring.length);
      larger.set(ring.subarray(this.head));
      larger.set(ring.subarray(0, this.head), ring.length - this.head);
      return larger;
    };
    this.works = unrolled(this.works);
    this.acceptances = unrolled(this.acceptances);
    this.head = 0;
  }
}

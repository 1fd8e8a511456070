import { type RandomStream, uniformIndex } from "../../model/random.js";

/** A sample of fixed size from a stream of values, each as likely to be in it as any other (Vitter 1985, algorithm R). */
export class Reservoir {
  private readonly kept: Float64Array;
  private seen = 0;

  constructor(
    size: number,
    private readonly random: RandomStream,
  ) {
    this.kept = new Float64Array(size);
  }

  add(value: number): void {
    const place = this.seen < this.kept.length ? this.seen : uniformIndex(this.random, this.seen + 1);
    this.seen++;
    if (place < this.kept.length) this.kept[place] = value;
  }

  /** The sample, in no order that means anything. */
  values(): Float64Array {
    return this.kept.slice(0, this.seen);
  }
}

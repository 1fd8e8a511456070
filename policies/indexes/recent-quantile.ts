/** Numbers that count. */
const WINDOW = 128;
/** Larger numbers count as this. */
const MOST = 1023;

/** A quantile of the latest 128 of a sequence of small whole numbers. O(the quantile). */
export class RecentQuantile {
  private readonly latest = new Int32Array(WINDOW);
  private readonly counts = new Int32Array(MOST + 1);
  private seen = 0;

  add(value: number): void {
    const place = this.seen % WINDOW;
    if (this.seen >= WINDOW) this.counts[this.latest[place]]--;
    this.latest[place] = Math.min(value, MOST);
    this.counts[this.latest[place]]++;
    this.seen++;
  }

  /** The least number that a fraction of at least `level` of the latest do not exceed; 0 if there is none. */
  at(level: number): number {
    const wanted = level * Math.min(this.seen, WINDOW);
    let value = 0;
    for (let below = this.counts[0]; below < wanted && value < MOST; ) below += this.counts[++value];
    return value;
  }
}

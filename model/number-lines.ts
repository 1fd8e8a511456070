import { grown } from "./grown.js";

const NONE = -1;

/** First-in-first-out lines of numbers, one for each of many owners 0, 1, ..., in typed arrays: a number allocates nothing. */
export class NumberLines {
  private heads = new Int32Array(16).fill(NONE);
  private tails = new Int32Array(16);
  private numbers = new Float64Array(64);
  /** What follows each number in its line; for a free slot, the next free slot. */
  private behind = new Int32Array(64);
  private used = 0;
  private free = NONE;

  /** Adds a number at the end of a line. */
  push(owner: number, number: number): void {
    if (owner >= this.heads.length) this.growOwners(owner + 1);
    const slot = this.slot();
    this.numbers[slot] = number;
    this.behind[slot] = NONE;
    if (this.heads[owner] === NONE) this.heads[owner] = slot;
    else this.behind[this.tails[owner]] = slot;
    this.tails[owner] = slot;
  }

  /** Removes the number at the head of a line. Returns it; undefined if there is none. */
  shift(owner: number): number | undefined {
    if (owner >= this.heads.length) return undefined;
    const slot = this.heads[owner];
    if (slot === NONE) return undefined;
    this.heads[owner] = this.behind[slot];
    this.behind[slot] = this.free;
    this.free = slot;
    return this.numbers[slot];
  }

  /** Empties a line. */
  clear(owner: number): void {
    while (this.shift(owner) !== undefined);
  }

  private slot(): number {
    if (this.free !== NONE) {
      const slot = this.free;
      this.free = this.behind[slot];
      return slot;
    }
    if (this.used === this.numbers.length) {
      this.numbers = grown(this.numbers, new Float64Array(2 * this.used));
      this.behind = grown(this.behind, new Int32Array(2 * this.used));
    }
    return this.used++;
  }

  private growOwners(needed: number): void {
    const size = Math.max(needed, 2 * this.heads.length);
    this.heads = grown(this.heads, new Int32Array(size).fill(NONE));
    this.tails = grown(this.tails, new Int32Array(size));
  }
}

/** A list of integers that grows, for edges whose number is known only in the end. */
export class IntegerList {
  private values: Int32Array;
  length = 0;

  constructor(expected: number) {
    this.values = new Int32Array(Math.max(16, Math.ceil(expected)));
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Int32Array(Math.ceil(1.5 * this.length));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  /** What was pushed, without a copy; the list must not be used any more. */
  take(): Int32Array {
    return this.values.subarray(0, this.length);
  }
}

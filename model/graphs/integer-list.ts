/** A growable list of integers. */
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

  /** The integers pushed, without copying; the list must not be used afterwards. */
  take(): Int32Array {
    return this.values.subarray(0, this.length);
  }
}

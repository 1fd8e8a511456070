interface NumberArray {
  readonly length: number;
  set(values: ArrayLike<number>): void;
}

/** A larger array with the values of a smaller one in front. */
export function grown<A extends NumberArray & ArrayLike<number>>(values: ArrayLike<number>, larger: A): A {
  larger.set(values);
  return larger;
}

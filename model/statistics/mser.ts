/** Values per batch, and minimum number of batches. */
const BATCH = 5;
const LEAST_BATCHES = 10;

/**
 * The warm-up: how many initial values of a series to discard for the most precise mean of the rest, by minimising the variance
 * of the rest over its length. If the minimum is beyond the middle, the series has not settled.
 *
 * @returns a multiple of 5; undefined if there are fewer than 50 values, or the series has not settled
 *
 * Source: White (1997), MSER; White, Cobb and Spratt (2000), MSER-5.
 */
export function mserCut(values: ArrayLike<number>): number | undefined {
  const batches = Math.floor(values.length / BATCH);
  if (batches < LEAST_BATCHES) return undefined;
  // Backwards from the end, so that every cut takes constant time: mean and sum of squares by the recursion of Welford (1962).
  let mean = 0;
  let squares = 0;
  let best = Number.POSITIVE_INFINITY;
  let cut = 0;
  for (let count = 1; count <= batches; count++) {
    const first = (batches - count) * BATCH;
    let batch = 0;
    for (let i = first; i < first + BATCH; i++) batch += values[i] / BATCH;
    const deviation = batch - mean;
    mean += deviation / count;
    squares += deviation * (batch - mean);
    // A few values at the end may be equal by coincidence.
    if (count < LEAST_BATCHES / 2) continue;
    const criterion = squares / count ** 2;
    if (criterion <= best) {
      best = criterion;
      cut = first;
    }
  }
  return cut > values.length / 2 ? undefined : cut;
}

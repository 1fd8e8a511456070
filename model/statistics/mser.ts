/** Values in a batch, and the least number of batches that tell anything. */
const BATCH = 5;
const LEAST_BATCHES = 10;

/**
 * How many values at the beginning of a series to leave out so that the mean of the rest is known best: the cut at which the
 * variance of the rest over its length is least. Where the best cut is beyond the middle, the series has not settled.
 *
 * @returns a multiple of 5; undefined if there are fewer than 50 values, or the series has not settled
 *
 * Source: White (1997), MSER; White, Cobb and Spratt (2000), MSER-5.
 */
export function mserCut(values: ArrayLike<number>): number | undefined {
  const batches = Math.floor(values.length / BATCH);
  if (batches < LEAST_BATCHES) return undefined;
  // From the end on, so that every cut costs the same: mean and sum of squares by Welford's (1962) recursion.
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
    // A handful of values at the end may be alike by chance.
    if (count < LEAST_BATCHES / 2) continue;
    const criterion = squares / count ** 2;
    if (criterion <= best) {
      best = criterion;
      cut = first;
    }
  }
  return cut > values.length / 2 ? undefined : cut;
}

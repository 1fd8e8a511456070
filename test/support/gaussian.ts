import type { RandomStream } from "../../model/random.js";

/** One draw from the standard normal distribution (Box and Muller 1958). */
export function gaussian(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A stationary series x_t = correlation x_{t-1} + noise with mean 0 and variance 1. */
export function autoregressive(random: RandomStream, correlation: number, length: number): number[] {
  const series = [gaussian(random)];
  const noise = Math.sqrt(1 - correlation ** 2);
  while (series.length < length) series.push(correlation * series[series.length - 1] + noise * gaussian(random));
  return series;
}

import { studentQuantile } from "../../model/statistics/interval.js";
import type { Point, Progress } from "../figure.js";

/** The mean over independent runs at each moment, with its confidence interval. */
export function averagePoints(
  times: readonly number[],
  runs: readonly (readonly number[])[],
  confidence: number,
): Point[] {
  const quantile = studentQuantile((1 + confidence) / 2, runs.length - 1);
  return times.map((x, k) => {
    const y = runs.reduce((sum, run) => sum + run[k], 0) / runs.length;
    const squares = runs.reduce((sum, run) => sum + (run[k] - y) ** 2, 0);
    const halfWidth = quantile * Math.sqrt(squares / (runs.length - 1) / runs.length);
    return { x, y, low: y - halfWidth, high: y + halfWidth };
  });
}

/** Calls `progress` with the part done, once for each of so many pieces of work. */
export function counter(total: number, progress: Progress): () => void {
  let done = 0;
  return () => progress(++done / total);
}

/** From 0 on, evenly spaced, `count` of them after the first. */
export function evenTimes(end: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, k) => (k * end) / count);
}

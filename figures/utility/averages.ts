import { studentQuantile } from "../../model/statistics/interval.js";
import { CONFIDENCE, type Point } from "../figure.js";

/** The mean over independent runs at each moment, with its confidence interval. */
export function averagePoints(times: readonly number[], runs: readonly (readonly number[])[]): Point[] {
  const quantile = studentQuantile((1 + CONFIDENCE) / 2, runs.length - 1);
  return times.map((x, k) => {
    const y = runs.reduce((sum, run) => sum + run[k], 0) / runs.length;
    const squares = runs.reduce((sum, run) => sum + (run[k] - y) ** 2, 0);
    const halfWidth = quantile * Math.sqrt(squares / (runs.length - 1) / runs.length);
    return { x, y, low: y - halfWidth, high: y + halfWidth };
  });
}

/** Evenly spaced times from 0, `count` of them after the first. */
export function evenTimes(end: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, k) => (k * end) / count);
}
